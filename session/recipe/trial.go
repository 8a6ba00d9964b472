package recipe

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"tawkproxy/session"
	"tawkproxy/session/store"
)

// Tell says what a step has done, if somebody wants to know.
func (v *Visit) Tell(format string, args ...any) {
	if v != nil && v.told != nil {
		v.told(fmt.Sprintf(format, args...))
	}
}

// A trial says how closely the stores are looked at; zero: this is none.
type trial byte

const (
	read trial = iota + 1
	look
)

// Trial tells that there is no visitor: a step that reads a store is to try it out and to end with [BreakerStore.Tried] or its like.
func (v *Visit) Trial() bool { return v != nil && v.trial > 0 }

// errTried ends a reading that was for the sake of a store.
type errTried struct{ session.Trial }

func (e *errTried) Error() string { return "session store: tried " + e.Of }

// Tried is the error with which a step ends that has tried a store out, by a key that it does not have, one of [store.NoID]. Of names
// what was looked for. The breaker hears nothing of it.
func (g *BreakerStore) Tried(ctx context.Context, v *Visit, of, key string) error {
	t := session.Trial{Of: of}
	t.Doubt, t.Err = store.Try(ctx, g.Store, key)
	if v.trial == look {
		t.Near = store.Near(ctx, g.Store, key, t.Err)
	}
	if t.Near != "" && t.Err == nil && t.Doubt == "" {
		t.Doubt = "there is nothing of that name yet"
	}
	return &errTried{t}
}

// TriedTable is the same of tables that were asked without a [store.Table]. Who says that nobody is there has answered.
func TriedTable(ctx context.Context, v *Visit, d *store.Database, of string, err error) error {
	t := session.Trial{Of: of, Err: unlessNobody(err)}
	if v.trial == look {
		t.Near = d.Near(ctx, t.Err)
	}
	return &errTried{t}
}

// TriedKeys is the same of keys.
func TriedKeys(of string, err error) error {
	return &errTried{session.Trial{Of: of, Err: unlessNobody(err), Keys: true}}
}

func unlessNobody(err error) error {
	if _, certain := session.NobodyReason(err); certain {
		return nil
	}
	return err
}

// Try reads, without a visitor, all that the steps and the lookup read.
func (r *Recipe) Try(ctx context.Context, closely bool) (trials []session.Trial) {
	how := read
	if closely {
		how = look
	}
	for _, step := range r.Steps {
		if trial, ok := r.try(ctx, how, step); ok {
			trials = append(trials, trial)
		}
	}
	if r.Lookup != nil {
		ask := func(ctx context.Context, _ *Visit, s State) (State, error) {
			values := map[string]string{}
			for name := range r.Mapping.Values {
				values[name] = "0"
			}
			_, err := r.Lookup(ctx, session.User{ID: r.Mapping.Prefix + "0"}, values)
			return s, &errTried{session.Trial{Of: "details of users in the database", Err: unlessNobody(err)}}
		}
		trial, _ := r.try(ctx, how, ask)
		trials = append(trials, trial)
	}
	return trials
}

// try has a step try out what it reads; ok is false if it reads nothing. What took long is tried again: the first time makes a connection.
func (r *Recipe) try(ctx context.Context, how trial, step Step) (trial session.Trial, ok bool) {
	for _, pause := range []time.Duration{200 * time.Millisecond, time.Second, 2 * time.Second, 0} {
		began := time.Now()
		trial, ok = r.tryOnce(ctx, how, step)
		trial.Took = time.Since(began)
		if timeout, is := errors.AsType[net.Error](trial.Err); trial.Took < trialFast || trial.Err != nil && !(is && timeout.Timeout()) || ctx.Err() != nil {
			return trial, ok
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
	return trial, ok
}

// trialFast is how fast a store is that need not be asked again.
const trialFast = 50 * time.Millisecond

// tryOnce is [Recipe.try] without patience. A step that reads nothing of its own is free to fail for want of a session.
func (r *Recipe) tryOnce(ctx context.Context, how trial, step Step) (trial session.Trial, ok bool) {
	defer func() { _ = recover() }()
	_, err := step(ctx, &Visit{Now: Now(r.Now), trial: how}, State{})
	tried, ok := errors.AsType[*errTried](err)
	if ok {
		trial = tried.Trial
	}
	return trial, ok
}
