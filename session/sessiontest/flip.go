package sessiontest

import (
	"fmt"
	"net/http"
	"testing"

	"tawkproxy/session"
)

// FlipText flips every bit of a text that leads to a user, or each of which the number is a multiple of stride, and returns how
// many flips were tried and how many were accepted: only those may be that leave canonical(text) equal, and only as the same
// user.
func FlipText(t *testing.T, source session.Source, text string, stride int, request func(text string) *http.Request,
	canonical func(string) string) (tried, same int) {
	t.Helper()
	want, err := source.Identify(request(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	for bit := 0; bit < len(text)*8; bit += stride {
		flipped := []byte(text)
		flipped[bit/8] ^= 1 << (bit % 8)
		tried++
		got, err := source.Identify(request(string(flipped)), nil)
		if err != nil {
			continue
		}
		same++
		if canonical(string(flipped)) != canonical(text) {
			t.Errorf("bit %d flipped: still accepted", bit)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("bit %d flipped: another user", bit)
		}
	}
	return tried, same
}

// Itself is the canonical form where each text stands for itself.
func Itself(text string) string { return text }
