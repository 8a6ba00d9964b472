//go:build unix

package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/securecookie"

	"tawkproxy/inject/tawk"
)

// A filed is a program whose secrets, and whose switch, are in files.
type filed struct {
	*process
	t      *testing.T
	folder string
}

// spawnFiled runs it in front of a site, with the settings of the demo.
func spawnFiled(t *testing.T, binary, site string, settings ...string) *filed {
	t.Helper()
	f := &filed{t: t, folder: t.TempDir()}
	for name, text := range map[string]string{"key": demoKey, "session": "signing-key", "enabled": "true"} {
		f.write(name, text)
	}
	f.process = spawn(t, binary, site, append([]string{"TAWK_SECRET_KEY=", "TAWK_SECRET_KEY_FILE=" + f.folder + "/key",
		"TAWK_SESSION_KEY=", "TAWK_SESSION_KEY_FILE=" + f.folder + "/session", "TAWK_ENABLED_FILE=" + f.folder + "/enabled",
		"TAWK_SESSION_COOKIE=session", "TAWK_USER_ID=id", "TAWK_USER_NAME=", "TAWK_USER_EMAIL="}, settings...)...)
	return f
}

// write puts a file in the place of another at once, as whoever rotates secrets does.
func (f *filed) write(name, text string) {
	f.t.Helper()
	next := filepath.Join(f.folder, "next")
	if err := os.WriteFile(next, []byte(text+"\n"), 0o600); err != nil {
		f.t.Fatal(err)
	}
	if err := os.Rename(next, filepath.Join(f.folder, name)); err != nil {
		f.t.Fatal(err)
	}
}

// reload sends SIGHUP and returns the line that it leads to.
func (f *filed) reload() string {
	f.t.Helper()
	count := func() (n int, last string) {
		for _, line := range f.said() {
			if strings.Contains(line, `"msg":"SIGHUP`) {
				n, last = n+1, line
			}
		}
		return n, last
	}
	before, _ := count()
	f.signal(f.t, syscall.SIGHUP)
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		if n, last := count(); n > before {
			return last
		}
		if time.Now().After(deadline) {
			f.t.Fatalf("SIGHUP leads to nothing: %q", f.said())
		}
	}
}

// get asks for a path with a session that was signed by a key.
func (f *filed) get(path, signed string) string {
	f.t.Helper()
	session, err := securecookie.New([]byte(signed), nil).Encode("session", map[any]any{"id": 42})
	if err != nil {
		f.t.Fatal(err)
	}
	r, _ := http.NewRequest("GET", "http://"+f.address+path, nil)
	r.Header.Set("Accept", "text/html")
	r.AddCookie(&http.Cookie{Name: "session", Value: session})
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		f.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	return string(body)
}

