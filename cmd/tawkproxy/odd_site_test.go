package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tawkproxy/examples/shop"
)

// oddSite is the shop with some answers beside it of which each goes out as it comes for another reason.
func oddSite(t *testing.T) string {
	t.Helper()
	const page = "<!doctype html><html><head><title>x</title><link rel=x href=y></head><body>x</body></html>"
	site := http.NewServeMux()
	site.Handle("/", shop.New(shop.Options{}))
	for path, header := range map[string]string{
		"/odd/data":         "Content-Type: application/json",
		"/odd/download":     "Content-Disposition: attachment",
		"/odd/fixed":        "Cache-Control: no-transform",
		"/odd/sandbox":      "Content-Security-Policy: sandbox",
		"/odd/utf16":        "Content-Type: text/html; charset=utf-16",
		"/odd/packed":       "Content-Encoding: compress",
		"/odd/excluded":     "X-Nothing: x",
		"/odd/customer/ada": "X-Nothing: x",
	} {
		name, value, _ := strings.Cut(header, ": ")
		site.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get(explainHeader) != "" {
				t.Errorf("%s: the site gets the question", path)
			}
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set(name, value)
			w.Write([]byte(page))
		})
	}
	site.HandleFunc("/odd/fragment", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Write([]byte("{\"html\": \"<p>x\"}"))
	})
	site.HandleFunc("/odd/late", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Write([]byte("<!doctype html><!--" + strings.Repeat("x", 100<<10) + "--><head>"))
	})
	site.HandleFunc("/odd/moved", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Location", "/")
		w.WriteHeader(http.StatusFound)
		w.Write([]byte(page))
	})
	site.HandleFunc("/odd/hangup", func(w http.ResponseWriter, _ *http.Request) {
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			conn.Close()
		}
	})
	server := httptest.NewServer(site)
	t.Cleanup(server.Close)
	return server.URL
}
