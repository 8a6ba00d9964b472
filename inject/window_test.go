package inject

import (
	"bytes"
	"context"

	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"
)

// A reader function is a body of an answer.
type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
func (readerFunc) Close() error                 { return nil }

// answering is a site that answers every request with a body of unknown length.
type answering struct {
	header http.Header
	body   io.Reader
}

func (a answering) RoundTrip(r *http.Request) (*http.Response, error) {
	body, ok := a.body.(io.ReadCloser)
	if !ok {
		body = io.NopCloser(a.body)
	}
	header := a.header.Clone()
	if header == nil {
		header = make(http.Header)
	}
	header.Set("Content-Type", "text/html; charset=utf-8")
	return &http.Response{StatusCode: http.StatusOK, Request: r, Header: header, Body: body, ContentLength: -1}, nil
}

// visit makes one navigation through a transport, without any network.
func visit(t testing.TB, transport *Transport) (*http.Response, *verdicts) {
	t.Helper()
	v := new(verdicts)
	if transport.Script.Name == "" {
		transport.Script = testScript
	}
	if transport.Data == nil {
		transport.Data = testData
	}
	transport.Observe = v.observe
	answer, err := transport.RoundTrip(new(stage).navigation(t, "http://ex.com/"))
	if err != nil {
		t.Fatal(err)
	}
	return answer, v
}

// expect reads what is wanted from r, and no more.
func expect(t testing.TB, r io.Reader, want string) {
	t.Helper()
	got := make([]byte, len(want))
	if n, err := io.ReadFull(r, got); err != nil || string(got) != want {
		t.Fatalf("got %q, %v, want %q", got[:n], err, want)
	}
}

// TestHeadAtOnce is a site that goes on with a page only when the browser has its head (D01, E04).
func TestHeadAtOnce(t *testing.T) {
	head := "<!DOCTYPE html><html><head><title>A page</title></head><body>"
	parts := []string{head, "<p>first</p>", "<p>second</p></body></html>"}
	want := []string{withElement(t, head), parts[1], parts[2]}
	for c := identity; int(c) < codings; c++ {
		for _, mode := range []Compression{"", CompressKeep, CompressProxy, CompressNever} { // with keep, the text is needed, too
			for _, known := range []bool{true, false} {
				if known && c != identity {
					continue
				}
				t.Run(fmt.Sprintf("%v,%s,%v", c, mode, known), func(t *testing.T) {
					next := make(chan struct{})
					transport := &Transport{Compress: mode}
					if mode == CompressKeep {
						transport.Copy = func(*http.Response) io.Writer { return io.Discard }
					}
					s := newStage(t, transport, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						w.Header().Set("Content-Type", "text/html; charset=utf-8")
						page, flush := io.Writer(w), func() {}
						if c != identity {
							w.Header().Set("Content-Encoding", c.String())
							compressor, err := newCompressor(c)
							if err != nil {
								t.Error(err)
								return
							}
							compressor.Reset(w)
							defer compressor.Close()
							page, flush = compressor, func() { compressor.Flush() }
						}
						if known {
							w.Header().Set("Content-Length", fmt.Sprint(len(strings.Join(parts, ""))))
						}
						for _, part := range parts {
							io.WriteString(page, part)
							flush()
							w.(http.Flusher).Flush()
							<-next
						}
					}))
					answer, err := s.client.Do(s.navigation(t, "/"))
					if err != nil {
						t.Fatal(err)
					}
					defer answer.Body.Close()
					body, err := browserReader(answer.Header.Get("Content-Encoding"), answer.Body)
					if err != nil {
						t.Fatal(err)
					}
					for _, part := range want {
						expect(t, body, part)
						next <- struct{}{}
					}
					if n, err := io.Copy(io.Discard, body); n != 0 || err != nil {
						t.Errorf("%d bytes more, %v", n, err)
					}
				})
			}
		}
	}
}

// TestTimeout is a site that sends too little of a page for too long (D02).
func TestTimeout(t *testing.T) {
	page := testPage + strings.Repeat("<p>more</p>", 3000)
	for c := identity; int(c) < codings; c++ {
		encoded := encodedAs(t, c, []byte(page))
		for _, sent := range []int{0, 1, 12} {
			t.Run(fmt.Sprintf("%v,%d", c, sent), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					defer time.Sleep(restless) // until the examiners have left
					reader, writer := io.Pipe()
					header := headerOf("Cache-Control: public", `ETag: "a"`)
					if c != identity {
						header.Set("Content-Encoding", c.String())
					}
					go writer.Write(encoded[:sent])
					answer, verdicts := visit(t, &Transport{Base: answering{header, reader}})
					if verdict := verdicts.last(t); verdict != Timeout {
						t.Errorf("verdict %q", verdict)
					}
					if answer.Header.Get("Cache-Control") != "public" || answer.Header.Get("Etag") != `"a"` {
						t.Errorf("header %v", answer.Header)
					}
					expect(t, answer.Body, string(encoded[:sent]))
					go func() {
						writer.Write(encoded[sent:])
						writer.Close()
					}()
					rest, err := io.ReadAll(iotest.OneByteReader(answer.Body))
					if err != nil || !bytes.Equal(rest, encoded[sent:]) {
						t.Errorf("%d bytes follow, want %d; %v", len(rest), len(encoded)-sent, err)
					}
				})
			})
		}
	}
}

// TestTimeoutLeavesNothingBehind closes a page whose site never goes on: synctest waits for all goroutines.
func TestTimeoutLeavesNothingBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		defer time.Sleep(restless) // until the examiners have left
		reader, _ := io.Pipe()
		answer, verdicts := visit(t, &Transport{Base: answering{nil, reader}})
		if verdict := verdicts.last(t); verdict != Timeout {
			t.Errorf("verdict %q", verdict)
		}
		if err := answer.Body.Close(); err != nil {
			t.Error(err)
		}
	})
}

