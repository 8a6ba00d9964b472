//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"tawkproxy/examples/testenv"
)

const wholePage = "<!DOCTYPE html><title>x</title><body>0123456789abcdef0123456789abcdef</body></html>"

// A fragile is a site that may be killed: at once, with all of its connections, in the midst of answers.
type fragile struct {
	t       *testing.T
	address string
	server  *http.Server
}

func (f *fragile) start() {
	f.t.Helper()
	listener, err := net.Listen("tcp", f.address)
	if err != nil {
		f.t.Fatal(err)
	}
	f.server = &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "text/html")
		half := len(wholePage) / 2
		if r.URL.Path == "/slow" { // so that some are always under way
			io.WriteString(w, wholePage[:half])
			http.NewResponseController(w).Flush()
			time.Sleep(20 * time.Millisecond)
			io.WriteString(w, wholePage[half:])
			return
		}
		time.Sleep(2 * time.Millisecond)
		io.WriteString(w, wholePage)
	})}
	go f.server.Serve(listener)
}

// Visitors come while the site is killed and comes back, several times. Each gets the whole page, or is told that there is none, or,
// if it broke off under way, sees that; nobody takes a part for the whole, and all is well again at the first request.
func siteKilled(t *testing.T, binary string) {
	const kills, clients = 2, 16
	site := &fragile{t: t, address: testenv.FreeAddr(t)}
	site.start()
	defer func() { site.server.Close() }()
	p := spawn(t, binary, "http://"+site.address)

	var whole, told, broken, wrong atomic.Int64
	ctx, end := context.WithCancel(t.Context())
	defer end()
	var all sync.WaitGroup
	for n := range clients {
		all.Go(func() {
			transport := &http.Transport{}
			defer transport.CloseIdleConnections()
			for i := n; ctx.Err() == nil; i++ {
				method, path := "GET", "/"
				var body io.Reader
				switch i % 4 {
				case 1:
					path = "/slow"
				case 3:
					method, body = "POST", strings.NewReader("x=1")
				}
				r, _ := http.NewRequest(method, "http://"+p.address+path, body)
				answer, err := transport.RoundTrip(r)
				page := ""
				if err == nil {
					var got []byte
					got, err = io.ReadAll(answer.Body)
					answer.Body.Close()
					page = string(got)
				}
				switch {
				case err != nil:
					broken.Add(1)
					if path != "/slow" {
						t.Errorf("%s: of a page without a pause: %v", method, err)
					}
				case answer.StatusCode == 200 && len(insertions([]byte(page))) == 1 && strings.HasSuffix(page, wholePage[strings.Index(wholePage, "<body>"):]):
					whole.Add(1)
				case answer.StatusCode == 502 && strings.Contains(page, "could not be reached"):
					told.Add(1)
				default:
					wrong.Add(1)
					t.Errorf("%s %s: %d, %d bytes that end in %q", method, path, answer.StatusCode, len(page), page[max(0, len(page)-100):])
				}
				time.Sleep(5 * time.Millisecond)
			}
		})
	}
	ready := func(want int) {
		t.Helper()
		for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
			answer, err := http.Get("http://" + p.admin + "/readyz")
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			if answer.StatusCode == want {
				return
			}
			if time.Now().After(deadline) {
				t.Fatalf("readyz is %d, not %d", answer.StatusCode, want)
			}
		}
	}
	for range kills {
		ready(200)
		time.Sleep(50 * time.Millisecond)
		site.server.Close()
		ready(503)
		site.start()
		// At once, whatever connections of the last site there still are.
		for range 5 {
			answer, err := http.Get("http://" + p.address + "/")
			if err != nil || answer.StatusCode != 200 {
				t.Errorf("after a restart: %v, %v", answer, err)
				continue
			}
			answer.Body.Close()
		}
	}
	ready(200)
	end()
	all.Wait()
	t.Logf("%d times killed: %d whole pages, %d told that there is none, %d broken off under way, %d wrong",
		kills, whole.Load(), told.Load(), broken.Load(), wrong.Load())
	if whole.Load() == 0 || told.Load() == 0 {
		t.Error("this was no trial")
	}
	p.says(t, "refused the connection", 1)
}

