package proxy

import (
	"bufio"
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/websocket"
)

func TestWebSocket(t *testing.T) {
	f := openFront(t, site(t, websocket.Handler(func(ws *websocket.Conn) {
		for message := ""; websocket.Message.Receive(ws, &message) == nil; {
			websocket.Message.Send(ws, message)
		}
	}).ServeHTTP))
	ws, err := websocket.Dial("ws://"+f.addr+"/chat?x=1", "", "http://shop.example")
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	for _, message := range []string{"hello", strings.Repeat("long ", 20000)} {
		var back string
		err := errors.Join(websocket.Message.Send(ws, message), websocket.Message.Receive(ws, &back))
		if err != nil || back != message {
			t.Fatalf("sent %d bytes, received %d, %v", len(message), len(back), err)
		}
	}
	ws.Close()
	if line := f.log.wait(t, "request"); line["status"] != 101.0 || line["aborted_by"] != nil || line["path"] != "/chat" {
		t.Errorf("logged %v", line)
	}
}

// What the site has written and flushed must be at the browser before the site writes more, whatever the kind of answer.
func TestPartsArriveAtOnce(t *testing.T) {
	for name, head := range map[string]http.Header{
		"events":         {"Content-Type": {"text/event-stream"}},
		"unknown length": {"Content-Type": {"text/html"}},
		"known length":   {"Content-Type": {"text/html"}, "Content-Length": {"15"}},
	} {
		t.Run(name, func(t *testing.T) {
			read := make(chan bool)
			f := openFront(t, site(t, func(w http.ResponseWriter, r *http.Request) {
				for key, values := range head {
					w.Header()[key] = values
				}
				for i := range 3 {
					fmt.Fprintf(w, "part%d", i)
					if i < 2 {
						http.NewResponseController(w).Flush()
						select {
						case <-read:
						case <-r.Context().Done():
						}
					}
				}
			}))
			answer, err := http.Get("http://" + f.addr)
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			for i := range 2 {
				part := make([]byte, 5)
				if _, err := io.ReadFull(answer.Body, part); err != nil || string(part) != fmt.Sprintf("part%d", i) {
					t.Fatalf("read %q, %v", part, err)
				}
				read <- true
			}
			if rest, err := io.ReadAll(answer.Body); err != nil || string(rest) != "part2" {
				t.Errorf("read %q, %v", rest, err)
			}
		})
	}
}

const big = 200 << 20

// allocated returns how much memory f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// zeros is a body of big bytes that costs no memory.
func zeros() io.Reader { return io.LimitReader(zeroReader{}, big) }

type zeroReader struct{}

func (zeroReader) Read(p []byte) (int, error) { return len(p), nil }

func TestBigBodiesAreNotBuffered(t *testing.T) {
	f := openFront(t, site(t, func(w http.ResponseWriter, r *http.Request) {
		n, err := io.Copy(io.Discard, r.Body)
		if r.Method == "POST" {
			fmt.Fprint(w, n, err)
			return
		}
		w.Header().Set("Content-Length", fmt.Sprint(big))
		io.Copy(w, zeros())
	}))
	const limit = 20 << 20

	for name, length := range map[string]int64{"known length": big, "chunked": -1} {
		used := allocated(func() {
			request, _ := http.NewRequest("POST", "http://"+f.addr, zeros())
			request.ContentLength = length
			answer, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			if body, _ := io.ReadAll(answer.Body); string(body) != fmt.Sprint(big, nil) {
				t.Errorf("upload, %s: the site read %s", name, body)
			}
		})
		if used > limit {
			t.Errorf("upload, %s: %d MiB allocated", name, used>>20)
		}
	}

	used := allocated(func() {
		answer, err := http.Get("http://" + f.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if n, err := io.Copy(io.Discard, answer.Body); n != big || err != nil || answer.ContentLength != big {
			t.Errorf("download: %d bytes, %v", n, err)
		}
	})
	if used > limit {
		t.Errorf("download: %d MiB allocated", used>>20)
	}
}

func TestUploadArrivesWhileItIsSent(t *testing.T) {
	got := make(chan string)
	f := openFront(t, site(t, func(w http.ResponseWriter, r *http.Request) {
		buffer := make([]byte, 5)
		for range 2 {
			io.ReadFull(r.Body, buffer)
			got <- string(buffer)
		}
	}))
	conn := f.dial()
	io.WriteString(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n")
	for _, part := range []string{"part0", "part1"} {
		io.WriteString(conn, part)
		if arrived := <-got; arrived != part {
			t.Errorf("%q arrived as %q", part, arrived)
		}
	}
}

func TestTrailers(t *testing.T) {
	f := openFront(t, site(t, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Header().Set("Trailer", "X-Announced")
		w.WriteHeader(200)
		io.WriteString(w, "body")
		w.Header().Set("X-Announced", r.Trailer.Get("X-Sum"))
		w.Header().Set(http.TrailerPrefix+"X-Late", "late")
	}))
	request, _ := http.NewRequest("POST", "http://"+f.addr, strings.NewReader("upload"))
	request.ContentLength = -1
	request.Trailer = http.Header{"X-Sum": {"42"}}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if string(body) != "body" || err != nil || answer.Trailer.Get("X-Announced") != "42" || answer.Trailer.Get("X-Late") != "late" {
		t.Errorf("body %q, %v, trailers %v", body, err, answer.Trailer)
	}
}

func TestEarlyHints(t *testing.T) {
	f := openFront(t, site(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Link", "</style.css>; rel=preload")
		w.WriteHeader(http.StatusEarlyHints)
		w.Header().Del("Link")
		w.Header()["Content-Type"] = nil
		io.WriteString(w, "<html>")
	}))
	var hints []string
	ctx := httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{
		Got1xxResponse: func(code int, header textproto.MIMEHeader) error {
			hints = append(hints, fmt.Sprint(code, header.Get("Link")))
			return nil
		},
	})
	request, _ := http.NewRequestWithContext(ctx, "GET", "http://"+f.addr, nil)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(answer.Body)
	if len(hints) != 1 || hints[0] != "103</style.css>; rel=preload" || string(body) != "<html>" || answer.Header.Get("Link") != "" {
		t.Errorf("hints %q, then %v %q", hints, answer.Header, body)
	}
	if types, ok := answer.Header["Content-Type"]; ok {
		t.Errorf("the answer got the type %q", types)
	}
	if line := f.log.wait(t, "request"); line["status"] != 200.0 {
		t.Errorf("logged %v", line)
	}
}

