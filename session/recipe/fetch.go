package recipe

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"tawkproxy/session"
	"tawkproxy/session/store"
)

// Fetch is the step from a session's id to its record in the store. Only an id that the regular expression form matches from
// end to end is made a key.
func Fetch(records store.Store, form string, key func(id string) string) Step {
	whole := regexp.MustCompile(`\A(?:` + form + `)\z`)
	guarded := &BreakerStore{Store: records}
	place := placeOf(records, key)
	missing := &session.Nobody{Reason: session.NoRecord, Err: fmt.Errorf("there is no %s", place)}
	return func(ctx context.Context, v *Visit, s State) (State, error) {
		if v.Trial() {
			return s, guarded.Tried(ctx, v, place, key(store.NoID))
		}
		if !whole.Match(s.Data) {
			return s, session.Nobodyf(session.Malformed, "a session id that the site would not give out")
		}
		record, err := guarded.Get(ctx, v, key(string(s.Data)))
		if reason, _ := session.NobodyReason(err); reason == session.NoRecord {
			return s, missing
		}
		if err != nil {
			return s, err
		}
		v.Tell("there is a %s, %d bytes long", place, len(record.Data))
		s.Data, s.Flags, s.Values, s.Modified = record.Data, record.Flags, record.Values, record.Modified
		if !record.Expires.IsZero() {
			s.Expires = record.Expires
		}
		return s, nil
	}
}

// placeOf names the place of a record in a store, as far as the key shows the id.
func placeOf(records store.Store, key func(id string) string) string {
	place := key(store.NoID)
	if !strings.Contains(place, store.NoID) {
		return fmt.Sprintf("record in %s", records)
	}
	return fmt.Sprintf("%s in %s", strings.Replace(place, store.NoID, "…", 1), records)
}

// Then is two steps as one.
func Then(first, second Step) Step {
	return func(ctx context.Context, v *Visit, s State) (State, error) {
		s, err := first(ctx, v, s)
		if err != nil {
			return s, err
		}
		return second(ctx, v, s)
	}
}

// Unflagged is the step from what a client has put into memcached to the record in it, by the flags that this client sets.
func Unflagged(open func(data []byte, flags uint32) ([]byte, error)) Step {
	return func(_ context.Context, _ *Visit, s State) (State, error) {
		data, err := open(s.Data, s.Flags)
		if err != nil {
			return s, session.Nobodyf(session.Malformed, "item in memcached: %w", err)
		}
		s.Data = data
		return s, nil
	}
}

// AtMost is the step that refuses values of more than n bytes.
func AtMost(n int) Step {
	return func(_ context.Context, _ *Visit, s State) (State, error) {
		if len(s.Data) > n {
			return s, session.Nobodyf(session.Malformed, "a value of more than %d bytes", n)
		}
		return s, nil
	}
}

// Prefixed makes keys by putting a prefix before the id.
func Prefixed(prefix string) func(id string) string {
	return func(id string) string { return prefix + id }
}
