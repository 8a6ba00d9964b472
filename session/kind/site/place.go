package site

import (
	"container/list"
	"context"
	"sync"
)

// places are what questions need to be asked at the same time. A place that falls free goes to the client that has the fewest, so
// that one who asks very much delays the others by no more than one question, and nobody ever has more than half of them.
type places struct {
	mu      sync.Mutex
	free    int
	most    int // for one client
	given   uint64
	clients map[string]*placed // those who have places, or wait
}

// placed is one client.
type placed struct {
	has     int
	last    uint64    // when it got a place, as a count of places given
	waiting list.List // of chan struct{}, closed with the place
}

func newPlaces(n int) *places {
	return &places{free: n, most: max(1, n/2), clients: make(map[string]*placed)}
}

// take waits for a place, and returns what gives it back. It reports false if ctx ends before.
func (p *places) take(ctx context.Context, client string) (leave func(), ok bool) {
	p.mu.Lock()
	c := p.clients[client]
	if c == nil {
		c = &placed{}
		p.clients[client] = c
	}
	place := make(chan struct{})
	turn := c.waiting.PushBack(place)
	p.give()
	p.mu.Unlock()

	leave = sync.OnceFunc(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.free++
		c.has--
		p.drop(client, c)
		p.give()
	})
	select {
	case <-place:
		return leave, true
	case <-ctx.Done():
	}
	p.mu.Lock()
	select {
	case <-place:
		p.mu.Unlock()
		leave()
	default:
		c.waiting.Remove(turn)
		p.drop(client, c)
		p.mu.Unlock()
	}
	return nil, false
}

// give gives free places to those who wait. The lock is held.
func (p *places) give() {
	for p.free > 0 {
		var next *placed
		for _, c := range p.clients {
			if c.waiting.Len() > 0 && c.has < p.most &&
				(next == nil || c.has < next.has || c.has == next.has && c.last < next.last) {
				next = c
			}
		}
		if next == nil {
			return
		}
		p.free--
		p.given++
		next.has, next.last = next.has+1, p.given
		close(next.waiting.Remove(next.waiting.Front()).(chan struct{}))
	}
}

// drop forgets a client that has no place and does not wait. The lock is held.
func (p *places) drop(client string, c *placed) {
	if c.has == 0 && c.waiting.Len() == 0 {
		delete(p.clients, client)
	}
}