func TestExpectContinue(t *testing.T) {
	t.Parallel()
	f := openFront(t, site(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/full" {
			w.WriteHeader(http.StatusInsufficientStorage)
			return
		}
		io.Copy(w, r.Body)
	}))
	for path, want := range map[string]string{"/": "HTTP/1.1 100 Continue\r\n", "/full": "HTTP/1.1 507 Insufficient Storage\r\n"} {
		conn := f.dial()
		fmt.Fprintf(conn, "PUT %s HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n", path)
		r := bufio.NewReader(conn)
		if line, err := r.ReadString('\n'); line != want || err != nil {
			t.Errorf("%s: first answer %q, %v", path, line, err)
		}
		if path == "/" {
			readHead(r)
			io.WriteString(conn, "body")
			if answer, err := http.ReadResponse(r, nil); err != nil || answer.StatusCode != 200 {
				t.Errorf("after the body: %v, %v", answer, err)
			}
		}
	}
}

func TestHTTP10(t *testing.T) {
	f := openFront(t, site(t, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "one ")
		http.NewResponseController(w).Flush()
		io.WriteString(w, "two")
	}))
	conn := f.dial()
	io.WriteString(conn, "GET / HTTP/1.0\r\n\r\n")
	all, err := io.ReadAll(conn)
	head, body, _ := strings.Cut(string(all), "\r\n\r\n")
	if err != nil || body != "one two" || header(head, "Transfer-Encoding") != nil ||
		!strings.HasPrefix(head, "HTTP/1.0 200 OK\r\n") {
		t.Errorf("answer %q, %v", all, err)
	}
}

func TestHTTP2WithoutTLS(t *testing.T) {
	f := openFront(t, site(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Fprint(w, r.Proto, r.Host, r.RequestURI, r.Header["Cookie"], string(body))
	}), func(_ *Options, s *Server) { s.H2C = true })
	protocols := new(http.Protocols)
	protocols.SetUnencryptedHTTP2(true)
	transport := &http.Transport{Protocols: protocols}
	defer transport.CloseIdleConnections()
	request, _ := http.NewRequest("POST", "http://"+f.addr+"/a;b?c;d", strings.NewReader("upload"))
	request.Host = "shop.example"
	request.Header.Set("Cookie", "a=1; tawkproxy=2; b=3")
	answer, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if want := "HTTP/1.1shop.example/a;b?c;d[a=1; b=3]upload"; answer.ProtoMajor != 2 || string(body) != want || err != nil {
		t.Errorf("%s: %q, %v", answer.Proto, body, err)
	}
}

func TestAnswerHeadIsLeftAlone(t *testing.T) {
	f := openFront(t, rawSite(t, func(conn net.Conn, r *bufio.Reader) {
		readHead(r)
		io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 15\r\nSet-Cookie: a=\"1, 2\"; Path=/\r\nSet-Cookie: b=\\\xe4\r\n"+
			"Date: Thu, 01 Jan 1970 00:00:00 GMT\r\nX-Empty:\r\nX-Two: 1\r\nX-Two: 2\r\n\r\n<!DOCTYPE html>")
	}))
	answer, body := f.get("/")
	got := fmt.Sprintf("%q", answer.Header)
	want := `map["Content-Length":["15"] "Date":["Thu, 01 Jan 1970 00:00:00 GMT"] ` +
		`"Set-Cookie":["a=\"1, 2\"; Path=/" "b=\\\xe4"] "X-Empty":[""] "X-Two":["1" "2"]]`
	if got != want || body != "<!DOCTYPE html>" {
		t.Errorf("got  %s %q\nwant %s", got, body, want)
	}
}

