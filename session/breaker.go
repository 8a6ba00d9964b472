package session

import (
	"context"
	"errors"
	"sync"
	"time"
)

// A breaker spares visitors the wait for a store that is down: after several failures in a row it lets one question through
// now and then, until one is answered.
type breaker struct {
	mu       sync.Mutex
	failures int
	retry    time.Time
}

const (
	breakAfter = 5           // failures in a row
	breakPause = time.Second // between questions to a store that is down
)

// allow tells whether the store may be asked now.
func (b *breaker) allow(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failures < breakAfter {
		return true
	}
	if now.Before(b.retry) {
		return false
	}
	b.retry = now.Add(breakPause)
	return true
}

// report says whether the store answered.
func (b *breaker) report(answered bool, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if answered {
		b.failures = 0
		return
	}
	b.failures++
	b.retry = now.Add(breakPause)
}

// A refusal is the error of a store that answered, if only to say no. Visitors choose what it is asked for, and must not be able
// to make it look down.
type refusal struct{ error }

func (r refusal) Unwrap() error { return r.error }

// guarded is a store behind a breaker.
type guarded struct {
	store Store
	down  breaker
}

// get asks the store for the record of that key, unless it has failed again and again.
func (g *guarded) get(ctx context.Context, v *Visit, key string) (Record, error) {
	if v.asked != nil {
		v.asked(key)
		return Record{}, errOnlyAsked
	}
	if !g.down.allow(v.Now) {
		return Record{}, errors.New("session store: left alone for a moment, since it failed again and again")
	}
	record, err := g.store.Get(ctx, key)
	_, certain := NobodyReason(err)
	_, refused := errors.AsType[refusal](err)
	if left := ctx.Err() != nil; !left {
		g.down.report(err == nil || certain || refused, v.Now)
	}
	return record, err
}
