package node

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"tawkproxy/session/cookie"
)

// sessionStores lists what Auth.js would take for its session, were its cookie called by each of these names
// (packages/core/src/lib/utils/cookie.ts, SessionStore, the same in NextAuth.js 4): all cookies whose names begin so are pieces of
// one value, in the order of the numbers at the end of their names.
func sessionStores(names []string) func(cookie.Cookies) []cookie.Cookie {
	return func(c cookie.Cookies) []cookie.Cookie {
		var sessions []cookie.Cookie
		for _, name := range names {
			sessions = append(sessions, cookie.Cookie{Name: name, Value: sessionStore(c, name)})
		}
		return sessions
	}
}

func sessionStore(c cookie.Cookies, name string) string {
	type piece struct {
		number int
		value  string
	}
	var pieces []piece
	numbered := true
	for _, cookie := range c {
		if !strings.HasPrefix(cookie.Name, name) {
			continue
		}
		suffix := cookie.Name[strings.LastIndexByte(cookie.Name, '.')+1:]
		number, err := strconv.Atoi(suffix)
		numbered = numbered && err == nil
		pieces = append(pieces, piece{number, cookie.Value})
	}
	if numbered { // without a number, nothing is before or behind it
		slices.SortStableFunc(pieces, func(a, b piece) int { return cmp.Compare(a.number, b.number) })
	}
	var whole strings.Builder
	for _, piece := range pieces {
		whole.WriteString(piece.value)
	}
	return whole.String()
}
