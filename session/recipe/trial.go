package recipe

import (
	"context"
	"errors"
	"fmt"
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

// Trial tells that there is no visitor: a step that reads a store is to try it out and to end with [BreakerStore.Tried], or [Tried].
func (v *Visit) Trial() bool { return v != nil && v.trial }

// errTried ends a reading that was for the sake of a store.
type errTried struct{ session.Trial }

func (e *errTried) Error() string { return "session store: tried " + e.Of }

// Tried is the error with which a step ends that has tried out what it reads, which of names. Who says that nobody is there has answered.
func Tried(of string, err error) error {
	if _, certain := session.NobodyReason(err); certain {
		err = nil
	}
	return &errTried{session.Trial{Of: of, Err: err}}
}

// TriedKeys is Tried of keys.
func TriedKeys(of string, err error) error {
	end := Tried(of, err)
	end.(*errTried).Keys = true
	return end
}

// Tried is [Tried] of a store, by a key that it does not have, one of [store.NoID]. The breaker hears nothing of it.
func (g *BreakerStore) Tried(ctx context.Context, of, key string) error {
	doubt, err := store.Try(ctx, g.Store, key)
	return &errTried{session.Trial{Of: of, Err: err, Doubt: doubt}}
}

// A store whose first connection takes longer than a question may is asked again, after these pauses.
var trialPauses = []time.Duration{200 * time.Millisecond, time.Second, 2 * time.Second}

// Try reads, without a visitor, all that the steps and the lookup read.
func (r *Recipe) Try(ctx context.Context) (trials []session.Trial) {
	for _, step := range r.Steps {
		if trial, ok := r.try(ctx, step); ok {
			trials = append(trials, trial)
		}
	}
	if r.Lookup != nil {
		ask := func(ctx context.Context, _ *Visit, s State) (State, error) {
			_, err := r.Lookup(ctx, session.User{ID: r.Mapping.Prefix + "0"})
			return s, Tried("details of users in the database", err)
		}
		trial, _ := r.try(ctx, ask)
		trials = append(trials, trial)
	}
	return trials
}

// try has a step try out what it reads; ok is false if it reads nothing.
func (r *Recipe) try(ctx context.Context, step Step) (trial session.Trial, ok bool) {
	for _, pause := range trialPauses {
		trial, ok = r.tryOnce(ctx, step)
		if !errors.Is(trial.Err, context.DeadlineExceeded) || ctx.Err() != nil {
			return trial, ok
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
	return r.tryOnce(ctx, step)
}

// tryOnce is [Recipe.try] without patience. A step that reads nothing of its own is free to fail for want of a session.
func (r *Recipe) tryOnce(ctx context.Context, step Step) (trial session.Trial, ok bool) {
	defer func() { _ = recover() }()
	_, err := step(ctx, &Visit{Now: Now(r.Now), trial: true}, State{})
	tried, ok := errors.AsType[*errTried](err)
	if ok {
		trial = tried.Trial
	}
	return trial, ok
}
