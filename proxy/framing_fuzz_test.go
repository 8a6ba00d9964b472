package proxy

import (
	"bufio"
	"io"
	"net"
	"net/http/httputil"
	"net/textproto"
	"strings"
	"testing"
	"time"
)

// Whatever bytes a chunked body is made of: what follows a broken one is never served as a request, and what follows a whole one
// is. Where a body ends is told by the reader of Go's library alone, without a server.
func FuzzBrokenUpload(f *testing.F) {
	reading, readingFollowers := readingSite(f)
	early, earlyFollowers := earlySite("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")(f)
	fronts := map[*front]func() int64{openFront(f, reading): readingFollowers, openFront(f, early): earlyFollowers}
	for _, body := range brokenBodies {
		f.Add(body)
	}
	for _, body := range []string{"5\r\nhello\r\n0\r\n\r\n", "5;a=b\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n", "0\r\n\r\nGET /next HTTP/1.1\r\n",
		"7fffffffffffffff\r\n", "0\r\nX: " + strings.Repeat("1", 4100)} {
		f.Add(body)
	}
	const next = "GET /next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
	f.Fuzz(func(t *testing.T, body string) {
		rest, err := afterChunks(body + next)
		if err == nil && rest != next {
			t.Skip("the rest is another request, whatever it is")
		}
		for front, followers := range fronts {
			before := followers()
			conn, failure := net.Dial("tcp", front.addr)
			if failure != nil {
				t.Fatal(failure)
			}
			conn.SetDeadline(time.Now().Add(patience))
			io.WriteString(conn, "POST /upload HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"+body+next)
			if err == io.EOF || err == io.ErrUnexpectedEOF {
				conn.(*net.TCPConn).CloseWrite() // otherwise it would be waited for more
			}
			answers, failure := readAnswers(conn)
			conn.Close()
			followed := followers() - before
			switch {
			case failure != nil:
				t.Errorf("%q: %d answers, then %v", body, len(answers), failure)
			case err != nil && (len(answers) > 1 || followed != 0):
				t.Errorf("%q, broken by %v: %d answers, %d further requests at the site", body, err, len(answers), followed)
			case err == nil && len(answers) != 2 && len(body) < 4<<10: // Go's server wants trailers in one piece of that size
				t.Errorf("%q, whole: %d answers", body, len(answers))
			}
		}
	})
}

// afterChunks returns what follows a chunked body and its trailers.
func afterChunks(text string) (rest string, err error) {
	r := bufio.NewReader(strings.NewReader(text))
	if _, err := io.Copy(io.Discard, httputil.NewChunkedReader(r)); err != nil {
		return "", err
	}
	if _, err := textproto.NewReader(r).ReadMIMEHeader(); err != nil {
		return "", err
	}
	left, err := io.ReadAll(r)
	return string(left), err
}
