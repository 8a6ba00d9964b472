package proxy

import (
	"container/list"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

const (
	// placePatience is how long a request waits for a place before the visitor is told to come again.
	placePatience = 30 * time.Second

	// placeFactor is how many times as many places a client may have as are free: one alone gets two thirds of them, and the next one
	// two thirds of the rest. So switches share a buffer (Choudhury and Hahne, "Dynamic Queue Length Thresholds", 1998).
	placeFactor = 2
	// leastQueue is how many requests of a client may wait at least, which is more than browsers behind one address send.
	leastQueue = 256
)

// Places lets so many requests through to the site at the same time, each until its answer has been passed on. The others wait,
// and are answered 503 after half a minute. Client tells apart who sends them: no client can have all places, however slowly it
// sends or reads, and of those who wait the one goes first that has the fewest. Questions which tawkproxy itself puts to the
// site must not pass here: the pages that hold the places might wait for them.
func Places(most int, client func(*http.Request) string, pages *ErrorPages) Middleware {
	return newPlaces(most, client, pages).layer
}

type places struct {
	most     int
	patience time.Duration
	client   func(*http.Request) string
	pages    *ErrorPages

	mu      sync.Mutex
	free    int
	turns   uint64                  // so many have had to wait
	clients map[string]*placeClient // those that have a place, or wait for one
}

type placeClient struct {
	held  int
	queue list.List // of *placeWaiter
}

type placeWaiter struct {
	turn    uint64
	granted chan struct{} // closed when there is a place, which is held from then on
}

func newPlaces(most int, client func(*http.Request) string, pages *ErrorPages) *places {
	return &places{most: most, patience: placePatience, client: client, pages: pages, free: most, clients: make(map[string]*placeClient)}
}

func (p *places) layer(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := p.client(r)
		if id, ok := p.take(r, name); !ok {
			if r.Context().Err() != nil {
				w.WriteHeader(statusClientGone)
				return
			}
			if r.ContentLength != 0 {
				hangUp(w) // who is slow to send a body need not be waited for
			}
			w.Header().Set("Retry-After", "5")
			p.pages.write(w, r, http.StatusServiceUnavailable, id)
			return
		}
		defer p.leave(name)
		next.ServeHTTP(w, r)
	})
}

// take waits for a place, and tells whether there is one now. If not, it returns the id of the line in the log.
func (p *places) take(r *http.Request, name string) (id string, ok bool) {
	p.mu.Lock()
	c := p.clients[name]
	if c == nil {
		c = &placeClient{}
		p.clients[name] = c
	}
	if p.may(c) {
		p.grant(c)
		p.mu.Unlock()
		return "", true
	}
	if c.queue.Len() >= max(leastQueue, p.most/2) {
		defer p.mu.Unlock()
		return p.refuse(c), false
	}
	p.turns++
	waiter := &placeWaiter{p.turns, make(chan struct{})}
	at := c.queue.PushBack(waiter)
	p.mu.Unlock()

	timer := time.NewTimer(p.patience)
	defer timer.Stop()
	select {
	case <-waiter.granted:
		return "", true
	case <-r.Context().Done():
	case <-timer.C:
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-waiter.granted: // just now
		return "", true
	default:
	}
	c.queue.Remove(at)
	if r.Context().Err() == nil {
		id = p.refuse(c)
	}
	p.forget(name, c)
	return id, false
}

// leave gives a place back, and to those who wait what they may have.
func (p *places) leave(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.clients[name]
	c.held--
	p.free++
	p.forget(name, c)
	for p.free > 0 {
		next := p.next()
		if next == nil {
			return
		}
		close(next.queue.Remove(next.queue.Front()).(*placeWaiter).granted)
		p.grant(next)
	}
}

// next returns the client to whom a place goes, or nil.
func (p *places) next() (next *placeClient) {
	turn := func(c *placeClient) uint64 { return c.queue.Front().Value.(*placeWaiter).turn }
	for _, c := range p.clients {
		if c.queue.Len() == 0 || !p.may(c) {
			continue
		}
		if next == nil || c.held < next.held || c.held == next.held && turn(c) < turn(next) {
			next = c
		}
	}
	return next
}

func (p *places) may(c *placeClient) bool { return c.held < placeFactor*p.free }

func (p *places) grant(c *placeClient) {
	c.held++
	p.free--
}

func (p *places) forget(name string, c *placeClient) {
	if c.held == 0 && c.queue.Len() == 0 {
		delete(p.clients, name)
	}
}

func (p *places) refuse(c *placeClient) (id string) {
	tell := func(what string, about ...any) string {
		return p.pages.notices.tell(slog.LevelError, quietFor, what, about...)
	}
	if p.free > 0 {
		return tell("TAWK_MAX_SITE_CONNECTIONS: one client has as many as one may have, and wants more: is this an attack, or a "+
			"proxy in front, whose address belongs into TAWK_TRUSTED_PROXIES?", "has", c.held, "most", p.most, "waiting", c.queue.Len())
	}
	return tell(fmt.Sprintf("TAWK_MAX_SITE_CONNECTIONS: all %d are in use, and none was free for %s: "+
		"is the site slow, or should it be raised?", p.most, p.patience))
}
