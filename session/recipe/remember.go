package recipe

import (
	"reflect"

	"golang.org/x/sync/semaphore"

	"tawkproxy/session"
)

const (
	RememberSessions = 1024     // that a recipe remembers
	RememberTokens   = 1024     // that a verifier of tokens remembers
	RememberBytes    = 16 << 20 // that either may take
	decodeAtOnce     = 4        // sessions, each of which may take megabytes for a moment
)

// Remembering lets a recipe remember what cookies were decoded to. Its steps must look at nothing but the value.
func Remembering(r *Recipe, err error) (*Recipe, error) {
	if err == nil {
		r.cache = NewCache(RememberSessions, RememberBytes, State.Size)
		r.decoding = semaphore.NewWeighted(decodeAtOnce)
	}
	return r, err
}

// A Finding is what a mapping found in a session's values: a user, or why there is none.
type Finding struct {
	User session.User
	Err  error // nil: the user counts
}

// Remembered returns a state as it is remembered: when the session ends, and what m finds in it. The values themselves may take thousands
// of times the memory of the cookie that they were in.
func (s State) Remembered(m session.Mapping) State {
	u, err := m.User(s.Values)
	return State{Issued: s.Issued, Expires: s.Expires, Found: &Finding{u.Clone(), err}}
}

// Size estimates the bytes that a state takes which is remembered, beside itself.
func (s State) Size() int {
	n := int(reflect.TypeFor[Finding]().Size()) + s.Found.User.Size()
	if s.Found.Err != nil {
		n += session.ErrorSize + len(s.Found.Err.Error())
	}
	return n
}

// Forgetful is the recipe as one that remembers nothing.
func (r *Recipe) Forgetful() *Recipe {
	anew := *r
	anew.cache = nil
	return &anew
}

// Memory tells how many sessions the recipe remembers, and what they take by its own estimate, in bytes; ok is false if it remembers
// none, ever.
func (r *Recipe) Memory() (sessions, bytes int, ok bool) {
	if r.cache == nil {
		return 0, 0, false
	}
	return r.cache.known.Len(), r.cache.bytes, true
}
