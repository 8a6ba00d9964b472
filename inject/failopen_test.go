package inject

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// The tests of this file inject every kind of failure at every byte of a page, through a real site, a real reverse proxy and a
// real browser connection. A browser may get the site's bytes, the page with the element, or an aborted transfer, but never a
// page cut short and called complete.

// faultySite serves a page in the coding, framing and with the fault that the query names.
func faultySite(t testing.TB) http.Handler {
	t.Helper()
	bodies := make([][]byte, codings)
	for c := range bodies {
		bodies[c] = encodedAs(t, coding(c), []byte(testPage))
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		c, _ := codingNamed(query.Get("coding"))
		at, _ := strconv.Atoi(query.Get("at"))
		body := bytes.Clone(bodies[c])
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Etag", `"site"`)
		if c != identity {
			w.Header().Set("Content-Encoding", c.String())
		}
		switch query.Get("kind") {
		case "truncate":
			body = body[:at]
		case "corrupt":
			body[at] ^= 0x55
		}
		if query.Get("chunked") == "" {
			w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		}
		if query.Get("kind") == "abort" {
			w.Write(body[:at])
			http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}
		for i := range body {
			w.Write(body[i : i+1])
			if query.Get("chunked") != "" && i%16 == 0 {
				http.NewResponseController(w).Flush()
			}
		}
	})
}

// everyByte yields the places in a text of so many bytes; with -short one in seven.
func everyByte(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		step := 1
		if testing.Short() {
			step = 7
		}
		for at := 0; at < n && yield(at); at += step {
		}
	}
}

// forEveryByte asks for the page with a fault at each of its bytes, in every coding and framing.
func forEveryByte(
	t *testing.T, s *stage, kind string,
	check func(t *testing.T, c coding, at int, answer *http.Response, body []byte, err error),
) {
	t.Helper()
	for c := identity; int(c) < codings; c++ {
		encoded := encodedAs(t, c, []byte(testPage))
		for _, chunked := range []string{"", "yes"} {
			t.Run(fmt.Sprintf("%s,%v,chunked=%s", kind, c, chunked), func(t *testing.T) {
				t.Parallel()
				for at := range everyByte(len(encoded)) {
					r := s.navigation(t, fmt.Sprintf("/?kind=%s&coding=%v&chunked=%s&at=%d", kind, c, chunked, at))
					answer, err := s.client.Do(r)
					if err != nil {
						t.Fatalf("byte %d: %v", at, err)
					}
					body, err := io.ReadAll(answer.Body)
					answer.Body.Close()
					check(t, c, at, answer, body, err)
				}
			})
		}
	}
}

// wholeOrOriginal fails the test unless a complete body is what the site sent, or the page of the site's bytes with the element.
func wholeOrOriginal(t *testing.T, at int, sent []byte, encoding string, answer *http.Response, body []byte) {
	t.Helper()
	if bytes.Equal(body, sent) && answer.Header.Get("Etag") != "" && answer.Header.Get("Content-Encoding") == encoding {
		return
	}
	was, err := browserDecode(encoding, sent)
	if err != nil {
		if _, err := browserDecode(encoding, body); err != nil && encoding == "gzip" {
			return // only a browser decodes all of it, and refuses what it would have refused without us
		}
		t.Errorf("byte %d: undecodable bytes of the site became %q", at, body)
		return
	}
	is, err := browserDecode(answer.Header.Get("Content-Encoding"), body)
	if err != nil || string(bytes.Replace(is, elementOf(t), nil, 1)) != string(was) {
		t.Errorf("byte %d: %q, %v; site sent %q", at, is, err, was)
	}
}

func TestAbortAtEveryByte(t *testing.T) {
	t.Parallel()
	s := newStage(t, new(Transport), faultySite(t))
	forEveryByte(t, s, "abort", func(t *testing.T, c coding, at int, answer *http.Response, body []byte, err error) {
		if err == nil {
			t.Fatalf("byte %d: the browser got %d bytes and takes them for complete", at, len(body))
		}
		if c != identity {
			return
		}
		// What was held back comes first.
		got, sent := string(body), testPage[:at]
		if got != sent && strings.Replace(got, string(elementOf(t)), "", 1) != sent {
			t.Errorf("byte %d: got %q", at, got)
		}
	})
}

func TestTruncateAtEveryByte(t *testing.T) {
	t.Parallel()
	s := newStage(t, new(Transport), faultySite(t))
	forEveryByte(t, s, "truncate", func(t *testing.T, c coding, at int, answer *http.Response, body []byte, err error) {
		sent := encodedAs(t, c, []byte(testPage))[:at]
		if err == nil {
			wholeOrOriginal(t, at, sent, codingHeader(c), answer, body)
		} else if c == identity {
			t.Errorf("byte %d: %v", at, err)
		}
	})
}

