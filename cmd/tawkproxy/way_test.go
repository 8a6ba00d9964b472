package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/websocket"

	"tawkproxy/examples/testenv"
)

// waySite says by which protocol it was asked, and who asked; it echoes WebSockets.
var waySite = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/chat" {
		websocket.Handler(func(ws *websocket.Conn) { io.Copy(ws, ws) }).ServeHTTP(w, r)
		return
	}
	who := "nobody"
	if r.TLS != nil && len(r.TLS.PeerCertificates) > 0 {
		who = r.TLS.PeerCertificates[0].DNSNames[0]
	}
	body, _ := io.ReadAll(r.Body)
	w.Header().Set("Content-Type", "text/html")
	fmt.Fprintf(w, "<!doctype html><title>Site</title><body>%s %s %s %s", r.Proto, who, r.URL.EscapedPath(), body)
})

// serveSite serves it, on TCP or on a Unix socket.
func serveSite(t *testing.T, network string, config *tls.Config) (address string) {
	t.Helper()
	at := "127.0.0.1:0"
	if network == "unix" {
		at = filepath.Join(t.TempDir(), "s")
	}
	listener, err := net.Listen(network, at)
	if err != nil {
		t.Fatal(err)
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(true)
	protocols.SetUnencryptedHTTP2(true)
	server := &http.Server{Handler: waySite, Protocols: protocols, TLSConfig: config}
	go func() {
		if config != nil {
			server.ServeTLS(listener, "", "")
		} else {
			server.Serve(listener)
		}
	}()
	t.Cleanup(func() { server.Close() })
	switch {
	case network == "unix":
		return "unix:" + at
	case config != nil:
		return "https://" + listener.Addr().String()
	}
	return "http://" + listener.Addr().String()
}

// The site is reached in every way that can be set: pages get the script, uploads arrive, and WebSockets go on.
func TestWaysToTheSite(t *testing.T) {
	t.Parallel()
	a, folder := testenv.NewAuthority(t), t.TempDir()
	ca := testenv.File(t, folder, "ca.pem", a.PEM)
	cert, key := a.Issue(time.Time{}, "tawkproxy.example")
	own := []string{"TAWK_UPSTREAM_CERT=" + testenv.File(t, folder, "cert.pem", cert), "TAWK_UPSTREAM_KEY=" + testenv.File(t, folder, "key.pem", key)}
	plain := serveSite(t, "tcp", nil)
	socket := serveSite(t, "unix", nil)
	https := serveSite(t, "tcp", &tls.Config{Certificates: []tls.Certificate{a.Pair("127.0.0.1")}})
	asking := serveSite(t, "tcp", &tls.Config{Certificates: []tls.Certificate{a.Pair("127.0.0.1")}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: a.Pool})
	const h2 = "TAWK_UPSTREAM_HTTP2=true"
	for name, c := range map[string]struct {
		settings []string
		want     string
	}{
		"http":                     {[]string{"TAWK_UPSTREAM=" + plain}, "HTTP/1.1 nobody"},
		"h2c":                      {[]string{"TAWK_UPSTREAM=" + plain, h2}, "HTTP/2.0 nobody"},
		"socket":                   {[]string{"TAWK_UPSTREAM=" + socket}, "HTTP/1.1 nobody"},
		"socket, h2c":              {[]string{"TAWK_UPSTREAM=" + socket, h2}, "HTTP/2.0 nobody"},
		"https":                    {[]string{"TAWK_UPSTREAM=" + https, "TAWK_UPSTREAM_CA=" + ca}, "HTTP/1.1 nobody"},
		"https, h2":                {[]string{"TAWK_UPSTREAM=" + https, "TAWK_UPSTREAM_CA=" + ca, h2}, "HTTP/2.0 nobody"},
		"client certificate":       {append([]string{"TAWK_UPSTREAM=" + asking, "TAWK_UPSTREAM_CA=" + ca}, own...), "HTTP/1.1 tawkproxy.example"},
		"client certificate, h2":   {append([]string{"TAWK_UPSTREAM=" + asking, "TAWK_UPSTREAM_CA=" + ca, h2}, own...), "HTTP/2.0 tawkproxy.example"},
		"unknown authority":        {[]string{"TAWK_UPSTREAM=" + https}, "TAWK_UPSTREAM_CA"},
		"no client certificate":    {[]string{"TAWK_UPSTREAM=" + asking, "TAWK_UPSTREAM_CA=" + ca}, "set TAWK_UPSTREAM_CERT and TAWK_UPSTREAM_KEY"},
		"no client certificate h2": {[]string{"TAWK_UPSTREAM=" + asking, "TAWK_UPSTREAM_CA=" + ca, h2}, "set TAWK_UPSTREAM_CERT and TAWK_UPSTREAM_KEY"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			program := start(t, aside(append(c.settings, "TAWK_LISTEN=127.0.0.1:0", "TAWK_ADMIN_LISTEN=127.0.0.1:0", "TAWK_LOG_LEVEL=info")...)...)
			b := newBrowser(t, program.url)
			answer := b.open("/a%2Fb//c")
			page := b.read(answer)
			if strings.HasPrefix(c.want, "HTTP") {
				if insertions([]byte(page)) == nil || !strings.Contains(page, c.want+" /a%2Fb//c") {
					t.Errorf("the page is %s", page)
				}
				if page := b.read(b.post("/", "x="+strings.Repeat("y", 100_000))); !strings.Contains(page, c.want+" / x="+strings.Repeat("y", 100_000)) {
					t.Errorf("after an upload the page has %d bytes", len(page))
				}
				ws, err := websocket.Dial("ws"+strings.TrimPrefix(program.url, "http")+"/chat", "", "http://shop.example")
				if err != nil {
					t.Fatal(err)
				}
				defer ws.Close()
				ws.SetDeadline(time.Now().Add(time.Minute))
				got := make([]byte, 5)
				if _, err := ws.Write([]byte("hello")); err != nil {
					t.Fatal(err)
				}
				if _, err := io.ReadFull(ws, got); err != nil || string(got) != "hello" {
					t.Errorf("the WebSocket says %q, %v", got, err)
				}
				ready, err := http.Get(program.admin + "/readyz")
				if err != nil || ready.StatusCode != 200 {
					t.Errorf("ready: %v, %v", ready, err)
				}
				return
			}
			if answer.StatusCode != 502 {
				t.Errorf("answer %d", answer.StatusCode)
			}
			awaitLog(t, program, c.want)
		})
	}
}

