package node

import (
	"testing"

	"tawkproxy/session/cookie"
)

// Auth.js takes all cookies whose names begin like that of its session for pieces of it.
func TestSessionStore(t *testing.T) {
	for header, want := range map[string]string{
		"s=1":                    "1",
		"s.1=b; s.0=a; s.10=c":   "abc",
		"s=1; s.0=a":             "1a",
		"s.0=a; s=1":             "a1",
		"sx=1; s=2":              "12",
		"x.s=1":                  "",
		"s.0=; s.1=b":            "b",
		"__Secure-s=1; other=11": "",
	} {
		if got := sessionStore(cookie.NodeCookies(header), "s"); got != want {
			t.Errorf("%q: got %q, want %q", header, got, want)
		}
	}
}
