package session

import (
	"math/bits"
	"reflect"
	"strings"
)

const (
	rememberSessions = 1024     // that a recipe remembers
	rememberTokens   = 1024     // that a verifier of tokens remembers
	rememberBytes    = 16 << 20 // that either may take
	decodeAtOnce     = 4        // sessions, each of which may take megabytes for a moment
)

// remembering lets a recipe remember what cookies were decoded to. Its steps must look at nothing but the value.
func remembering(r *Recipe, err error) (*Recipe, error) {
	if err == nil {
		r.cache = newCache(rememberSessions, rememberBytes, State.size)
		r.decoding = make(gate, decodeAtOnce)
	}
	return r, err
}

// A Finding is what a mapping found in a session's values: a user, or why there is none.
type Finding struct {
	User User
	Err  error // nil: the user counts
}

// found returns a state as it is remembered: when the session ends, and what m finds in it. The values themselves may take thousands
// of times the memory of the cookie that they were in.
func (s State) found(m Mapping) State {
	u, err := m.User(s.Values)
	return State{Issued: s.Issued, Expires: s.Expires, Found: &Finding{u.clone(), err}}
}

// clone returns a user who holds on to nothing else: a text may be a part of a larger one.
func (u User) clone() User {
	u.ID, u.Name, u.Email, u.Phone = strings.Clone(u.ID), strings.Clone(u.Name), strings.Clone(u.Email), strings.Clone(u.Phone)
	for name, value := range u.Attributes {
		u.Attributes[name] = strings.Clone(value)
	}
	return u
}

// size estimates the bytes that a state takes which is remembered, beside itself.
func (s State) size() int {
	n := int(reflect.TypeFor[Finding]().Size()) + s.Found.User.size()
	if s.Found.Err != nil {
		n += errorSize + len(s.Found.Err.Error())
	}
	return n
}

const (
	textSize  = 8   // by which the memory of a text is larger than the text, on average
	errorSize = 128 // of a Nobody and the error in it, but for its text
)

// size estimates the bytes that a user takes, beside itself.
func (u User) size() int {
	n := 0
	for _, text := range []string{u.ID, u.Name, u.Email, u.Phone} {
		n += textSize + len(text)
	}
	if u.Attributes == nil {
		return n
	}
	// A map has places for 8, 16, 32 … entries, of which seven in eight are used (Go's internal/runtime/maps).
	const header, place = 48, 33
	places := 1 << bits.Len(uint(max(len(u.Attributes)*8/7, 8)-1))
	n += header + places*place
	for _, text := range u.Attributes { // their names belong to the mapping
		n += textSize + len(text)
	}
	return n
}

// forgetful is the recipe as one that remembers nothing.
func (r *Recipe) forgetful() *Recipe {
	anew := *r
	anew.cache = nil
	return &anew
}

// memory tells how many sessions the recipe remembers, and what they take by its own estimate, in bytes; ok is false if it remembers
// none, ever.
func (r *Recipe) memory() (sessions, bytes int, ok bool) {
	if r.cache == nil {
		return 0, 0, false
	}
	return r.cache.known.Len(), r.cache.bytes, true
}
