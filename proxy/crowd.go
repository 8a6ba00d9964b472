package proxy

import (
	"bytes"
	"container/list"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

const (
	// defaultConnections is how many connections visitors may have when nothing else is set.
	defaultConnections = 4096

	// headBudget is what all requests together that have not arrived whole may cost, in bytes. Requests arrive within
	// milliseconds, so that honest ones do not come near it.
	headBudget = 16 << 20
	// lineCost is what a line of a header costs beside its bytes, as net/http keeps it in a map.
	lineCost = 100

	// freshGrace is how long a new connection may take for its first request before it has to go sooner than one that has
	// had an answer already.
	freshGrace = time.Second
)

// crowd is the listener for visitors. It bounds the number of their connections, and the memory of requests that have not
// arrived whole. When there is no room, the connection goes that has kept the program waiting longest: for a first request,
// or else, kept alive, for the next one. Those on which an answer is under way stay. If all are such, newcomers wait, in the
// order in which they came.
type crowd struct {
	*net.TCPListener
	most   int   // connections
	budget int64 // bytes
	log    *slog.Logger

	mu     sync.Mutex
	free   sync.Cond // there may be room, or the listener is closed
	closed bool
	here   int       // connections
	fresh  list.List // of *visit: those that have sent no request yet, longest first
	idle   list.List // of *visit: those that wait for another request, longest first
	held   int64     // what the heads of both cost
	gone   int       // since the last line
	lines  rate.Sometimes

	refused int // for the size of their header, since the last line
	large   rate.Sometimes
}

// A visit is one connection of the crowd.
type visit struct {
	*net.TCPConn
	crowd   *crowd
	waiting atomic.Bool // for a request; written under the mutex
	heads   heads       // what has been read

	// Under the mutex of the crowd.
	place *list.Element // in queue; nil: in none
	queue *list.List
	since time.Time
	head  int64 // cost of what has arrived of the request that is waited for
	left  bool
}

func newCrowd(listener *net.TCPListener, most int, log *slog.Logger) *crowd {
	c := &crowd{TCPListener: listener, most: most, budget: headBudget, log: log}
	c.lines.Interval, c.large.Interval = time.Minute, time.Minute
	c.free.L = &c.mu
	return c
}

// Accept implements net.Listener.
func (c *crowd) Accept() (net.Conn, error) {
	conn, err := c.AcceptTCP()
	if err != nil {
		return nil, err
	}
	v := &visit{TCPConn: conn, crowd: c}
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.here >= c.most && !c.closed {
		if !c.dismiss(c.longest()) {
			c.full("those who come wait until one of them is free")
			c.free.Wait()
		}
	}
	if c.closed {
		conn.Close()
		return nil, net.ErrClosed
	}
	c.here++
	c.wait(v, &c.fresh)
	return v, nil
}

// Close implements net.Listener. It may be called again.
func (c *crowd) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil
	}
	c.closed = true
	c.free.Broadcast()
	return c.TCPListener.Close()
}

// settle waits, within bounds, until every connection has sent a request.
func (c *crowd) settle(bound time.Duration) {
	for end := time.Now().Add(bound); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		c.mu.Lock()
		silent := c.fresh.Len()
		c.mu.Unlock()
		if silent == 0 {
			return
		}
	}
}

// state is the ConnState of the server.
func (c *crowd) state(conn net.Conn, state http.ConnState) {
	v, ok := conn.(*visit)
	if !ok {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case state == http.StateActive, state == http.StateHijacked:
		c.work(v)
	case state == http.StateIdle && !v.left:
		c.wait(v, &c.idle)
		c.free.Signal() // for it may be dismissed now
	}
}

// wait notes that a connection waits for a request.
func (c *crowd) wait(v *visit, queue *list.List) {
	c.work(v)
	v.queue, v.place, v.since = queue, queue.PushBack(v), time.Now()
	v.waiting.Store(true)
}

// work notes that it does not wait any more.
func (c *crowd) work(v *visit) {
	v.waiting.Store(false)
	if v.place != nil {
		v.queue.Remove(v.place)
		v.place = nil
	}
	c.held -= v.head
	v.head = 0
}

// longest returns the connection that may go first, or nil.
func (c *crowd) longest() *visit {
	fresh, idle := c.fresh.Front(), c.idle.Front()
	if fresh != nil && (idle == nil || time.Since(fresh.Value.(*visit).since) > freshGrace) {
		return fresh.Value.(*visit)
	}
	if idle != nil {
		return idle.Value.(*visit)
	}
	return nil
}

// largest returns the connection of which most of a request has arrived, but not all of it.
func (c *crowd) largest() *visit {
	var largest *visit
	for _, queue := range []*list.List{&c.fresh, &c.idle} {
		for e := queue.Front(); e != nil; e = e.Next() {
			if v := e.Value.(*visit); largest == nil || v.head > largest.head {
				largest = v
			}
		}
	}
	return largest
}

// dismiss closes a connection, if there is one.
func (c *crowd) dismiss(v *visit) bool {
	if v == nil {
		return false
	}
	c.leave(v)
	c.full("those that were waited for longest are closed")
	v.TCPConn.Close()
	return true
}

func (c *crowd) leave(v *visit) {
	c.work(v)
	if !v.left {
		v.left = true
		c.here--
		c.free.Signal()
	}
}

func (c *crowd) full(words string) {
	c.gone++
	c.lines.Do(func() {
		c.log.Warn("TAWK_MAX_CONNECTIONS is reached, or too many requests arrive by halves: "+words+
			"; is this an attack, or should it be raised?", "connections", c.here, "most", c.most, "times", c.gone)
		c.gone = 0
	})
}

// Read implements net.Conn. While a request is waited for, it counts what that costs.
func (v *visit) Read(p []byte) (int, error) {
	n, err := v.TCPConn.Read(p)
	v.heads.read(p[:n])
	if n > 0 && v.waiting.Load() {
		v.crowd.count(v, p[:n])
	}
	return n, err
}

func (c *crowd) count(v *visit, part []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if v.place == nil {
		return
	}
	cost := int64(len(part) + lineCost*bytes.Count(part, []byte{'\n'}))
	v.head += cost
	c.held += cost
	for c.held > c.budget {
		c.dismiss(c.largest())
	}
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

func (c *crowd) tooLarge() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refused++
	c.large.Do(func() {
		c.log.Warn("TAWK_MAX_HEADER_SIZE: a request with a larger header was answered 431; if the site's own cookies are that large, "+
			"its visitors are locked out: raise it", "times", c.refused)
		c.refused = 0
	})
}

// Close implements net.Conn.
func (v *visit) Close() error {
	v.crowd.mu.Lock()
	v.crowd.leave(v)
	v.crowd.mu.Unlock()
	return v.TCPConn.Close()
}