func TestCorruptEveryByte(t *testing.T) {
	t.Parallel()
	s := newStage(t, new(Transport), faultySite(t))
	forEveryByte(t, s, "corrupt", func(t *testing.T, c coding, at int, answer *http.Response, body []byte, err error) {
		sent := encodedAs(t, c, []byte(testPage))
		sent[at] ^= 0x55
		if err == nil {
			wholeOrOriginal(t, at, sent, codingHeader(c), answer, body)
		}
	})
}

func codingHeader(c coding) string {
	if c == identity {
		return ""
	}
	return c.String()
}

// TestWindowOfEverySize has the limit at every byte: the page is whole, with or without the element.
func TestWindowOfEverySize(t *testing.T) {
	for size := 1; size <= len(testPage); size++ {
		s := newStage(t, &Transport{Window: size}, faultySite(t))
		for c := identity; int(c) < codings; c++ {
			answer, body, err := s.get(t, s.navigation(t, "/?coding="+c.String()))
			if err != nil {
				t.Fatalf("window %d, %v: %v", size, c, err)
			}
			wholeOrOriginal(t, size, encodedAs(t, c, []byte(testPage)), codingHeader(c), answer, body)
		}
	}
}

// A panicking transport has bodies that panic once, at one byte, as a fault of ours would.
type panicking struct {
	http.RoundTripper
	at int
}

func (p *panicking) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := p.RoundTripper.RoundTrip(r)
	if err == nil {
		answer.Body = &panickingBody{ReadCloser: answer.Body, left: p.at}
	}
	return answer, err
}

type panickingBody struct {
	io.ReadCloser
	left int
	done bool
}

func (p *panickingBody) Read(b []byte) (int, error) {
	if p.left == 0 && !p.done {
		p.done = true
		panic("a fault of ours")
	}
	if !p.done {
		b = b[:min(len(b), p.left)]
	}
	n, err := p.ReadCloser.Read(b)
	p.left -= n
	return n, err
}

func TestPanicAtEveryByte(t *testing.T) {
	t.Parallel()
	base := &panicking{RoundTripper: &http.Transport{DisableCompression: true}}
	s := newStage(t, &Transport{Base: base}, faultySite(t))
	for c := identity; int(c) < codings; c++ {
		sent := encodedAs(t, c, []byte(testPage))
		for _, chunked := range []string{"", "yes"} {
			inserted, faults := 0, 0
			for at := range everyByte(len(sent)) {
				base.at = at
				r := s.navigation(t, fmt.Sprintf("/?coding=%v&chunked=%s", c, chunked))
				r.Close = true // the client repeats what fails on a kept connection
				answer, err := s.client.Do(r)
				var body []byte
				if err == nil {
					body, err = io.ReadAll(answer.Body)
					answer.Body.Close()
				}
				switch verdict := s.verdicts.last(t); {
				case verdict == Fault && (err != nil || !bytes.Equal(body, sent) || answer.Header.Get("Etag") == ""):
					t.Errorf("%v, byte %d: %q, %v", c, at, body, err)
				case verdict == Fault:
					faults++
				case verdict == Inserted && err == nil:
					t.Errorf("%v, byte %d: a panic behind the place, and the browser calls %q complete", c, at, body)
				case verdict == Inserted:
					inserted++
				default:
					t.Errorf("%v, byte %d: verdict %q", c, at, verdict)
				}
			}
			if c == identity && (inserted == 0 || faults == 0) {
				t.Errorf("%d panics before the place, %d behind it: want both", faults, inserted)
			}
		}
	}
}

// TestCallerFaults is a caller whose functions panic or say what must not be said.
func TestCallerFaults(t *testing.T) {
	for _, c := range []struct {
		name    string
		data    func(*http.Response, bool) Payload
		verdict Reason
	}{
		{"panic", func(*http.Response, bool) Payload { panic("no") }, Fault},
		{"no data", func(*http.Response, bool) Payload { return Payload{} }, NothingToSay},
		{"unescaped", func(*http.Response, bool) Payload { return Payload{Data: []byte("'")} }, Fault},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(t, &Transport{Data: c.data}, faultySite(t))
			answer, body, err := s.get(t, s.navigation(t, "/"))
			if err != nil || string(body) != testPage || answer.Header.Get("Etag") == "" {
				t.Errorf("got %q, %v", body, err)
			}
			if verdict := s.verdicts.last(t); verdict != c.verdict {
				t.Errorf("verdict %q, want %q", verdict, c.verdict)
			}
		})
	}
	t.Run("observer", func(t *testing.T) {
		s := newStage(t, &Transport{Observe: func(*http.Request, Reason, error) { panic("no") }}, faultySite(t))
		if _, body, err := s.get(t, s.navigation(t, "/")); err != nil || !strings.Contains(string(body), string(elementOf(t))) {
			t.Errorf("got %q, %v", body, err)
		}
	})
}
