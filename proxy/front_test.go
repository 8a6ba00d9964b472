package proxy

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// A front is the whole package at work, as the program wires it, before a site.
type front struct {
	t       testing.TB
	addr    string // where browsers connect
	admin   string
	log     *logLines
	stop    context.CancelFunc
	stopped chan error // what Serve returned
}

type setting func(*Options, *Server)

// openFront serves the site at upstream until the test ends.
func openFront(t testing.TB, upstream string, settings ...setting) *front {
	t.Helper()
	target := mustURL(upstream)
	ctx, stop := context.WithCancel(context.Background())
	f := &front{t: t, log: &logLines{}, stop: stop, stopped: make(chan error, 1)}
	logger := testLog(f.log)
	options := Options{Stopping: ctx.Done(), Log: logger}
	server := Server{Listen: "127.0.0.1:0", Admin: "127.0.0.1:0", Fronts: upstream, Log: logger, Drain: patience}
	for _, set := range settings {
		set(&options, &server)
	}
	pages := NewErrorPages("", logger)
	if options.Errors != nil {
		pages = options.Errors
	}
	options.Errors, server.Errors = pages, pages
	server.Health = Health(func() Way { return Way{URL: target} }, ctx.Done())
	server.Site = Chain(New(target, options), AccessLog(logger, false), Recover(pages), WellFormed(pages),
		OwnPaths(below("/.tawkproxy/"), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/.tawkproxy/panic" {
				panic("the coffee is out")
			}
			io.WriteString(w, "own "+r.URL.Path)
		})))
	go func() { f.stopped <- server.Serve(ctx) }()
	ready := f.log.wait(t, "ready")
	f.addr = ready["listen"].(string)
	f.admin, _ = ready["admin"].(string)
	t.Cleanup(func() {
		stop()
		select {
		case <-f.stopped:
		case <-time.After(patience):
			t.Error("Serve did not return")
		}
	})
	return f
}

// dial connects to the front as a browser.
func (f *front) dial() net.Conn {
	f.t.Helper()
	conn, err := net.Dial("tcp", f.addr)
	if err != nil {
		f.t.Fatal(err)
	}
	conn.SetDeadline(time.Now().Add(patience))
	f.t.Cleanup(func() { conn.Close() })
	return conn
}

// send writes raw bytes to the front and reads the answer.
func (f *front) send(raw string) (*http.Response, string) {
	f.t.Helper()
	conn := f.dial()
	io.WriteString(conn, raw)
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		f.t.Fatal(err)
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	return answer, string(body)
}

func (f *front) get(path string) (*http.Response, string) {
	f.t.Helper()
	return f.send("GET " + path + " HTTP/1.1\r\nHost: shop.example\r\nAccept: text/html\r\nConnection: close\r\n\r\n")
}

// probe asks the admin listener.
func (f *front) probe(path string) (*http.Response, string) {
	f.t.Helper()
	answer, err := http.Get("http://" + f.admin + path)
	if err != nil {
		f.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(answer.Body)
	return answer, string(body)
}

// logLines collects what is logged, as data.
type logLines struct {
	mu    sync.Mutex
	lines []map[string]any
}

func (l *logLines) Write(line []byte) (int, error) {
	var fields map[string]any
	if err := json.Unmarshal(line, &fields); err != nil {
		return 0, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, fields)
	return len(line), nil
}

func testLog(lines *logLines) *slog.Logger { return slog.New(slog.NewJSONHandler(lines, nil)) }

// with returns the lines whose message contains the text.
func (l *logLines) with(text string) []map[string]any {
	l.mu.Lock()
	defer l.mu.Unlock()
	var found []map[string]any
	for _, line := range l.lines {
		if strings.Contains(line["msg"].(string), text) {
			found = append(found, line)
		}
	}
	return found
}

// of returns the lines in which a key has this value.
func (l *logLines) of(key string, value any) (found []map[string]any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, line := range l.lines {
		if line[key] == value {
			found = append(found, line)
		}
	}
	return found
}

// wait returns the first line whose message contains the text, as soon as it is there.
func (l *logLines) wait(t testing.TB, text string) map[string]any {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if found := l.with(text); found != nil {
			return found[0]
		}
	}
	t.Fatalf("nothing with %q was logged", text)
	return nil
}

func mustURL(text string) *url.URL {
	u, err := url.Parse(text)
	if err != nil {
		panic(err)
	}
	return u
}

func site(t testing.TB, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

// rawSite is a site that misbehaves as talk does, once for each connection.
func rawSite(t testing.TB, talk func(net.Conn, *bufio.Reader)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				talk(conn, bufio.NewReader(conn))
			}()
		}
	}()
	return "http://" + listener.Addr().String()
}

// readHead reads a message up to its empty line.
func readHead(r *bufio.Reader) string {
	var head bytes.Buffer
	for {
		line, err := r.ReadString('\n')
		head.WriteString(line)
		if err != nil || line == "\r\n" {
			return head.String()
		}
	}
}

// witness is a site that tells what the heads of the requests to it were, byte for byte.
func witness(t testing.TB) (upstream string, heads <-chan string) {
	t.Helper()
	seen := make(chan string, 100)
	return rawSite(t, func(conn net.Conn, r *bufio.Reader) {
		for {
			head := readHead(r)
			if head == "" {
				return
			}
			seen <- head
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
		}
	}), seen
}

// header returns the values of a header in a raw head, each line one.
func header(head, name string) []string {
	var values []string
	for line := range strings.SplitSeq(head, "\r\n") {
		if key, value, ok := strings.Cut(line, ": "); ok && strings.EqualFold(key, name) {
			values = append(values, value)
		}
	}
	return values
}

// below tells the paths that begin so.
func below(prefix string) func(*http.Request) bool {
	return func(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, prefix) }
}
