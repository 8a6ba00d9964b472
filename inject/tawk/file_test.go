package tawk

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
)

func TestFile(t *testing.T) {
	file := NewFile(Script())
	asked := 0
	file.Asked = func(*http.Request) { asked++ }
	handler := &Handler{Widget: &testWidget, File: file}
	path := file.Path(testWidget.Own)
	const forever = "public, max-age=31536000, immutable"
	for _, c := range []struct {
		name, method, path string
		header             []string // of the request, as pairs
		status             int
		coding, cache      string
	}{
		{"plain", "GET", path, nil, 200, "", forever},
		{"gzip", "GET", path, []string{"Accept-Encoding", "deflate, GZip"}, 200, "gzip", forever},
		{"br", "GET", path, []string{"Accept-Encoding", "gzip, deflate, br, zstd"}, 200, "br", forever},
		{"br is refused", "GET", path, []string{"Accept-Encoding", "br;q=0, gzip;q=0.5"}, 200, "gzip", forever},
		{"all are refused", "GET", path, []string{"Accept-Encoding", "br; Q=0.000 , gzip;q=0"}, 200, "", forever},
		{"HEAD", "HEAD", path, []string{"Accept-Encoding", "gzip"}, 200, "gzip", forever},
		{"POST", "POST", path, nil, 405, "", "no-store"},
		{"another release's", "GET", testWidget.Own + "login.AAAAAAAAAAAA", []string{"Accept-Encoding", "br"}, 200, "br", "no-store"},
		{"no digest", "GET", testWidget.Own + "login.", nil, 200, "", "no-store"},
		{"an attempt", "GET", path + "?1764367000000", nil, 200, "", "no-store"},
		{"from another site", "GET", path, []string{"Sec-Fetch-Site", "cross-site"}, 200, "", forever},
		{"the same", "GET", path, []string{"If-None-Match", `"` + file.name + `-"`}, 304, "", forever},
		{"the same, compressed", "GET", path, []string{"Accept-Encoding", "br", "If-None-Match", `W/"` + file.name + `-br"`}, 304, "", forever},
		{"another", "GET", path, []string{"Accept-Encoding", "br", "If-None-Match", `"` + file.name + `-gzip"`}, 200, "br", forever},
		{"another name", "GET", testWidget.Own + "logins", nil, 404, "", "no-store"},
	} {
		r := httptest.NewRequest(c.method, "http://shop.example"+c.path, nil)
		r.AddCookie(&http.Cookie{Name: "sid", Value: "x"})
		for i := 0; i < len(c.header); i += 2 {
			r.Header.Set(c.header[i], c.header[i+1])
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		got := w.Result()
		if got.StatusCode != c.status || got.Header.Get("Cache-Control") != c.cache || got.Header.Get("Content-Encoding") != c.coding {
			t.Errorf("%s: %d, %v", c.name, got.StatusCode, got.Header)
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin", "Set-Cookie": "",
		} {
			if got := got.Header.Get(name); got != want {
				t.Errorf("%s: %s: %q, want %q", c.name, name, got, want)
			}
		}
		if vary := got.Header.Get("Vary"); c.status != 404 && vary != "Accept-Encoding" {
			t.Errorf("%s: Vary: %q", c.name, vary)
		}
		if (got.Header.Get("Etag") != "") != (c.cache == forever) {
			t.Errorf("%s: ETag %q", c.name, got.Header.Get("Etag"))
		}
		if c.status != 200 {
			continue
		}
		if length := got.Header.Get("Content-Length"); length != strconv.Itoa(len(file.coded[c.coding])) {
			t.Errorf("%s: length %s", c.name, length)
		}
		if kind := got.Header.Get("Content-Type"); kind != "text/javascript; charset=utf-8" {
			t.Errorf("%s: type %s", c.name, kind)
		}
		want := string(Script())
		if c.method == "HEAD" {
			want = ""
		}
		if body := decoded(t, c.coding, w.Body); body != want {
			t.Errorf("%s: other text: %.60s", c.name, body)
		}
	}
	if asked != 13 {
		t.Errorf("heard of %d requests", asked)
	}
	if other := NewFile([]byte("other")).Path("/x/"); other == file.Path("/x/") || !strings.HasPrefix(other, "/x/login.") {
		t.Errorf("another text at %s", other)
	}
}

func decoded(t *testing.T, coding string, body *bytes.Buffer) string {
	t.Helper()
	if body.Len() == 0 {
		return ""
	}
	var r io.Reader = body
	switch coding {
	case "gzip":
		z, err := gzip.NewReader(body)
		if err != nil {
			t.Fatal(err)
		}
		r = z
	case "br":
		r = brotli.NewReader(body)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
