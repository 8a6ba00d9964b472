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
	for _, coding := range []string{"", "gzip"} {
		var copied bytes.Buffer
		transport := &Transport{Copy: func(answer *http.Response) io.Writer {
			if answer.Request.URL.Path == "/none" {
				return nil
			}
			return &copied
		}}
		s := newStage(t, transport, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			if coding == "" {
				io.WriteString(w, testPage)
				return
			}
			w.Header().Set("Content-Encoding", coding)
			packed := gzip.NewWriter(w)
			io.WriteString(packed, testPage)
			packed.Close()
		}))
		for _, path := range []string{"/none", "/"} {
			r := s.navigation(t, path)
			r.Header.Set("Accept-Encoding", "gzip")
			if _, _, err := s.get(t, r); err != nil {
				t.Fatal(err)
			}
		}
		if got := copied.String(); got != withElement(t, testPage) {
			t.Errorf("%q: got %q", coding, got)
		}
	}
}