// Redis is killed and comes back while visitors are logged in. No page is lost; none says that they are nobody, which would log them
// out of a running chat; and they are known again as soon as the store is.
func storeKilled(t *testing.T, binary string) {
	const clients = 8
	store := testenv.Redis(t, "--appendonly", "yes", "--appendfsync", "always")
	const id = "abcdefghijklmnopqrstuvwxyz012345"
	client := redis.NewClient(&redis.Options{Addr: store.Addr})
	defer client.Close()
	if err := client.Set(t.Context(), "sess:"+id, `{"cookie":{"originalMaxAge":null,"expires":null,"httpOnly":true,"path":"/"},"user":{"id":42}}`, 0).Err(); err != nil {
		t.Fatal(err)
	}
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, wholePage)
	}))
	defer site.Close()
	p := spawn(t, binary, site.URL, "TAWK_SESSION=express", "TAWK_SESSION_COOKIE=", "TAWK_SESSION_KEY=", "TAWK_SESSION_STORE=redis://"+store.Addr,
		"TAWK_USER_ID=user.id", "TAWK_USER_NAME=", "TAWK_USER_EMAIL=")

	var user, unknown, nobody, lost atomic.Int64
	ctx, end := context.WithCancel(t.Context())
	defer end()
	visit := func(transport http.RoundTripper) {
		r, _ := http.NewRequest("GET", "http://"+p.address+"/", nil)
		r.Header.Set("Accept", "text/html")
		r.AddCookie(&http.Cookie{Name: "connect.sid", Value: "s%3A" + id + ".c2lnbmF0dXJlIG9mIHRoZSBzaXRlJ3Mgb3duLCAzMiBieQ"})
		answer, err := transport.RoundTrip(r)
		if err != nil {
			lost.Add(1)
			t.Errorf("lost: %v", err)
			return
		}
		defer answer.Body.Close()
		got, err := io.ReadAll(answer.Body)
		page := string(got)
		switch {
		case err != nil || answer.StatusCode != 200 || !strings.HasSuffix(page, "</body></html>"):
			lost.Add(1)
			t.Errorf("lost: %d %v %q", answer.StatusCode, err, page)
		case strings.Contains(page, `"userId":"42"`):
			user.Add(1)
		case strings.Contains(page, `"user":null`):
			nobody.Add(1)
			t.Errorf("a page logs the visitor out: %s", page)
		default:
			unknown.Add(1)
		}
	}
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			transport := &http.Transport{}
			defer transport.CloseIdleConnections()
			for ctx.Err() == nil {
				visit(transport)
				time.Sleep(2 * time.Millisecond)
			}
		})
	}
	grows := func(what string, count *atomic.Int64) {
		t.Helper()
		before := count.Load()
		for deadline := time.Now().Add(time.Minute); count.Load() < before+20; time.Sleep(5 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%s: no more than %d pages; the program said %q", what, count.Load()-before, p.said())
			}
		}
	}
	grows("at first visitors are known", &user)
	for range 2 {
		store.Kill()
		grows("without the store they are unknown", &unknown)
		store.Start()
		grows("they are known again", &user)
	}
	end()
	all.Wait()
	t.Logf("twice killed: %d pages with the user, %d that say nothing, %d that say nobody, %d lost", user.Load(), unknown.Load(), nobody.Load(), lost.Load())
	p.says(t, "cannot tell who is logged in", 1)
}

// SIGTERM comes while slow downloads are under way, over HTTP/1.1 and HTTP/2 in TLS. They come to their end, and so does the program.
func stopDuringDownloads(t *testing.T, binary string) {
	const downloads, pages, pieces = 12, 8, 40
	piece := strings.Repeat("0123456789abcdef", 1<<10)
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/download" {
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, wholePage)
			return
		}
		w.Header().Set("Content-Type", "application/zip")
		for range pieces {
			io.WriteString(w, piece)
			http.NewResponseController(w).Flush()
			time.Sleep(50 * time.Millisecond)
		}
	}))
	defer site.Close()
	a := testenv.NewAuthority(t)
	p := spawn(t, binary, site.URL, append(certFiles(t, a, t.TempDir(), "shop.example"), "TAWK_STOP_DELAY=1s", "TAWK_STOP_TIMEOUT=1m")...)
	var under, all sync.WaitGroup
	var whole, lost, answered, refused atomic.Int64
	under.Add(downloads)
	for n := range downloads {
		all.Go(func() {
			client := tlsClient(t, a.Pool, p.address)
			proto := "HTTP/2.0"
			if n%2 == 0 {
				client.Transport.(*http.Transport).ForceAttemptHTTP2 = false
				proto = "HTTP/1.1"
			}
			answer, err := client.Get("https://shop.example/download")
			under.Done()
			if err == nil {
				defer answer.Body.Close()
				var got []byte
				if got, err = io.ReadAll(answer.Body); err == nil && (len(got) != pieces*len(piece) || answer.Proto != proto) {
					err = fmt.Errorf("%d bytes by %s", len(got), answer.Proto)
				}
			}
			if err != nil {
				lost.Add(1)
				t.Errorf("download %d: %v", n, err)
				return
			}
			whole.Add(1)
		})
	}
	under.Wait()
	asked := make(chan bool) // closed when visitors go elsewhere, as a balancer would have them
	for range pages {
		all.Go(func() {
			client := tlsClient(t, a.Pool, p.address)
			for {
				select {
				case <-asked:
					return
				default:
				}
				answer, err := client.Get("https://shop.example/")
				if errors.Is(err, syscall.ECONNREFUSED) {
					refused.Add(1)
					return
				}
				if err == nil {
					_, err = io.ReadAll(answer.Body)
					answer.Body.Close()
				}
				if err != nil {
					lost.Add(1)
					t.Errorf("page: %v", err)
					return
				}
				answered.Add(1)
				time.Sleep(5 * time.Millisecond)
			}
		})
	}
	time.Sleep(100 * time.Millisecond)
	p.signal(t, syscall.SIGTERM)
	p.says(t, "asked to stop: not ready any more", 1)
	time.Sleep(200 * time.Millisecond) // till a balancer has noticed; the program still listens
	close(asked)
	all.Wait()
	p.end(t)
	t.Logf("SIGTERM during %d downloads of %d KiB: %d whole; %d pages answered meanwhile, %d refused; %d lost",
		downloads, pieces*len(piece)>>10, whole.Load(), answered.Load(), refused.Load(), lost.Load())
}
