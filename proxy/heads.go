package proxy

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
)

// heads looks through the bytes of a connection for headers with both a Content-Length and a Transfer-Encoding. A server must close
// the connection behind such a request, and behind one of HTTP/1.0 with a Transfer-Encoding (RFC 9112 sections 6.1 and 6.3): who
// sent it may have had another end of it in mind. Go's server takes the headers away and says nothing.
//
// Lines end here where net/textproto ends them. Bodies are looked through as well, so that too much may be found, never too little.
type heads struct {
	line           [longestBeginning]byte // how the line begins that is not over yet
	n              int                    // bytes of it, as far as they fit there
	length, coding bool                   // seen since the last empty line
	lines          int                    // of the head that is waited for, as far as it has come
	over           bool                   // it has come
	http2          bool                   // this is not HTTP/1
	coded, mixed   atomic.Bool            // a Transfer-Encoding, or both, in any header so far

	// For who must be answered before there is a request.
	bodiless bool                   // it begins with HEAD
	accepts  [longestBeginning]byte // how its Accept begins
	accept   int                    // bytes of that
	handled  atomic.Bool            // there is one, and a handler answers it
}

const (
	acceptField      = "accept:"
	methodHead       = "head "
	contentLength    = "content-length:"
	prefaceHTTP2     = "pri * http/2.0"
	transferEncoding = "transfer-encoding:"

	// longestBeginning is enough for these, and for the first types that an Accept header names.
	longestBeginning = 48
)

func (h *heads) read(p []byte) {
	for len(p) > 0 {
		end := bytes.IndexByte(p, '\n')
		line := p[:max(end, 0)]
		if h.n > 0 || end < 0 {
			part := line
			if end < 0 {
				part = p
			}
			h.n += copy(h.line[h.n:], part)
			line = h.line[:h.n]
		}
		if end < 0 {
			return
		}
		h.n = 0
		h.end(line)
		p = p[end+1:]
	}
}

// begin is called before another head comes.
func (h *heads) begin() { h.lines, h.over, h.bodiless, h.accept = 0, false, false, 0 }

// end takes the beginning of a line, without its LF.
func (h *heads) end(line []byte) {
	if len(line) == 0 || len(line) == 1 && line[0] == '\r' {
		h.length, h.coding, h.over = false, false, true
		return
	}
	if !h.over && !h.http2 {
		h.lines++
	}
	switch line[0] | 0x20 {
	case methodHead[0]:
		h.bodiless = h.bodiless || h.lines == 1 && !h.over && beginsWith(line, methodHead)
		return
	case acceptField[0]:
		if !h.over && beginsWith(line, acceptField) {
			h.accept = copy(h.accepts[:], line[len(acceptField):])
		}
		return
	case contentLength[0]:
		h.length = h.length || beginsWith(line, contentLength)
	case transferEncoding[0]:
		if beginsWith(line, transferEncoding) {
			h.coding = true
			h.coded.Store(true)
		}
	case prefaceHTTP2[0]:
		h.http2 = h.http2 || beginsWith(line, prefaceHTTP2)
		return
	default:
		return
	}
	if h.length && h.coding {
		h.mixed.Store(true)
	}
}

// beginsWith tells whether a line begins with a name, which is in lower case.
func beginsWith(line []byte, name string) bool {
	return len(line) >= len(name) && strings.EqualFold(string(line[:len(name)]), name)
}

type headsKey struct{}

// withHeads is the ConnContext of the server.
func withHeads(ctx context.Context, conn net.Conn) context.Context {
	if v := visitOf(conn); v != nil {
		return context.WithValue(ctx, headsKey{}, &v.heads)
	}
	return ctx
}

// mixedFraming tells whether two parties may differ about where a request ends.
func mixedFraming(r *http.Request) bool {
	if len(r.TransferEncoding) == 0 && r.ProtoAtLeast(1, 1) {
		return false
	}
	h, ok := r.Context().Value(headsKey{}).(*heads)
	return ok && (h.mixed.Load() || h.coded.Load() && !r.ProtoAtLeast(1, 1))
}
