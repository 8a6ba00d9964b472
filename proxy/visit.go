package proxy

import (
	"bytes"
	"container/list"
	"io"
	"net"
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

// Read implements net.Conn. While a request is waited for, it counts what that costs.
func (v *visit) Read(p []byte) (int, error) {
	n, err := v.TCPConn.Read(p)
	waiting := v.waiting.Load()
	if !waiting {
		v.heads.begin()
	}
	v.heads.read(p[:n])
	if n == 0 || !waiting {
		return n, err
	}
	v.crowd.count(v, p[:n])
	if v.heads.lines > mostLines {
		v.refuse()
		return 0, io.EOF
	}
	return n, err
}

// tooManyFields is what bounds says to those whose header could be read.
const tooManyFields = "HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Type: text/plain; charset=utf-8\r\n" +
	"Connection: close\r\n\r\ntoo many header fields\n"

// refuse answers a header that has too many lines while it is still arriving. What comes of it after that is thrown away, within
// bounds, so that the answer can be read.
func (v *visit) refuse() {
	v.crowd.held.Add(-v.head.Swap(0)) // nobody keeps it
	v.crowd.crowded.tell(v.heads.lines)
	io.WriteString(v.TCPConn, tooManyFields)
	v.TCPConn.CloseWrite()
	v.TCPConn.SetReadDeadline(time.Now().Add(refusalTime))
	io.CopyN(io.Discard, v.TCPConn, refusalBytes)
}

// headerTooLarge is how Go's server begins to refuse a header that is larger than it may be, which it tells nobody.
var headerTooLarge = []byte("HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n")

// Write implements net.Conn.
func (v *visit) Write(p []byte) (int, error) {
	if bytes.HasPrefix(p, headerTooLarge) {
		v.crowd.tooLarge()
	}
	return v.TCPConn.Write(p)
}

// Close implements net.Conn.
func (v *visit) Close() error {
	v.crowd.mu.Lock()
	v.crowd.leave(v)
	v.crowd.mu.Unlock()
	return v.TCPConn.Close()
}
