package inject

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// TestGzipAtOnce has many browsers load pages in gzip at once, of which some go away in the middle and some pages are cut or
// damaged: each of the others gets its own page with what is said to it, and none takes a part for the whole.
func TestGzipAtOnce(t *testing.T) {
	page := string(samplePage(200 << 10))
	encoded := encodedAs(t, gzipCoding, []byte(page))
	cut := encoded[:len(encoded)/2]
	damaged := bytes.Clone(encoded)
	for i := len(damaged) / 2; i < len(damaged)-8; i++ {
		damaged[i] = 0xff
	}
	site := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Encoding", "gzip")
		body := map[string][]byte{"/": encoded, "/left": encoded, "/cut": cut, "/damaged": damaged}[r.URL.Path]
		for len(body) > 0 {
			n := min(len(body), 5000)
			w.Write(body[:n])
			w.(http.Flusher).Flush()
			body = body[n:]
		}
	})
	for _, copies := range []bool{false, true} {
		transport := &Transport{
			Observe: func(*http.Request, Reason, error) {},
			Data: func(answer *http.Response, _ bool) Payload {
				return Payload{Data: []byte(`{"user":"` + answer.Request.URL.RawQuery + `"}`), Private: true}
			},
		}
		if copies {
			transport.Copy = func(*http.Response) io.Writer { return io.Discard }
		}
		s := newStage(t, transport, site)
		var all sync.WaitGroup
		for i := range 48 {
			path := []string{"/", "/left", "/cut", "/damaged"}[i%4]
			all.Go(func() {
				for k := range 2 {
					user := fmt.Sprintf("%d-%d", i, k)
					r := s.navigation(t, path+"?"+user)
					r.Header.Set("Accept-Encoding", "gzip")
					ctx, leave := context.WithCancel(r.Context())
					defer leave()
					answer, err := s.client.Do(r.WithContext(ctx))
					if err != nil {
						t.Error(err)
						return
					}
					defer answer.Body.Close()
					if path == "/left" {
						io.ReadFull(answer.Body, make([]byte, 3000))
						leave()
						continue
					}
					body, err := io.ReadAll(answer.Body)
					if path != "/" {
						if err == nil {
							t.Errorf("%s: %d bytes, and a clean end", path, len(body))
						}
						continue
					}
					want := strings.Replace(withElement(t, page), `{"user":"42"}`, `{"user":"`+user+`"}`, 1)
					if got, failed := browserDecode("gzip", body); err != nil || failed != nil || string(got) != want {
						t.Errorf("%s: %d bytes of %d, %v %v", user, len(got), len(want), err, failed)
					}
				}
			})
		}
		all.Wait()
	}
}
