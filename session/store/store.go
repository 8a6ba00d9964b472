// Package store is where sites keep the records of their sessions: files, Redis, memcached, tables of a database, MongoDB. Reading never writes, is bounded
// in time and size, and tells a record that is not there from a store that did not answer.
package store

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"
)

// A Store holds the site's records of sessions.
type Store interface {
	// Get returns the record of that key. The error is a [session.Nobody] with [session.NoRecord] if there is none, anything else if the store
	// could not be asked in time. Get never writes. It may be called by many at once.
	Get(ctx context.Context, key string) (Record, error)
}

// A Record is what a store holds of one session.
type Record struct {
	Data     []byte
	Values   any       // what Data holds, if the store had to parse it already; nil: it has not
	Modified time.Time // zero if the store does not tell
	Expires  time.Time // likewise: when the session ends
	Flags    uint32    // of memcached: what the site's client has noted about the data
}

// OpenStore makes a store of its URL: file:///dir (see [Files]), any URL of [NewRedis], [NewMemcached] or [NewMongo], or any of [NewDatabase]
// for a [Table] whose names the framework knows. It reads nothing yet; a store that is down now may be up when the first visitor comes.
// Timeout bounds each question to it; 0: only the request does.
func OpenStore(rawURL string, timeout time.Duration) (Store, error) {
	switch scheme, _, _ := strings.Cut(rawURL, ":"); scheme {
	case "file":
	case "mongodb", "mongodb+srv":
		mongo, err := NewMongo(rawURL, timeout)
		if err != nil {
			return nil, err
		}
		return mongo, nil
	case "mysql", "mariadb", "postgres", "postgresql", "sqlite":
		database, err := NewDatabase(rawURL, timeout)
		if err != nil {
			return nil, err
		}
		return &Table{Database: database}, nil
	case "memcached", "memcacheds":
		return NewMemcached(rawURL, timeout)
	default:
		return NewRedis(rawURL, timeout)
	}
	u, err := url.Parse(rawURL)
	if err != nil || u.Host != "" || !strings.HasPrefix(u.Path, "/") {
		return nil, errors.New("a folder of session files is written file:///absolute/path")
	}
	return &Files{Dir: u.Path, Timeout: timeout}, nil
}

// within bounds ctx by a limit, if there is one.
func within(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	if limit <= 0 {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, limit)
}