// The same through nginx, with a certificate of a private authority, which wants to see one of ours.
func TestWayToNginx(t *testing.T) {
	t.Parallel()
	nginx := testenv.Need(t, "nginx", "/usr/sbin/nginx")
	a, here, addr := testenv.NewAuthority(t), t.TempDir(), testenv.FreeAddr(t)
	cert, key := a.Issue(time.Time{}, "127.0.0.1")
	own, ownKey := a.Issue(time.Time{}, "tawkproxy.example")
	ca := testenv.File(t, here, "ca.pem", a.PEM)
	write(t, here+"/conf", fmt.Sprintf(`daemon off; master_process off; pid %[1]s/pid; error_log stderr crit; events {}
http {
	access_log off; client_body_temp_path %[1]s; proxy_temp_path %[1]s; fastcgi_temp_path %[1]s; uwsgi_temp_path %[1]s; scgi_temp_path %[1]s;
	server {
		listen %[2]s ssl http2;
		ssl_certificate %[3]s; ssl_certificate_key %[4]s; ssl_client_certificate %[5]s; ssl_verify_client on;
		location / { default_type text/html; return 200 "<!doctype html><title>nginx</title>$server_protocol $ssl_client_verify $ssl_client_s_dn"; }
	}
}`, here, addr, testenv.File(t, here, "cert.pem", cert), testenv.File(t, here, "key.pem", key), ca))
	runServer(t, exec.Command(nginx, "-c", here+"/conf"))
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: a.Pool}, DisableKeepAlives: true}}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		answer, err := client.Get("https://" + addr + "/")
		if err == nil {
			answer.Body.Close()
			break
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
	for want, http2 := range map[string]string{"HTTP/1.1 SUCCESS CN=tawkproxy.example": "false", "HTTP/2.0 SUCCESS CN=tawkproxy.example": "true"} {
		program := start(t, aside("TAWK_UPSTREAM=https://"+addr, "TAWK_UPSTREAM_CA="+ca, "TAWK_UPSTREAM_HTTP2="+http2, "TAWK_LISTEN=127.0.0.1:0", "TAWK_LOG_LEVEL=info",
			"TAWK_UPSTREAM_CERT="+testenv.File(t, here, "own.pem", own), "TAWK_UPSTREAM_KEY="+testenv.File(t, here, "own-key.pem", ownKey))...)
		b := newBrowser(t, program.url)
		if page := b.read(b.open("/")); insertions([]byte(page)) == nil || !strings.Contains(page, want) {
			t.Errorf("the page is %s, want %s", page, want)
		}
	}
}

