package site

import (
	"context"
	"sync"
)

// turns let one question about each session be asked after the other: whoever varies what a site may answer by, browser and
// language for two, has one place and not all of them. The zero value has nobody's turn.
type turns struct {
	mu   sync.Mutex
	held map[keyedHash]*turn
}

type turn struct {
	wanted int           // by how many, the one whose turn it is included
	taken  chan struct{} // full while it is somebody's
}

// take waits for the session's turn, and returns what ends it. It reports false if ctx ends before.
func (t *turns) take(ctx context.Context, session keyedHash) (next func(), ok bool) {
	t.mu.Lock()
	if t.held == nil {
		t.held = make(map[keyedHash]*turn)
	}
	own := t.held[session]
	if own == nil {
		own = &turn{taken: make(chan struct{}, 1)}
		t.held[session] = own
	}
	own.wanted++
	t.mu.Unlock()

	leave := func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if own.wanted--; own.wanted == 0 {
			delete(t.held, session)
		}
	}
	select {
	case own.taken <- struct{}{}:
		return func() { <-own.taken; leave() }, true
	case <-ctx.Done():
		leave()
		return nil, false
	}
}
