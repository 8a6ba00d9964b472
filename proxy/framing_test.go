package proxy

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tawkproxy/examples/testenv"
)

// brokenBodies are chunked bodies (RFC 9112 section 7.1) that end where nobody can say.
var brokenBodies = map[string]string{
	"no size":                  "\r\nhello\r\n0\r\n\r\n",
	"a size that is a word":    "zz\r\nhello\r\n0\r\n\r\n",
	"a negative size":          "-5\r\nhello\r\n0\r\n\r\n",
	"a size with a plus":       "+5\r\nhello\r\n0\r\n\r\n",
	"a size with 0x":           "0x5\r\nhello\r\n0\r\n\r\n",
	"a size with a blank":      " 5\r\nhello\r\n0\r\n\r\n",
	"a size beyond 64 bits":    "10000000000000005\r\nhello\r\n0\r\n\r\n",
	"a size in quotes":         "\"5\"\r\nhello\r\n0\r\n\r\n",
	"a size ended by LF":       "5\nhello\r\n0\r\n\r\n",
	"LF in an extension":       "5;a\nb\r\nhello\r\n0\r\n\r\n",
	"an extension ended by LF": "5;a=b\nhello\r\n0\r\n\r\n",
	"CR in an extension":       "5;a\rb\r\nhello\r\n0\r\n\r\n",
	"an extension too long":    "5;" + strings.Repeat("a", 5000) + "\r\nhello\r\n0\r\n\r\n",
	"extensions without end":   strings.Repeat("1;"+strings.Repeat("a", 4000)+"\r\nx\r\n", 10) + "0\r\n\r\n",
	"a chunk without its end":  "5\r\nhello0\r\n\r\n",
	"a chunk ended by LF":      "5\r\nhello\n0\r\n\r\n",
	"a chunk longer than said": "5\r\nhello!\r\n0\r\n\r\n",
	"the last chunk's LF":      "5\r\nhello\r\n0\n\r\n",
	"a trailer without colon":  "5\r\nhello\r\n0\r\nX-Sum\r\n\r\n",
	"a trailer without name":   "5\r\nhello\r\n0\r\n: 1\r\n\r\n",
	"a folded trailer":         "5\r\nhello\r\n0\r\n X-Sum: 1\r\n\r\n",
	"a trailer too long":       "5\r\nhello\r\n0\r\nX-Sum: " + strings.Repeat("1", 1<<16) + "\r\n\r\n",
}

// Whatever follows a body that cannot be read is not a request.
func TestConnectionEndsWithBrokenUpload(t *testing.T) {
	t.Parallel()
	for name, upstream := range map[string]func(t testing.TB) (string, func() int64){
		"the site reads":            readingSite,
		"the site answers early":    earlySite("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
		"the site answers in parts": earlySite("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
		"the site refuses":          earlySite("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"),
		"nobody answers": func(t testing.TB) (string, func() int64) {
			return "http://" + testenv.FreeAddr(t), func() int64 { return 0 }
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address, followers := upstream(t)
			f := openFront(t, address)
			for broken, body := range brokenBodies {
				for _, expect := range []string{"", "Expect: 100-continue\r\n"} {
					answers, err := f.exchange("POST /upload HTTP/1.1\r\nHost: x\r\n" + expect + "Transfer-Encoding: chunked\r\n\r\n" +
						body + "GET /next HTTP/1.1\r\nHost: x\r\n\r\nGET /next HTTP/1.1\r\nHost: x\r\n\r\n")
					answers = slices.DeleteFunc(answers, func(answer *http.Response) bool {
						return answer.StatusCode == http.StatusContinue
					})
					switch {
					case err != nil || len(answers) > 1 || followers() != 0:
						t.Errorf("%s, %s: answers %v, then %v; %d further requests at the site", broken, expect, statuses(answers), err,
							followers())
					case name == "the site reads" && (len(answers) != 1 || answers[0].StatusCode != 400 || !answers[0].Close):
						t.Errorf("%s, %s: answers %v, or the connection goes on", broken, expect, statuses(answers))
					}
				}
			}
			if panics := f.log.with("panic"); panics != nil {
				t.Errorf("logged %v", panics)
			}
		})
	}
}

// An upload that breaks off, or that is not over yet, has nothing behind it either.
func TestUnfinishedUploadHasNothingBehindIt(t *testing.T) {
	t.Parallel()
	for name, upstream := range map[string]func(t testing.TB) (string, func() int64){
		"the site reads":         readingSite,
		"the site answers early": earlySite("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address, followers := upstream(t)
			f := openFront(t, address)
			for _, body := range []string{"", "5", "5\r\nhel", "5\r\nhello\r\n0\r\n", "5\r\nhello\r\n0\r\nX: 1\r\n",
				"7fffffffffffffff\r\nGET /next HTTP/1.1\r\nHost: x\r\n\r\n", "ffffffffffffffff\r\nGET /next HTTP/1.1\r\nHost: x\r\n\r\n"} {
				conn := f.dial()
				io.WriteString(conn, "POST /upload HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"+body)
				conn.(*net.TCPConn).CloseWrite()
				answers, err := readAnswers(conn)
				if err != nil || len(answers) > 1 || followers() != 0 {
					t.Errorf("%q: %d answers, then %v; %d further requests at the site", body, len(answers), err, followers())
				}
			}
		})
	}
}