// What is wrong with the files of the way to the site stops the start, by the setting.
func TestMistakesOfTheWay(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	empty := testenv.File(t, folder, "empty", nil)
	for want, settings := range map[string][]string{
		"TAWK_UPSTREAM_CA: the file holds no certificate in PEM; ":               {"TAWK_UPSTREAM_CA=" + empty},
		"TAWK_UPSTREAM_CERT: the file holds no certificate in PEM; ":             {"TAWK_UPSTREAM_CERT=" + empty, "TAWK_UPSTREAM_KEY=" + empty},
		"TAWK_UPSTREAM_KEY: the file cannot be read (no such file or directory)": {"TAWK_UPSTREAM_CERT=" + empty, "TAWK_UPSTREAM_KEY=/nowhere"},
		"TAWK_UPSTREAM_CERT: is of no use with TAWK_UPSTREAM=http:…":             {"TAWK_UPSTREAM=http://127.0.0.1:1", "TAWK_UPSTREAM_CERT=" + empty, "TAWK_UPSTREAM_KEY=" + empty},
	} {
		var said strings.Builder
		code := run(t.Context(), nil, append(aside("TAWK_LISTEN=127.0.0.1:0", "TAWK_UPSTREAM=https://127.0.0.1:1"), settings...), io.Discard, &said)
		if code != exitUsage || !strings.Contains(said.String(), want) {
			t.Errorf("ended with %d and said %s, want %s", code, said.String(), want)
		}
	}
}

// Limits of time and size cut off what they are for, and neither long polling without them, nor uploads and streams that take longer.
func TestLimitsOfTime(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: time passes")
	}
	t.Parallel()
	const short = 300 * time.Millisecond
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/poll":
			time.Sleep(2 * short)
		case "/events":
			w.Header().Set("Content-Type", "text/event-stream")
			for range 4 {
				io.WriteString(w, "data: x\n\n")
				http.NewResponseController(w).Flush()
				time.Sleep(short)
			}
		case "/upload":
			n, err := io.Copy(io.Discard, r.Body)
			fmt.Fprint(w, n, err)
			return
		}
		io.WriteString(w, "the end")
	}))
	t.Cleanup(site.Close)
	unlimited := start(t, aside("TAWK_UPSTREAM="+site.URL, "TAWK_LISTEN=127.0.0.1:0", "TAWK_LOG_LEVEL=info")...)
	limited := start(t, aside("TAWK_UPSTREAM="+site.URL, "TAWK_LISTEN=127.0.0.1:0", "TAWK_LOG_LEVEL=info", "TAWK_UPSTREAM_ANSWER_TIMEOUT="+short.String(),
		"TAWK_HEADER_TIMEOUT="+short.String(), "TAWK_IDLE_TIMEOUT="+short.String(), "TAWK_UPSTREAM_IDLE_TIMEOUT=100ms", "TAWK_MAX_BODY_SIZE=1KiB")...)
	slowly := func(size int) io.Reader {
		reader, writer := io.Pipe()
		go func() {
			for range 4 {
				writer.Write(make([]byte, size/4))
				time.Sleep(short / 2)
			}
			writer.Close()
		}()
		return reader
	}
	for _, c := range []struct {
		at     *program
		path   string
		body   io.Reader
		status int
		want   string
	}{
		{unlimited, "/poll", nil, 200, "the end"},
		{limited, "/poll", nil, 504, "did not answer in time"},
		{limited, "/events", nil, 200, "data: x\n\ndata: x\n\ndata: x\n\ndata: x\n\nthe end"},
		{limited, "/upload", slowly(1000), 200, "1000 <nil>"},
		{limited, "/upload", strings.NewReader(strings.Repeat("x", 1024)), 200, "1024 <nil>"},
		{limited, "/upload", strings.NewReader(strings.Repeat("x", 1025)), 413, "too large"},
		{limited, "/upload", slowly(4000), 413, "too large"},
		{unlimited, "/upload", strings.NewReader(strings.Repeat("x", 1<<20)), 200, "1048576 <nil>"},
	} {
		r, _ := http.NewRequest(map[bool]string{true: "POST", false: "GET"}[c.body != nil], c.at.url+c.path, c.body)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Errorf("%s: %v", c.path, err)
			continue
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != c.status || !strings.Contains(string(body), c.want) {
			t.Errorf("%s: %d %q, %v; want %d %s", c.path, answer.StatusCode, body, err, c.status, c.want)
		}
	}
	awaitLog(t, limited, "its body is larger than TAWK_MAX_BODY_SIZE")
	for what, sent := range map[string]string{"a half header": "GET / HTTP/1.1\r\nHost:", "nothing more": "GET / HTTP/1.1\r\nHost: x\r\n\r\n"} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(limited.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(15 * time.Second)) // below what there is without a limit
		io.WriteString(conn, sent)
		if _, err := io.Copy(io.Discard, conn); err != nil && !errors.Is(err, io.EOF) {
			t.Errorf("after %s the connection stays: %v", what, err)
		}
	}
}