func TestUnixSocket(t *testing.T) {
	folder, err := os.MkdirTemp("", "site") // t.TempDir is too long for a socket's path on some systems
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(folder)
	socket := filepath.Join(folder, "site.sock")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: http.HandlerFunc(
		func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Host, r.RequestURI) })}}
	server.Start()
	defer server.Close()
	f := openFront(t, "unix:"+socket)
	if _, body := f.get("/a?b"); body != "shop.example/a?b" {
		t.Errorf("answer %q", body)
	}
	if answer, body := f.probe("/readyz"); answer.StatusCode != 200 {
		t.Errorf("readyz: %d %s", answer.StatusCode, body)
	}
}

func TestTLSSite(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.Host, r.Proto, r.Header.Get("X-Forwarded-Proto"))
	}))
	defer server.Close()
	authorities := x509.NewCertPool()
	authorities.AddCert(server.Certificate())
	f := openFront(t, server.URL, func(o *Options, _ *Server) {
		transport := NewTransport(mustURL(server.URL))
		transport.TLSClientConfig = server.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
		transport.TLSClientConfig.RootCAs = authorities
		o.Transport = transport
	})
	if _, body := f.get("/"); body != "shop.exampleHTTP/1.1http" {
		t.Errorf("answer %q", body)
	}
}

func TestSiteDiesInTheMiddle(t *testing.T) {
	for name, beginning := range map[string]string{
		"known length": "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf a page",
		"chunked":      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\nhalf a page\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			f := openFront(t, rawSite(t, func(conn net.Conn, r *bufio.Reader) {
				readHead(r)
				io.WriteString(conn, beginning)
			}))
			conn := f.dial()
			io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
			answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(answer.Body)
			if !errors.Is(err, io.ErrUnexpectedEOF) || string(body) != "half a page" {
				t.Errorf("read %q, %v", body, err)
			}
			if line := f.log.wait(t, "request"); line["aborted_by"] != "site" {
				t.Errorf("logged %v", line)
			}
			f.log.wait(t, "broke off in the middle")
		})
	}
}

func TestBrowserGoesAway(t *testing.T) {
	for name, began := range map[string]bool{"before the answer": false, "during the answer": true} {
		t.Run(name, func(t *testing.T) {
			arrived, cancelled := make(chan bool), make(chan bool)
			f := openFront(t, site(t, func(w http.ResponseWriter, r *http.Request) {
				if began {
					io.WriteString(w, "begin")
					http.NewResponseController(w).Flush()
				}
				arrived <- true
				<-r.Context().Done()
				close(cancelled)
			}))
			conn := f.dial()
			io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
			<-arrived
			if began {
				bufio.NewReader(conn).ReadString('\n')
			}
			conn.Close()
			select {
			case <-cancelled:
			case <-time.After(patience):
				t.Fatal("the site was not told")
			}
			line := f.log.wait(t, "request")
			if line["aborted_by"] != "browser" || !began && line["status"] != 499.0 {
				t.Errorf("logged %v", line)
			}
			if failures := f.log.with("TAWK_UPSTREAM"); failures != nil {
				t.Errorf("the site was blamed: %v", failures)
			}
		})
	}
}

func TestBrowserGoesAwayWhileUploading(t *testing.T) {
	t.Parallel()
	arrived := make(chan bool)
	f := openFront(t, site(t, func(w http.ResponseWriter, r *http.Request) {
		arrived <- true
		io.Copy(io.Discard, r.Body)
	}))
	conn := f.dial()
	io.WriteString(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
	<-arrived
	conn.Close()
	if line := f.log.wait(t, "request"); line["aborted_by"] != "browser" || line["status"] != 499.0 {
		t.Errorf("logged %v", line)
	}
	if failures := f.log.with("TAWK_UPSTREAM"); failures != nil {
		t.Errorf("the site was blamed: %v", failures)
	}
}

// gunicorn closes idle connections after 2 s, without a word.
func TestPostAfterTheSiteClosedTheConnection(t *testing.T) {
	t.Parallel()
	closed := make(chan bool, 1)
	f := openFront(t, rawSite(t, func(conn net.Conn, r *bufio.Reader) {
		request, err := http.ReadRequest(r)
		if err != nil {
			return
		}
		body, _ := io.ReadAll(request.Body)
		fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
		_, err = r.ReadByte() // the proxy gives the connection up first
		closed <- err == io.EOF
	}))
	const post = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody"
	if answer, body := f.send(post); answer.StatusCode != 200 || body != "body" {
		t.Fatalf("first: %d %q", answer.StatusCode, body)
	}
	if !<-closed {
		t.Error("the proxy did not close its idle connection")
	}
	if answer, body := f.send(post); answer.StatusCode != 200 || body != "body" {
		t.Errorf("second: %d %q", answer.StatusCode, body)
	}
}

func TestSiteAnswersBeforeTheUploadEnds(t *testing.T) {
	t.Parallel()
	f := openFront(t, site(t, func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
	}))
	conn := f.dial()
	fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", big, bytes.Repeat([]byte("x"), 1<<16))
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || answer.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("answer %v, %v", answer, err)
	}
}
