package proxy

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/websocket"

	"tawkproxy/examples/testenv"
)

// overTLS has a front speak TLS under the name shop.example.
func overTLS(a *testenv.Authority) setting {
	return func(_ *Options, s *Server) {
		s.TLS = &tls.Config{Certificates: []tls.Certificate{a.Pair("shop.example")}, NextProtos: []string{"h2", "http/1.1"}}
	}
}

// dialTLS connects to the front in TLS.
func (f *front) dialTLS(a *testenv.Authority, protocols ...string) *tls.Conn {
	f.t.Helper()
	conn := tls.Client(f.dial(), &tls.Config{RootCAs: a.Pool, ServerName: "shop.example", NextProtos: protocols})
	if err := conn.Handshake(); err != nil {
		f.t.Fatal(err)
	}
	return conn
}

func TestTLS(t *testing.T) {
	t.Parallel()
	a := testenv.NewAuthority(t)
	f := openFront(t, site(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.Proto, " ", r.Header.Get("X-Forwarded-Proto"))
		io.Copy(w, r.Body)
	}), overTLS(a))
	for _, want := range []string{"HTTP/1.1", "HTTP/2.0"} {
		protocols := new(http.Protocols)
		protocols.SetHTTP1(want == "HTTP/1.1")
		protocols.SetHTTP2(want == "HTTP/2.0")
		client := &http.Client{Transport: &http.Transport{
			TLSClientConfig: &tls.Config{RootCAs: a.Pool, ServerName: "shop.example"}, Protocols: protocols,
		}}
		for range 2 { // the second on the same connection
			answer, err := client.Post("https://"+f.addr+"/", "text/plain", strings.NewReader(" upload"))
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(answer.Body)
			answer.Body.Close()
			if answer.Proto != want || string(body) != "HTTP/1.1 https upload" {
				t.Errorf("%s: %s %q", want, answer.Proto, body)
			}
		}
		client.CloseIdleConnections()
	}
}

// What bounds requests holds over TLS, too: Go's server does not see what they look for.
func TestTLSIsLookedInto(t *testing.T) {
	t.Parallel()
	a := testenv.NewAuthority(t)
	f := openFront(t, site(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "the site") }), overTLS(a))
	for name, c := range map[string]struct {
		request string
		status  int // 0: 200, and the connection ends
	}{
		"fine":             {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", 200},
		"two lengths":      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 0},
		"many lines":       {"GET / HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("A: b\r\n", mostLines+1), 431},
		"not HTTP":         {"what?\r\n\r\n", 400},
		"no Host":          {"GET / HTTP/1.1\r\n\r\n", 400},
		"too large header": {"GET / HTTP/1.1\r\nHost: x\r\nA: " + strings.Repeat("b", 100<<10) + "\r\n\r\n", 431},
	} {
		conn := f.dialTLS(a, "http/1.1")
		go io.WriteString(conn, c.request)
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		body, _ := io.ReadAll(answer.Body)
		status := answer.StatusCode
		if status == 200 && answer.Close {
			status = 0
		}
		if status != c.status || c.status >= 400 && !strings.Contains(string(body), "For the operator: ") {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
}

func TestWebSocketOverTLS(t *testing.T) {
	t.Parallel()
	a := testenv.NewAuthority(t)
	f := openFront(t, site(t, func(w http.ResponseWriter, r *http.Request) {
		websocket.Handler(func(ws *websocket.Conn) { io.Copy(ws, ws) }).ServeHTTP(w, r)
	}), overTLS(a))
	config, err := websocket.NewConfig("wss://shop.example/", "https://shop.example")
	if err != nil {
		t.Fatal(err)
	}
	ws, err := websocket.NewClient(config, f.dialTLS(a, "http/1.1"))
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	for _, text := range []string{"hello", strings.Repeat("long ", 50_000)} {
		go ws.Write([]byte(text))
		got := make([]byte, len(text))
		if _, err := io.ReadFull(ws, got); err != nil || string(got) != text {
			t.Fatalf("%d bytes came back, %v", len(got), err)
		}
	}
}

// Who does not finish a handshake counts among those that are waited for, and goes first.
func TestHalfHandshakes(t *testing.T) {
	t.Parallel()
	a := testenv.NewAuthority(t)
	f := openFront(t, site(t, func(w http.ResponseWriter, r *http.Request) {}), overTLS(a), func(_ *Options, s *Server) { s.Connections = 8 })
	var silent []net.Conn
	for range 8 {
		silent = append(silent, f.dial())
	}
	io.WriteString(silent[0], "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03") // how a ClientHello begins
	time.Sleep(freshGrace + 100*time.Millisecond)                             // before, nobody has to go
	for range 3 {
		conn := f.dialTLS(a, "http/1.1")
		io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		if answer, err := http.ReadResponse(bufio.NewReader(conn), nil); err != nil || answer.StatusCode != 200 {
			t.Fatalf("a visitor among them: %v, %v", answer, err)
		}
	}
	gone := 0
	for _, conn := range silent {
		if !alive(conn) {
			gone++
		}
	}
	if gone != 3 {
		t.Errorf("%d half connections had to go for 3 visitors", gone)
	}
}

// A handshake takes no longer than the header of a request may, also if bytes trickle in.
func TestHandshakeIsBounded(t *testing.T) {
	t.Parallel()
	a := testenv.NewAuthority(t)
	f := openFront(t, site(t, func(w http.ResponseWriter, r *http.Request) {}), overTLS(a), func(_ *Options, s *Server) { s.HeaderTime = 300 * time.Millisecond })
	conn := f.dial()
	hello := "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + strings.Repeat("x", 400)
	for _, b := range []byte(hello) {
		if _, err := conn.Write([]byte{b}); err != nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("a handshake of %d bytes in 20 ms each is not cut off", len(hello))
}

// Who speaks HTTP where TLS is spoken is told so.
func TestPlainHTTPAtTLS(t *testing.T) {
	t.Parallel()
	f := openFront(t, site(t, func(w http.ResponseWriter, r *http.Request) {}), overTLS(testenv.NewAuthority(t)))
	answer, body := f.get("/")
	if answer.StatusCode != 400 || f.log.wait(t, "it is not in TLS, which is spoken here") == nil {
		t.Errorf("answer %d %s", answer.StatusCode, body)
	}
}

// Those who have connected before a stop are heard, though their handshake is not over.
func TestStopDuringHandshake(t *testing.T) {
	t.Parallel()
	var err error
	for range 5 { // the wait for them is short, and the machine may be busy
		if err = stopDuringHandshake(t); err == nil {
			return
		}
	}
	t.Error(err)
}

func stopDuringHandshake(t *testing.T) error {
	a := testenv.NewAuthority(t)
	f := openFront(t, site(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "the site") }), overTLS(a))
	warm := f.dialTLS(a, "http/1.1") // so that the one behind has been taken in
	slow := f.dial()
	io.WriteString(warm, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	if _, err := http.ReadResponse(bufio.NewReader(warm), nil); err != nil {
		t.Fatal(err)
	}
	f.stop()
	conn := tls.Client(slow, &tls.Config{RootCAs: a.Pool, ServerName: "shop.example"})
	io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return err
	}
	if body, err := io.ReadAll(answer.Body); string(body) != "the site" {
		return fmt.Errorf("answer %q, %w", body, err)
	}
	return nil
}
