package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// A download that broke off goes on where it did, although browsers ask for the rest as if it were a page.
func TestResumedDownload(t *testing.T) {
	changed := time.Date(2004, time.November, 9, 17, 30, 0, 0, time.UTC)
	const file = "<!DOCTYPE html><html><head><title>x</title></head><body>y"
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"v1"`)
		w.Header().Set("Content-Type", map[string]string{"/a.zip": "application/zip", "/a.html": "text/html"}[r.URL.Path])
		http.ServeContent(w, r, "", changed, strings.NewReader(file))
	}))
	t.Cleanup(site.Close)
	b := newBrowser(t, front(t, site.URL, "TAWK_SESSION=response").url)
	for name, condition := range map[string][]string{
		"Chromium":     {"If-Range", `"v1"`},
		"Firefox":      {"If-Match", `"v1"`},
		"without ETag": {"If-Unmodified-Since", changed.Format(http.TimeFormat)},
	} {
		rest := append([]string{"Range", "bytes=50-"}, condition...)
		answer := b.open("/a.zip", rest...)
		body, err := io.ReadAll(answer.Body)
		if err != nil || answer.StatusCode != http.StatusPartialContent || string(body) != file[50:] {
			t.Errorf("%s: %s, %q, %v", name, answer.Status, body, err)
		}
		b.page("/a.html", "nobody", rest...)
	}
}
