package sql

import (
	"bytes"
	"math"

	"tawkproxy/session"
)

// leastBits is of how much chance a cookie must be, at least, that is believed because a table has it.
const leastBits = 64

// guessable refuses a text that may have been guessed, or that is none of chance: a number, a name, an address.
func guessable(text []byte) error {
	if bytes.ContainsRune(text, '@') || bits(text) < leastBits {
		return tooShort()
	}
	return nil
}

// bits counts letters and digits by the smallest alphabet that has them all. What is made by chance has both, or letters of both cases without
// order; otherwise it may be words.
func bits(text []byte) float64 {
	var digits, lowers, uppers, hexes, changes int // hexes are letters a to f, changes from one case to the other
	before := byte(0)
	for _, c := range text {
		lower := 'a' <= c && c <= 'z'
		switch {
		case '0' <= c && c <= '9':
			digits++
			continue
		case lower:
			lowers++
		case 'A' <= c && c <= 'Z':
			uppers++
		default:
			continue
		}
		if c|0x20 <= 'f' {
			hexes++
		}
		if before != 0 && lower != ('a' <= before && before <= 'z') {
			changes++
		}
		before = c
	}
	letters := lowers + uppers
	const inWord = 2.5 // bits in a letter of a word
	switch n := float64(digits + letters); {
	case letters == 0:
		return n * math.Log2(10)
	case digits == 0 && changes > letters/4:
		return n * math.Log2(52)
	case digits == 0:
		return n * inWord
	case hexes == letters && (lowers == 0 || uppers == 0):
		return n * 4
	case lowers == 0, uppers == 0:
		return n * math.Log2(36)
	default:
		return n * math.Log2(62)
	}
}

func tooShort() error {
	return &session.Nobody{Reason: session.Malformed, Err: &session.OddError{
		What: "what TAWK_SESSION_ID takes of the cookie is not of 64 bits of chance, and might be guessed",
		Remedy: "let TAWK_SESSION_COOKIE be the cookie with the random value, and TAWK_SESSION_ID keep all of that: 16 hex digits or 13 letters and " +
			"digits are the least",
	}}
}
