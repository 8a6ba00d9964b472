package main

import (
	"io"
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
