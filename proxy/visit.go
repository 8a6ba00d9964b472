package proxy

import (
	"bytes"
	"cmp"
	"container/list"
	"io"
	"net"
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"
)

// A visit is one connection of the crowd.
type visit struct {
	*net.TCPConn
	crowd   *crowd
	client  netip.Prefix // or the proxy in front
	waiting atomic.Bool  // for a request; written under the mutex
	heads   heads        // what has been read
	layer   layer        // what comes in; set before the server has the connection
	tls     bool         // the request begins as TLS does (RFC 8446 section 5.1)
	head    atomic.Int64 // cost of what has arrived of the request that is waited for
	begun   atomic.Int64 // since there is some of it, in nanoseconds of the Unix time

	// Under the mutex of the crowd.
	queue *queue // nil: in none
	line  *line
	place *list.Element // in the line
	turn  *list.Element // in the queue
	since time.Time     // it has waited
	left  bool
}

// refusalBytes and refusalTime bound what is still taken in of a header that has been refused.
const (
	refusalBytes = 1 << 20
	refusalTime  = 500 * time.Millisecond
)

// handshake is the first byte of TLS.
const handshake = 0x16

// Read implements net.Conn.
func (v *visit) Read(p []byte) (int, error) {
	if v.layer == requests {
		return v.read(v.TCPConn, p)
	}
	n, err := v.TCPConn.Read(p)
	if n > 0 && v.layer == records && v.waiting.Load() {
		v.crowd.count(v, n, 0)
	}
	return n, err
}

// read reads requests. While one is waited for, it counts what that costs.
func (v *visit) read(from wire, p []byte) (int, error) {
	n, err := from.Read(p)
	waiting := v.waiting.Load()
	if !waiting {
		v.heads.begin()
	}
	v.heads.read(p[:n])
	if n == 0 || !waiting {
		return n, err
	}
	if v.head.Load() == 0 {
		v.tls = p[0] == handshake
	}
	v.crowd.count(v, n, bytes.Count(p[:n], []byte{'\n'}))
	if v.heads.lines > mostLines {
		v.refuse(from)
		return 0, io.EOF
	}
	return n, err
}

// refuse answers a header that has too many lines while it is still arriving. What comes of it after that is thrown away, within
// bounds, so that the answer can be read.
func (v *visit) refuse(at wire) {
	v.crowd.held.Add(-v.head.Swap(0)) // nobody keeps it
	v.crowd.pages.hand(at, &v.heads, http.StatusRequestHeaderFieldsTooLarge, v.crowd.pages.tooManyFields(v.heads.lines))
	at.CloseWrite()
	at.SetReadDeadline(time.Now().Add(refusalTime))
	io.CopyN(io.Discard, at, refusalBytes)
}

// Write implements net.Conn.
func (v *visit) Write(p []byte) (int, error) {
	if v.layer == requests {
		return v.write(v.TCPConn, p)
	}
	return v.TCPConn.Write(p)
}

// write writes answers. What Go's server itself says of a request that it cannot read is put into our words.
func (v *visit) write(to wire, p []byte) (int, error) {
	if v.heads.handled.Load() {
		return to.Write(p)
	}
	status, words, ok := isRefusal(p)
	if !ok {
		return to.Write(p)
	}
	pages := v.crowd.pages
	id := ""
	switch {
	case status == http.StatusRequestHeaderFieldsTooLarge:
		id = pages.tooLarge()
	case v.tls:
		id = pages.refused(status, "it is in TLS, which is not spoken here: if it comes from the proxy in front, let that speak http:// here; if from "+
			"browsers, set TAWK_TLS_CERT or TAWK_TLS_DOMAINS")
	default:
		id = pages.refused(status, cmp.Or(words, "it cannot be read as HTTP"))
	}
	pages.hand(to, &v.heads, status, id)
	return len(p), nil
}

// Close implements net.Conn.
func (v *visit) Close() error {
	v.crowd.mu.Lock()
	v.crowd.leave(v)
	v.crowd.mu.Unlock()
	return v.TCPConn.Close()
}
