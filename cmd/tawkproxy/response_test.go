package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A site that adds headers to its pages is read by them, and no answer shows them to the browser.
func TestHeaderOfSite(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "text/html")
		h.Set("Cache-Control", "private")
		if login, err := r.Cookie("login"); err == nil {
			h.Set("X-Tawk-User-Id", login.Value)
			h.Set("X-Tawk-User-Name", "José")
		}
		w.WriteHeader(map[string]int{"/": 200, "/me": 200, "/moved": 302, "/same": 304, "/none": 404, "/broken": 500}[r.URL.Path])
		if r.URL.Path != "/same" {
			io.WriteString(w, "<!DOCTYPE html><html><head><title>Site</title></head><body>x")
		}
	}))
	t.Cleanup(site.Close)
	ada, forged := []string{"Cookie", "login=42"}, []string{"X-Tawk-User-Id", "43"}
	for setting, asked := range map[string][2]string{"": {"nothing", "nothing"}, "TAWK_SESSION_URL=/me": {"42 José", "nobody"}} {
		b := newBrowser(t, front(t, site.URL, "TAWK_SESSION=response", setting).url)
		b.page("/", "42 José", ada...)
		b.page("/", "nobody", forged...)
		b.asks(asked[0], ada...)
		b.asks(asked[1], forged...)
		for _, path := range []string{"/", "/moved", "/same", "/none", "/broken"} {
			answer := b.open(path, ada...)
			for name := range answer.Header {
				if strings.HasPrefix(name, "X-Tawk") {
					t.Errorf("%s shows %s", path, name)
				}
			}
		}
	}
}

// A page out of a cache between tawkproxy and the site was made for somebody else, whatever its headers say.
func TestHeaderOfCachedSite(t *testing.T) {
	for setting, want := range map[string]string{"": "nothing", "TAWK_SESSION_URL=/me": "ask"} {
		site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h := w.Header()
			h.Set("Content-Type", "text/html")
			h.Set("X-Tawk-User-Id", "42")
			if r.URL.Path == "/kept" {
				h.Set("Age", "7")
			}
			io.WriteString(w, "<!DOCTYPE html><html><head><title>Site</title></head><body>x")
		}))
		t.Cleanup(site.Close)
		b := newBrowser(t, front(t, site.URL, "TAWK_SESSION=response", setting).url)
		b.page("/kept", want)
		b.page("/new", "42")
	}
}

// Headers that come ahead of a page or behind it name nobody, and do not reach the browser.
func TestHeaderAroundPage(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Tawk-User-Id", "42")
		w.WriteHeader(http.StatusEarlyHints)
		h.Del("X-Tawk-User-Id")
		h.Set("Content-Type", "text/html")
		h.Set("Trailer", "X-Tawk-User-Name")
		io.WriteString(w, "<!DOCTYPE html><html><head><title>Site</title></head><body>x")
		w.(http.Flusher).Flush()
		h.Set("X-Tawk-User-Name", "Ada")
		h.Set(http.TrailerPrefix+"X-Tawk-User-Id", "42")
	}))
	t.Cleanup(site.Close)
	program := front(t, site.URL, "TAWK_SESSION=response")
	newBrowser(t, program.url).page("/", "nobody")
	conn, err := net.Dial("tcp", strings.TrimPrefix(program.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: x\r\nTE: trailers\r\nConnection: close\r\n\r\n")
	got, err := io.ReadAll(conn)
	if err != nil || !strings.Contains(string(got), "HTTP/1.1 200") || strings.Contains(strings.ToLower(string(got)), "x-tawk") {
		t.Errorf("got %q, %v", got, err)
	}
}