// TestSlowData is a caller that takes its time, and looks at the answer while the page is on its way.
func TestSlowData(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		defer time.Sleep(restless) // until the examiners have left
		answer, verdicts := visit(t, &Transport{
			Base: answering{nil, strings.NewReader(testPage)},
			Data: func(answer *http.Response, shared bool) Payload {
				for range 100 {
					time.Sleep(time.Second)
					if answer.Header.Get("Content-Type") == "" {
						t.Error("the header has gone")
					}
				}
				return testData(answer, shared)
			},
		})
		if verdict := verdicts.last(t); verdict != Timeout {
			t.Errorf("verdict %q", verdict)
		}
		answer.Header.Del("Content-Type")
		if body, err := io.ReadAll(answer.Body); err != nil || string(body) != testPage {
			t.Errorf("got %q, %v", body, err)
		}
		time.Sleep(time.Hour)
	})
}

// TestChunks splits a page in every way that a reader may (A37 through the engine).
func TestChunks(t *testing.T) {
	for c := identity; int(c) < codings; c++ {
		encoded := encodedAs(t, c, []byte(testPage))
		readers := map[string]func(io.Reader) io.Reader{
			"one byte": iotest.OneByteReader, "half": iotest.HalfReader, "data with end": iotest.DataErrReader,
			"empty reads": func(r io.Reader) io.Reader {
				turn := 0
				return readerFunc(func(p []byte) (int, error) {
					if turn++; turn%7 != 0 {
						return 0, nil
					}
					return r.Read(p[:1])
				})
			},
		}
		for name, reader := range readers {
			t.Run(fmt.Sprintf("%v,%s", c, name), func(t *testing.T) {
				header := http.Header{}
				if c != identity {
					header.Set("Content-Encoding", c.String())
				}
				answer, verdicts := visit(t, &Transport{Base: answering{header, reader(bytes.NewReader(encoded))}})
				if verdict := verdicts.last(t); verdict != Inserted {
					t.Fatalf("verdict %q", verdict)
				}
				body, err := io.ReadAll(answer.Body)
				if err != nil {
					t.Fatal(err)
				}
				got, err := browserDecode(answer.Header.Get("Content-Encoding"), body)
				if err != nil || string(got) != withElement(t, testPage) {
					t.Errorf("got %q, %v", got, err)
				}
			})
		}
	}
}

// TestNoProgress is a body that says nothing, but not for ever.
func TestNoProgress(t *testing.T) {
	reads := 0
	page := strings.NewReader(testPage)
	answer, verdicts := visit(t, &Transport{Base: answering{nil, readerFunc(func(p []byte) (int, error) {
		if reads++; reads < 3*patience {
			return 0, nil
		}
		return page.Read(p)
	})}})
	if verdict := verdicts.last(t); verdict != Broken {
		t.Errorf("verdict %q", verdict)
	}
	if body, err := io.ReadAll(answer.Body); err != nil || string(body) != testPage {
		t.Errorf("got %q, %v", body, err)
	}
}

// TestConstantMemory passes 2 GB (D09).
func TestConstantMemory(t *testing.T) {
	const size = 2 << 30
	left := size
	head := strings.NewReader(testPage)
	site := readerFunc(func(p []byte) (int, error) {
		if n, _ := head.Read(p); n > 0 {
			return n, nil
		}
		n := min(left, len(p))
		if left -= n; left == 0 {
			return n, io.EOF
		}
		return n, nil
	})
	transport := &Transport{Base: answering{nil, site}}
	answer, _ := visit(t, transport)
	buffer := make([]byte, 32<<10)
	total := 0
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for {
		n, err := answer.Body.Read(buffer)
		total += n
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 64<<10 {
		t.Errorf("%d bytes allocated on the way", grown)
	}
	if want := size + len(withElement(t, testPage)); total != want {
		t.Errorf("%d bytes, want %d", total, want)
	}
}

// TestClientGone gives up when the browser does (D08).
func TestClientGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		defer time.Sleep(restless) // until the examiners have left
		reader, _ := io.Pipe()
		r := new(stage).navigation(t, "http://ex.com/")
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		v := new(verdicts)
		transport := &Transport{Base: answering{nil, reader}, Script: testScript, Data: testData, Observe: v.observe}
		answer, err := transport.RoundTrip(r.WithContext(ctx))
		if err != nil {
			t.Fatal(err)
		}
		if verdict := v.last(t); verdict != Broken {
			t.Errorf("verdict %q", verdict)
		}
		answer.Body.Close()
	})
}

// TestTrailers reach the browser, save those that are untrue now (D11).
func TestTrailers(t *testing.T) {
	s := newStage(t, new(Transport), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Trailer", "X-Checked, Content-Digest")
		io.WriteString(w, testPage)
		w.(http.Flusher).Flush()
		w.Header().Set("X-Checked", "yes")
		w.Header().Set("Content-Digest", "sha-256=:x:")
		w.Header().Set(http.TrailerPrefix+"X-Late", "too")
	}))
	answer, body, err := s.get(t, s.navigation(t, "/"))
	if err != nil || string(body) != withElement(t, testPage) {
		t.Errorf("got %q, %v", body, err)
	}
	if answer.Trailer.Get("X-Checked") != "yes" || answer.Trailer.Get("X-Late") != "too" {
		t.Errorf("trailers %v", answer.Trailer)
	}
	if _, untrue := answer.Trailer["Content-Digest"]; untrue {
		t.Errorf("trailers %v", answer.Trailer)
	}
}