// Secrets change while visitors come without a pause. Nobody's request is lost, nor a connection, nor a download that runs all the
// while; and what changes counts as soon as the log says so.
func reloadsUnderLoad(t *testing.T, binary string) {
	const reloads, clients = 20, 20
	const page = "<!DOCTYPE html><title>x</title><body>whole</body>"
	over := make(chan bool)
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/download" {
			w.Header().Set("Content-Type", "application/zip")
			io.WriteString(w, "first half, ")
			http.NewResponseController(w).Flush()
			<-over
			io.WriteString(w, "second half")
			return
		}
		time.Sleep(5 * time.Millisecond)
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, "%s%s", page, body)
	}))
	defer site.Close()
	f := spawnFiled(t, binary, site.URL)

	var asked, lost, connections atomic.Int64
	var all sync.WaitGroup
	end := make(chan bool)
	for range clients {
		all.Go(func() {
			transport := &http.Transport{}
			defer transport.CloseIdleConnections()
			for used := ""; ; {
				select {
				case <-end:
					return
				default:
				}
				var body io.Reader
				if asked.Add(1)%5 == 0 {
					body = strings.NewReader("x=1")
				}
				r, _ := http.NewRequest(map[bool]string{true: "POST", false: "GET"}[body != nil], "http://"+f.address+"/", body)
				answer, err := transport.RoundTrip(traced(r, func(local string) {
					if local != used {
						used = local
						connections.Add(1)
					}
				}))
				if err == nil {
					var whole []byte
					whole, err = io.ReadAll(answer.Body)
					answer.Body.Close()
					if err == nil && (answer.StatusCode != 200 || !strings.Contains(string(whole), "whole")) {
						err = errors.New(answer.Status)
					}
				}
				if err != nil {
					lost.Add(1)
					t.Errorf("lost: %v", err)
				}
				time.Sleep(2 * time.Millisecond)
			}
		})
	}
	download, err := http.Get("http://" + f.address + "/download")
	if err != nil {
		t.Fatal(err)
	}
	defer download.Body.Close()
	for n := range reloads {
		key, session := fmt.Sprintf("%040d", n), fmt.Sprintf("signing-key-%d", n)
		f.write("key", key)
		f.write("session", session)
		if line := f.reload(); !strings.Contains(line, "were read again") {
			t.Fatalf("reload %d: %s", n, line)
		}
		if body := f.get("/", session); !strings.Contains(body, tawk.Hash(key, "42")) {
			t.Errorf("reload %d: the page says %s", n, body)
		}
		if body := f.get("/", "signing-key"); !strings.Contains(body, `"user":null`) {
			t.Errorf("reload %d: with a session of the first key the page says %s", n, body)
		}
	}
	close(end)
	all.Wait()
	close(over)
	if whole, err := io.ReadAll(download.Body); string(whole) != "first half, second half" || err != nil {
		t.Errorf("the download is %q, %v", whole, err)
	}
	t.Logf("%d times SIGHUP, %d requests of %d clients: %d lost; %d connections", reloads, asked.Load(), clients, lost.Load(), connections.Load())
	// Figures outlive what is made anew: each of the requests is among them, and the download.
	figures := newBrowser(t, "http://"+f.admin)
	want := fmt.Sprintf("tawkproxy_requests_total{code=\"200\"} %d\n", asked.Load()+2*reloads+1)
	if text := figures.read(figures.open("/metrics")); !strings.Contains(text, want) {
		t.Errorf("the metrics have no %s", want)
	}
	if connections.Load() != clients {
		t.Errorf("%d clients needed %d connections", clients, connections.Load())
	}
}

// traced is a request that tells by which connection it goes.
func traced(r *http.Request, by func(local string)) *http.Request {
	return r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{
		GotConn: func(info httptrace.GotConnInfo) { by(info.Conn.LocalAddr().String()) },
	}))
}

// The switch in its file turns everything off and on. A mistake in any file leaves all of them as they were, and is named.
func switchedOff(t *testing.T, binary string) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("ETag", `"v1"`)
		w.Header().Set("Content-Security-Policy", "script-src 'self'")
		fmt.Fprintf(w, "<!DOCTYPE html><title>x</title><body>%s", r.URL.Path)
	}))
	defer site.Close()
	f := spawnFiled(t, binary, site.URL)
	on := func(when string) {
		t.Helper()
		if body := f.get("/", "signing-key"); !strings.Contains(body, tawk.Hash(demoKey, "42")) {
			t.Errorf("%s the page says %s", when, body)
		}
	}
	on("at the start")

	f.write("enabled", "perhaps")
	f.write("key", strings.Repeat("k", 40))
	if line := f.reload(); !strings.Contains(line, "everything stays as it was") || !strings.Contains(line, `"setting":"TAWK_ENABLED_FILE"`) ||
		!strings.Contains(line, `"remedy":"write true or false"`) {
		t.Errorf("of a mistake it says %s", line)
	}
	on("after a mistake")
	if err := os.Remove(filepath.Join(f.folder, "session")); err != nil {
		t.Fatal(err)
	}
	f.write("enabled", "true")
	if line := f.reload(); !strings.Contains(line, `"setting":"TAWK_SESSION_KEY_FILE"`) {
		t.Errorf("of a missing file it says %s", line)
	}
	on("after a file is gone")

	f.write("session", "signing-key")
	f.write("key", demoKey)
	f.write("enabled", "false")
	f.reload()
	for _, path := range []string{"/", "/.tawkproxy/user"} {
		if body := f.get(path, "signing-key"); body != "<!DOCTYPE html><title>x</title><body>"+path {
			t.Errorf("switched off, %s is %s", path, body)
		}
	}
	answer, err := http.Get("http://" + f.address + "/")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	header := answer.Header
	if header.Get("ETag") != `"v1"` || header.Get("Content-Security-Policy") != "script-src 'self'" || header.Get("Cache-Control") != "" {
		t.Errorf("switched off, the header is %v", header)
	}
	f.write("enabled", "true")
	f.reload()
	on("switched on again")
}
