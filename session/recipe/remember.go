package recipe

import (
	"reflect"
	"strings"

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
	User   session.User
	Err    error             // nil: the user counts
	Values map[string]string // the mapping's further ones, as far as they are there
}

// Find finds what m says in a session's values.
func Find(m session.Mapping, values any) *Finding {
	u, err := m.User(values)
	return &Finding{u, err, m.Further(values)}
}

// Remembered returns a state as it is remembered: when the session ends, and what m finds in it. The values themselves may take thousands
// of times the memory of the cookie that they were in.
func (s State) Remembered(m session.Mapping) State {
	found := Find(m, s.Values)
	found.User = found.User.Clone()
	for name, value := range found.Values {
		found.Values[name] = strings.Clone(value)
	}
	return State{Issued: s.Issued, Expires: s.Expires, Found: found}
}

// Size estimates the bytes that a state takes which is remembered, beside itself.
func (s State) Size() int {
	n := int(reflect.TypeFor[Finding]().Size()) + s.Found.User.Size()
	n += session.TextsSize(s.Found.Values)
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
