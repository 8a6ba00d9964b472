package inject

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestPlaced inserts into pages of a site that is slow, with data that are slow to be found out: what was done is told, and only the
// time that was spent here counts. The clock stands still while anything runs.
func TestPlaced(t *testing.T) {
	const head = "<!doctype html><title>x</title>"
	page := []byte(head + `<link rel="x">` + strings.Repeat("<p>x", 1000))
	for _, coding := range []coding{identity, gzipCoding, deflateCoding} {
		t.Run(coding.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var told []Insertion
				header := http.Header{}
				if coding != identity {
					header.Set("Content-Encoding", coding.String())
				}
				transport := &Transport{
					Base: answering{header, &slowBody{page: encodedAs(t, coding, page)}}, Script: testScript, Timeout: time.Hour,
					Data: func(*http.Response, bool) Payload {
						time.Sleep(time.Second)
						return Payload{Data: []byte("{}"), Note: "a word"}
					},
					Copy: func(*http.Response) io.Writer {
						time.Sleep(time.Minute) // stands for what is done here
						return nil
					},
					Placed: func(r *http.Request, i Insertion) {
						i.Behind = bytes.Clone(i.Behind)
						told = append(told, i)
						panic("which must not cost the page anything")
					},
				}
				r, _ := http.NewRequest("GET", "http://site.example/", nil)
				r.Header.Set("Accept-Encoding", coding.String())
				answer, err := transport.RoundTrip(r)
				if err != nil {
					t.Fatal(err)
				}
				text, err := io.ReadAll(answer.Body)
				if err != nil || len(text) == 0 {
					t.Fatalf("%d bytes, %v", len(text), err)
				}
				answer.Body.Close()
				if len(told) != 1 {
					t.Fatalf("told %d times", len(told))
				}
				i := told[0]
				if i.Offset != len(head) || !bytes.HasPrefix(i.Behind, []byte("<link")) || i.Payload.Note != "a word" {
					t.Errorf("at %d, in front of %.20q, noted %q", i.Offset, i.Behind, i.Payload.Note)
				}
				if i.Took != time.Minute {
					t.Errorf("took %s here, want a minute", i.Took)
				}
			})
		})
	}
}

// A slowBody comes in pieces, each of which takes a while.
type slowBody struct{ page []byte }

func (s *slowBody) Read(p []byte) (int, error) {
	time.Sleep(100 * time.Millisecond)
	if len(s.page) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), 20)], s.page)
	s.page = s.page[n:]
	return n, nil
}

func (s *slowBody) Close() error { return nil }
