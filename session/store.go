package session

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// A Store holds the site's records of sessions.
type Store interface {
	// Get returns the record of that key. The error is a [Nobody] with [NoRecord] if there is none, anything else if the store
	// could not be asked in time. Get never writes. It may be called by many at once.
	Get(ctx context.Context, key string) (Record, error)
}

// A Record is what a store holds of one session.
type Record struct {
	Data     []byte
	Modified time.Time // zero if the store does not tell
	Expires  time.Time // likewise: when the session ends
}

// maxRecord bounds a record, in bytes.
const maxRecord = 1 << 20

// OpenStore makes a store of its URL: file:///dir (see [Files]), any URL of [NewRedis], or any of [NewDatabase] for a [Table]
// whose names the framework knows. It reads nothing yet; a store that is down now may be up when the first visitor comes.
// Timeout bounds each question to it; 0: only the request does.
func OpenStore(rawURL string, timeout time.Duration) (Store, error) {
	switch scheme, _, _ := strings.Cut(rawURL, ":"); scheme {
	case "file":
	case "mysql", "mariadb", "postgres", "postgresql", "sqlite":
		database, err := NewDatabase(rawURL, timeout)
		if err != nil {
			return nil, err
		}
		return &Table{Database: database}, nil
	default:
		return NewRedis(rawURL, timeout)
	}
	u, err := url.Parse(rawURL)
	if err != nil || u.Host != "" || !strings.HasPrefix(u.Path, "/") {
		return nil, errors.New("a folder of session files is written file:///absolute/path")
	}
	return &Files{Dir: u.Path, Timeout: timeout}, nil
}

// fetch is the step from a session's id to its record in the store. Only an id that the regular expression form matches from
// end to end is made a key.
func fetch(store Store, form string, key func(id string) string) Step {
	whole := regexp.MustCompile(`\A(?:` + form + `)\z`)
	records := &guarded{store: store}
	missing := &Nobody{Reason: NoRecord, Err: missingRecord(store, key)}
	return func(ctx context.Context, v *Visit, s State) (State, error) {
		if !whole.Match(s.Data) {
			return s, nobody(Malformed, "a session id that the site would not give out")
		}
		record, err := records.get(ctx, v, key(string(s.Data)))
		if reason, _ := NobodyReason(err); reason == NoRecord {
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
func missingRecord(store Store, key func(id string) string) error {
	id := strings.Repeat("x", 64)
	place := key(id)
	if !strings.Contains(place, id) {
		return fmt.Errorf("there is none in %s", store)
	}
	return fmt.Errorf("there is no %s in %s", strings.Replace(place, id, "…", 1), store)
}

// atMost is the step that refuses values of more than n bytes.
func atMost(n int) Step {
	return func(_ context.Context, _ *Visit, s State) (State, error) {
		if len(s.Data) > n {
			return s, nobody(Malformed, "a value of more than %d bytes", n)
		}
		return s, nil
	}
}

// within bounds ctx by a limit, if there is one.
func within(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	if limit <= 0 {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, limit)
}

// prefixed makes keys by putting a prefix before the id.
func prefixed(prefix string) func(id string) string {
	return func(id string) string { return prefix + id }
}
