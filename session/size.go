package session

import (
	"math/bits"
	"strings"
)

// Clone returns a user who holds on to nothing else: a text may be a part of a larger one.
func (u User) Clone() User {
	u.ID, u.Name, u.Email, u.Phone = strings.Clone(u.ID), strings.Clone(u.Name), strings.Clone(u.Email), strings.Clone(u.Phone)
	for name, value := range u.Attributes {
		u.Attributes[name] = strings.Clone(value)
	}
	return u
}

const (
	textSize  = 8   // by which the memory of a text is larger than the text, on average
	ErrorSize = 128 // of a Nobody and the error in it, but for its text
)

// Size estimates the bytes that a user takes, beside itself.
func (u User) Size() int {
	n := 0
	for _, text := range []string{u.ID, u.Name, u.Email, u.Phone} {
		n += textSize + len(text)
	}
	return n + TextsSize(u.Attributes)
}

// TextsSize estimates the bytes that texts take by their names, which belong to somebody else.
func TextsSize(texts map[string]string) int {
	if texts == nil {
		return 0
	}
	// A map has places for 8, 16, 32 … entries, of which seven in eight are used (Go's internal/runtime/maps).
	const header, place = 48, 33
	places := 1 << bits.Len(uint(max(len(texts)*8/7, 8)-1))
	n := header + places*place
	for _, text := range texts {
		n += textSize + len(text)
	}
	return n
}
