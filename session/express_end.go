package session

import (
	"context"
	"encoding/json"
	"time"
)

// expressIssued is the step that reads when a session was made or last touched, as far as the record tells: it then ended
// cookie.originalMaxAge later, at cookie.expires. Both only tell what the browser was told. In a store, cookie.expires ends
// nothing, whatever it is (store.js, createSession), nor does connect-redis look at it again: when a visitor returns, it puts off
// the end of the record, but does not write it anew. Where a site has no such end, the two are null or, as with the idiom
// cookie.expires = false for logins that are not to be remembered, false.
func expressIssued(_ context.Context, _ *Visit, s State) (State, error) {
	cookie, _ := jsMember(s.Values, "cookie")
	originalMaxAge, _ := jsMember(cookie, "originalMaxAge")
	age, aged := originalMaxAge.(json.Number)
	if !aged {
		return s, nil
	}
	expires, _ := jsMember(cookie, "expires")
	switch end := expires.(type) {
	case string:
		if end, err := time.Parse(time.RFC3339, end); err == nil {
			s.Issued = jsTime(float64(end.UnixMilli()) - jsNumber(age))
		}
	case json.Number:
		s.Issued = jsTime(jsNumber(end) - jsNumber(age))
	}
	return s, nil
}

// expressFileEnd is the step that reads when a session in a file ends: cookie.originalMaxAge after the visitor's last request, or,
// if that is nothing, the idle time of the store (session-file-helpers.js, isExpired).
func expressFileEnd(idle time.Duration) Step {
	return func(_ context.Context, _ *Visit, s State) (State, error) {
		ttl := float64(idle.Milliseconds())
		cookie, _ := jsMember(s.Values, "cookie")
		if own, _ := jsMember(cookie, "originalMaxAge"); !jsFalsy(own) {
			age, ok := own.(json.Number)
			if !ok { // express-session itself does not put up with it (cookie.js, set maxAge)
				return s, nobody(Malformed, "express record: cookie.originalMaxAge is not a number")
			}
			ttl = jsNumber(age)
		}
		last, there := jsMember(s.Values, "__lastAccess")
		s.Expires = jsAfter(jsPlus(last, there, ttl))
		if last, ok := last.(json.Number); ok {
			s.Issued = jsTime(jsNumber(last))
		}
		return s, nil
	}
}
