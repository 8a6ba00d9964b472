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
func Fetch(store store.Store, form string, key func(id string) string) Step {
	whole := regexp.MustCompile(`\A(?:` + form + `)\z`)
	records := &BreakerStore{Store: store}
	missing := &session.Nobody{Reason: session.NoRecord, Err: missingRecord(store, key)}
	return func(ctx context.Context, v *Visit, s State) (State, error) {
		if !whole.Match(s.Data) {
			return s, session.Nobodyf(session.Malformed, "a session id that the site would not give out")
		}
		record, err := records.Get(ctx, v, key(string(s.Data)))
		if reason, _ := session.NobodyReason(err); reason == session.NoRecord {
			return s, missing
		}
		if err != nil {
			return s, err
		}
		s.Data, s.Values, s.Modified = record.Data, nil, record.Modified
		if !record.Expires.IsZero() {
			s.Expires = record.Expires
		}
		return s, nil
	}
}

// missingRecord says in which place of a store there is no record, as far as the key shows the id.
func missingRecord(store store.Store, key func(id string) string) error {
	id := strings.Repeat("x", 64)
	place := key(id)
	if !strings.Contains(place, id) {
		return fmt.Errorf("there is none in %s", store)
	}
	return fmt.Errorf("there is no %s in %s", strings.Replace(place, id, "…", 1), store)
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
