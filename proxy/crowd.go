package proxy

import (
	"bytes"
	"cmp"
	"container/list"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
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
// arrived whole. When there is no room, a connection goes that waits for a first request, or else, kept alive, for the next one:
// of the client who has most of these, the one that has kept the program waiting longest. Those on which an answer is under way
// stay. If all are such, newcomers wait, in the order in which they came.
type crowd struct {
	*net.TCPListener
	most   int   // connections
	budget int64 // bytes
	log    *slog.Logger

	mu     sync.Mutex
	free   sync.Cond // there may be room, or the listener is closed
	closed bool
	here   int   // connections
	fresh  queue // those that have sent no request yet
	idle   queue // those that wait for another request
	held   int64 // what the heads of both cost
	gone   int   // since the last line
	lines  rate.Sometimes

	refused int // for the size of their header, since the last line
	large   rate.Sometimes
}

// A visit is one connection of the crowd.
type visit struct {
	*net.TCPConn
	crowd   *crowd
	client  netip.Prefix // or the proxy in front
	waiting atomic.Bool  // for a request; written under the mutex
	heads   heads        // what has been read

	// Under the mutex of the crowd.
	queue *queue // nil: in none
	line  *line
	place *list.Element
	since time.Time // it has waited
	head  int64     // cost of what has arrived of the request that is waited for
	begun time.Time // since there is some of it
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
	if peer, ok := conn.RemoteAddr().(*net.TCPAddr); ok {
		v.client = Share(plain(peer.AddrPort().Addr()))
	}
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
		silent := c.fresh.len()
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
func (c *crowd) wait(v *visit, in *queue) {
	c.work(v)
	v.since = time.Now()
	in.push(v)
	v.waiting.Store(true)
}

// work notes that it does not wait any more.
func (c *crowd) work(v *visit) {
	v.waiting.Store(false)
	if v.queue != nil {
		v.queue.remove(v)
	}
	c.held -= v.head
	v.head = 0
}

// longest returns the connection that may go first, or nil. Those kept alive of others do not pay for a client that opens a quarter
// of all connections within the grace.
func (c *crowd) longest() *visit {
	fresh, opened := c.fresh.longest()
	idle, kept := c.idle.longest()
	if fresh != nil && (idle == nil || opened > max(kept, c.most/4) || time.Since(fresh.since) > freshGrace) {
		return fresh
	}
	return idle
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
	if v.queue == nil {
		return
	}
	if v.head == 0 {
		v.begun = time.Now()
	}
	cost := int64(len(part) + lineCost*bytes.Count(part, []byte{'\n'}))
	v.head += cost
	c.held += cost
	if c.held > c.budget {
		c.thin()
	}
}

// thin closes connections until what has arrived by halves takes up three quarters of the budget. Those go first that have cost
// most so far, in bytes times seconds: a request that has just begun to arrive, however large, is not to pay for those that do not
// come to their end, however small.
func (c *crowd) thin() {
	now := time.Now()
	cost := func(v *visit) float64 { return float64(v.head) * now.Sub(v.begun).Seconds() }
	var halves []*visit
	for _, q := range []*queue{&c.fresh, &c.idle} {
		for v := range q.all() {
			if v.head > 0 {
				halves = append(halves, v)
			}
		}
	}
	slices.SortFunc(halves, func(a, b *visit) int { return cmp.Compare(cost(b), cost(a)) })
	for _, v := range halves {
		if c.held <= c.budget/4*3 {
			break
		}
		c.dismiss(v)
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
