package inject

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"testing"
)

// TestCopy gives the text of a page out a second time, whatever its coding.
func TestCopy(t *testing.T) {
	long := string(samplePage(300 << 10))
	for _, c := range []struct{ coding, page string }{{"", testPage}, {"", long}, {"gzip", testPage}, {"gzip", long}} {
		var copied bytes.Buffer
		transport := &Transport{Copy: func(answer *http.Response) io.Writer {
			if answer.Request.URL.Path == "/none" {
				return nil
			}
			return &copied
		}}
		s := newStage(t, transport, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			if c.coding == "" {
				io.WriteString(w, c.page)
				return
			}
			w.Header().Set("Content-Encoding", c.coding)
			packed := gzip.NewWriter(w)
			io.WriteString(packed, c.page)
			packed.Close()
		}))
		for _, path := range []string{"/none", "/"} {
			r := s.navigation(t, path)
			r.Header.Set("Accept-Encoding", "gzip")
			answer, body, err := s.get(t, r)
			if err != nil {
				t.Fatal(err)
			}
			if page, err := browserDecode(answer.Header.Get("Content-Encoding"), body); err != nil || string(page) != withElement(t, c.page) {
				t.Errorf("%q, %s: %d bytes, %v", c.coding, path, len(page), err)
			}
		}
		if got := copied.String(); got != withElement(t, c.page) {
			t.Errorf("%q: %d bytes were copied of %d", c.coding, len(got), len(c.page))
		}
	}
}
