package proxy

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"
)

// refused tells the operator of a request that gets no further. Why is from a closed list.
func (p *ErrorPages) refused(status int, why string) (id string) {
	return p.notices.tell(slog.LevelInfo, refusedFor, fmt.Sprintf("a request was answered %d: %s", status, why))
}

// tooManyFields and tooLarge tell of headers; those may be the site's own doing.
func (p *ErrorPages) tooManyFields(n int) (id string) {
	return p.notices.tell(slog.LevelWarn, refusedFor, "a request was answered 431: its header has more than 250 fields", "fields", n)
}

func (p *ErrorPages) tooLarge() (id string) {
	return p.notices.tell(slog.LevelWarn, refusedFor, "TAWK_MAX_HEADER_SIZE: a request with a larger header was answered 431; "+
		"if the site's own cookies are that large, its visitors are locked out: raise it")
}

// hand answers a request that has not come to its end, on its bare connection, which ends then.
func (p *ErrorPages) hand(conn io.Writer, asked *heads, status int, id string) {
	kind, page := p.render(accepted([]string{string(asked.accepts[:asked.accept])}), p.text(status, id, time.Now()))
	answer := http.Response{
		ProtoMajor: 1, ProtoMinor: 1, StatusCode: status, Header: http.Header{}, Close: true,
		ContentLength: int64(len(page)), Body: io.NopCloser(bytes.NewBufferString(page)),
	}
	if asked.bodiless {
		answer.Request = &http.Request{Method: http.MethodHead}
	}
	errorHeader(answer.Header, kind, len(page))
	answer.Header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	var out bytes.Buffer // one packet
	answer.Write(&out)
	conn.Write(out.Bytes())
}

// refusalHeader stands behind the first line where Go's server refuses a request that it cannot read, which it tells nobody.
var refusalHeader = []byte("\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n")

// isRefusal tells whether bytes are such an answer, and returns its status and the words behind that: missing required Host header,
// for one.
func isRefusal(p []byte) (status int, words string, ok bool) {
	line, body, found := bytes.Cut(p, refusalHeader)
	rest, http1 := bytes.CutPrefix(line, []byte("HTTP/1.1 "))
	if !found || !http1 || len(rest) < 4 || len(body) > 200 || bytes.ContainsAny(rest, "\r\n") {
		return 0, "", false
	}
	status, err := strconv.Atoi(string(rest[:3]))
	if err != nil || status < 400 {
		return 0, "", false
	}
	_, why, _ := bytes.Cut(rest, []byte(": "))
	return status, string(why), true
}
