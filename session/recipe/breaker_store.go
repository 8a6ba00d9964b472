package recipe

import (
	"context"
	"errors"

	"tawkproxy/session"
	"tawkproxy/session/store"
)

// A BreakerStore is a store behind a breaker.
type BreakerStore struct {
	Store store.Store
	down  store.Breaker
}

// Get asks the store for the record of that key, unless it has failed again and again.
func (g *BreakerStore) Get(ctx context.Context, v *Visit, key string) (store.Record, error) {
	if v.asked != nil {
		v.asked(key)
		return store.Record{}, errOnlyAsked
	}
	if !g.down.Allow(v.Now) {
		return store.Record{}, errors.New("session store: left alone for a moment, since it failed again and again")
	}
	began := v.Watch.Begin()
	record, err := g.Store.Get(ctx, key)
	v.Watch.End(session.Sessions, began)
	_, certain := session.NobodyReason(err)
	_, refused := errors.AsType[store.Refusal](err)
	if left := ctx.Err() != nil; !left {
		g.down.Report(err == nil || certain || refused, v.Now)
	}
	return record, err
}
