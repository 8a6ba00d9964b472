package proxy

import (
	"cmp"
	"net"
	"net/http"
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
// stay. If all are such, or have only just come, newcomers wait, in the order in which they came.
type crowd struct {
	*net.TCPListener
	most   int   // connections
	budget int64 // bytes
	pages  *ErrorPages

	mu     sync.Mutex
	free   sync.Cond // there may be room, or the listener is closed
	closed bool
	here   int   // connections
	fresh  queue // those that have sent no request yet
	idle   queue // those that wait for another request
	gone   int   // since the last line
	lines  rate.Sometimes

	// Read and written without the mutex: in a flood of heads thousands would queue for it, and Accept among them.
	held atomic.Int64 // what the heads of both queues cost
}

func newCrowd(listener *net.TCPListener, most int, pages *ErrorPages) *crowd {
	c := &crowd{TCPListener: listener, most: most, budget: headBudget, pages: pages}
	c.lines.Interval = time.Minute
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
	gone, err := c.admit(v)
	hangUpOn(gone)
	if err != nil {
		conn.Close()
		return nil, err
	}
	return v, nil
}

// admit takes a connection in, and returns those that have to go for it.
func (c *crowd) admit(v *visit) (gone []*visit, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.here >= c.most && !c.closed {
		first, within := c.first()
		if first != nil && within <= 0 {
			c.dismiss(first)
			gone = append(gone, first)
			continue
		}
		c.full("those who come wait until one of them is free")
		if first == nil {
			c.free.Wait()
			continue
		}
		timer := time.AfterFunc(within, c.look)
		c.free.Wait()
		timer.Stop()
	}
	if c.closed {
		return gone, net.ErrClosed
	}
	c.here++
	c.wait(v, &c.fresh)
	return gone, nil
}

// look has Accept look again for a connection that may go.
func (c *crowd) look() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.free.Signal()
}

// hangUpOn closes connections that were dismissed. That takes long enough not to be done under the mutex.
func hangUpOn(gone []*visit) {
	for _, v := range gone {
		v.TCPConn.Close()
	}
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
	v := visitOf(conn)
	if v == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case state == http.StateActive, state == http.StateHijacked:
		c.work(v)
	case state == http.StateIdle && !v.left:
		c.wait(v, &c.idle)
		v.heads.handled.Store(false)
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
	c.held.Add(-v.head.Swap(0))
}

// first returns the connection that has to go first, or nil, and how soon it may. Those of others do not pay for a client that opens
// a quarter of all connections within the grace. Nobody else goes within it, or in a flood from many addresses the program would
// close connections faster than it can look at what they bring.
func (c *crowd) first() (first *visit, within time.Duration) {
	grace := func(v *visit) time.Duration { return freshGrace - time.Since(v.since) }
	fresh, opened := c.fresh.longest()
	idle, kept := c.idle.longest()
	oldest := c.fresh.oldest()
	switch {
	case fresh != nil && (opened > max(kept, c.most/4) || grace(fresh) <= 0):
		return fresh, 0
	case oldest != nil && grace(oldest) <= 0:
		return oldest, 0
	case idle != nil:
		return idle, 0
	case oldest != nil:
		return oldest, grace(oldest)
	}
	return nil, 0
}

// dismiss takes a connection out, which is to be closed then.
func (c *crowd) dismiss(v *visit) {
	c.leave(v)
	c.full("those that were waited for longest are closed")
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
		c.pages.log.Warn("TAWK_MAX_CONNECTIONS is reached, or too many requests arrive by halves: "+words+
			"; is this an attack, or should it be raised?", "connections", c.here, "most", c.most, "times", c.gone)
		c.gone = 0
	})
}

func (c *crowd) count(v *visit, bytes, lines int) {
	if v.head.Load() == 0 {
		v.begun.Store(time.Now().UnixNano())
	}
	cost := int64(bytes + lineCost*lines)
	v.head.Add(cost)
	if c.held.Add(cost) > c.budget {
		hangUpOn(c.thin())
	}
}

// thin takes out connections until what has arrived by halves takes up three quarters of the budget. Those go first that have cost
// most so far, in bytes times seconds: a request that has just begun to arrive, however large, is not to pay for those that do not
// come to their end, however small. Each is taken to be a second older than it is, or on a busy machine a small one that has been
// read, but not looked at yet, would pay for large ones that have only just come.
func (c *crowd) thin() (gone []*visit) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held.Load() <= c.budget {
		return nil // somebody else has done it
	}
	type half struct {
		*visit
		cost float64
	}
	now := time.Now().UnixNano()
	var halves []half
	for _, q := range []*queue{&c.fresh, &c.idle} {
		for v := range q.all() {
			if head := v.head.Load(); head > 0 {
				halves = append(halves, half{v, float64(head) * float64(now-v.begun.Load()+int64(freshGrace))})
			}
		}
	}
	slices.SortFunc(halves, func(a, b half) int { return cmp.Compare(b.cost, a.cost) })
	for _, h := range halves {
		if c.held.Load() <= c.budget/4*3 {
			break
		}
		c.dismiss(h.visit)
		gone = append(gone, h.visit)
	}
	return gone
}
