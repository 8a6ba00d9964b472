package store

import (
	"sync"
	"time"
)

// A Breaker spares visitors the wait for a store that is down: after several failures in a row it lets one question through
// now and then, until one is answered.
type Breaker struct {
	mu       sync.Mutex
	failures int
	retry    time.Time
}

const (
	BreakAfter = 5           // failures in a row
	BreakPause = time.Second // between questions to a store that is down
)

// Allow tells whether the store may be asked now.
func (b *Breaker) Allow(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failures < BreakAfter {
		return true
	}
	if now.Before(b.retry) {
		return false
	}
	b.retry = now.Add(BreakPause)
	return true
}

// Report says whether the store answered.
func (b *Breaker) Report(answered bool, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if answered {
		b.failures = 0
		return
	}
	b.failures++
	b.retry = now.Add(BreakPause)
}

// A Refusal is the error of a store that answered, if only to say no. Visitors choose what it is asked for, and must not be able
// to make it look down.
type Refusal struct{ error }

func (r Refusal) Unwrap() error { return r.error }