// A fault of ours does not make a request of what is left of an upload.
func TestConnectionEndsWithBrokenUploadAfterPanic(t *testing.T) {
	t.Parallel()
	f := openFront(t, "http://"+testenv.FreeAddr(t), func(o *Options, _ *Server) {
		o.Transport = roundTripper(func(*http.Request) (*http.Response, error) { panic("the coffee is out") })
	})
	answers, err := f.exchange("POST /upload HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX\r\n\r\n" +
		"GET /next HTTP/1.1\r\nHost: x\r\n\r\n")
	if err != nil || len(answers) != 1 || answers[0].StatusCode != 500 {
		t.Errorf("answers %v, then %v", statuses(answers), err)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// What can be read keeps its connection, also if the next request was sent at once.
func TestConnectionOutlivesWholeUpload(t *testing.T) {
	address, _ := readingSite(t)
	f := openFront(t, address)
	var requests strings.Builder
	const rounds = 10
	for range rounds {
		for _, body := range []string{
			"5\r\nhello\r\n0\r\n\r\n", "0\r\n\r\n", "5;a=b\r\nhello\r\n0\r\n\r\n", "5 \r\nhello\r\n00;x\r\nX-Sum: 1\r\n\r\n",
			"0005\r\nhello\r\nA\r\n0123456789\r\n0\r\n\r\n",
		} {
			requests.WriteString("POST /upload HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + body)
		}
		requests.WriteString("POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello")
	}
	requests.WriteString("GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	answers, err := f.exchange(requests.String())
	if want := rounds*6 + 1; err != nil || len(answers) != want {
		t.Fatalf("%d answers of %d, then %v", len(answers), want, err)
	}
	for i, answer := range answers[:len(answers)-1] {
		if answer.StatusCode != 200 || answer.Close {
			t.Fatalf("answer %d: %s, closes: %v", i, answer.Status, answer.Close)
		}
	}
}

// A browser that has given its upload up waits for the end of the answer before it does anything else.
func TestEarlyAnswerComesToItsEnd(t *testing.T) {
	t.Parallel()
	for name, upstream := range map[string]func(t testing.TB) (string, func() int64){
		"known length":   earlySite("HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno"),
		"unknown length": earlySite("HTTP/1.1 413 Content Too Large\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n"),
		"nobody answers": func(t testing.TB) (string, func() int64) { return "http://" + testenv.FreeAddr(t), nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address, _ := upstream(t)
			f := openFront(t, address)
			for body, begin := range map[string]string{"Content-Length: 1000": "hello", "Transfer-Encoding: chunked": "5\r\nhello\r\n"} {
				conn := f.dial()
				io.WriteString(conn, "POST / HTTP/1.1\r\nHost: x\r\n"+body+"\r\n\r\n"+begin)
				answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
				if err != nil {
					t.Fatal(err)
				}
				page, err := io.ReadAll(answer.Body)
				if err != nil || len(page) == 0 || answer.StatusCode < 400 || answer.ContentLength < 0 && !answer.Close {
					t.Errorf("%s: %s %q, %v, closes: %v", body, answer.Status, page, err, answer.Close)
				}
				conn.Close()
			}
		})
	}
}

// readingSite reads what is sent. It counts requests other than for /upload.
func readingSite(t testing.TB) (upstream string, followers func() int64) {
	t.Helper()
	var count atomic.Int64
	return site(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/upload" {
			count.Add(1)
		}
		io.Copy(io.Discard, r.Body)
		io.WriteString(w, "ok")
	}), count.Load
}

// earlySite answers before it reads what is sent. It counts requests other than the first of each connection, and other than
// for /upload.
func earlySite(answer string) func(t testing.TB) (upstream string, followers func() int64) {
	return func(t testing.TB) (string, func() int64) {
		t.Helper()
		var count atomic.Int64
		return rawSite(t, func(conn net.Conn, r *bufio.Reader) {
			if head := readHead(r); !strings.HasPrefix(head, "POST ") {
				count.Add(1)
			}
			io.WriteString(conn, answer)
			conn.SetDeadline(time.Now().Add(patience))
			io.Copy(io.Discard, r)
		}), count.Load
	}
}

// exchange writes raw bytes to the front and reads answers until the front ends the connection.
func (f *front) exchange(raw string) ([]*http.Response, error) {
	f.t.Helper()
	conn := f.dial()
	defer conn.Close()
	go io.WriteString(conn, raw) // the front need not read all
	return readAnswers(conn)
}

// readAnswers reads answers with their bodies until the connection ends. An answer that breaks off is none.
func readAnswers(conn net.Conn) (answers []*http.Response, err error) {
	r := bufio.NewReader(conn)
	for {
		if _, err := r.Peek(1); err != nil {
			if err == io.EOF || strings.Contains(err.Error(), "reset") {
				return answers, nil
			}
			return answers, err
		}
		answer, err := http.ReadResponse(r, nil)
		if err != nil {
			return answers, err
		}
		if _, err := io.Copy(io.Discard, answer.Body); errors.Is(err, io.ErrUnexpectedEOF) {
			return answers, nil
		} else if err != nil {
			return answers, err
		}
		answers = append(answers, answer)
	}
}

func statuses(answers []*http.Response) (codes []int) {
	for _, answer := range answers {
		codes = append(codes, answer.StatusCode)
	}
	return codes
}
