package node

import (
	"context"
	"encoding/json"
	"time"

	"tawkproxy/session"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
)

// expressIssued is the step that reads when a session was made or last touched, as far as the record tells: it then ended
// cookie.originalMaxAge later, at cookie.expires. Both only tell what the browser was told. In a store, cookie.expires ends
// nothing, whatever it is (store.js, createSession), nor does connect-redis look at it again: when a visitor returns, it puts off
// the end of the record, but does not write it anew. Where a site has no such end, the two are null or, as with the idiom
// cookie.expires = false for logins that are not to be remembered, false.
func expressIssued(_ context.Context, _ *recipe.Visit, s recipe.State) (recipe.State, error) {
	cookie, _ := record.JsMember(s.Values, "cookie")
	originalMaxAge, _ := record.JsMember(cookie, "originalMaxAge")
	age, aged := originalMaxAge.(json.Number)
	if !aged {
		return s, nil
	}
	expires, _ := record.JsMember(cookie, "expires")
	switch end := expires.(type) {
	case string:
		if end, err := time.Parse(time.RFC3339, end); err == nil {
			s.Issued = record.JsTime(float64(end.UnixMilli()) - record.JsNumber(age))
		}
	case json.Number:
		s.Issued = record.JsTime(record.JsNumber(end) - record.JsNumber(age))
	}
	return s, nil
}

// expressFileEnd is the step that reads when a session in a file ends: cookie.originalMaxAge after the visitor's last request, or,
// if that is nothing, the idle time of the store (session-file-helpers.js, isExpired).
func expressFileEnd(idle time.Duration) recipe.Step {
	return func(_ context.Context, _ *recipe.Visit, s recipe.State) (recipe.State, error) {
		ttl := float64(idle.Milliseconds())
		cookie, _ := record.JsMember(s.Values, "cookie")
		if own, _ := record.JsMember(cookie, "originalMaxAge"); !record.JsFalsy(own) {
			age, ok := own.(json.Number)
			if !ok { // express-session itself does not put up with it (cookie.js, set maxAge)
				return s, session.Nobodyf(session.Malformed, "express record: cookie.originalMaxAge is not a number")
			}
			ttl = record.JsNumber(age)
		}
		last, there := record.JsMember(s.Values, "__lastAccess")
		s.Expires = record.JsAfter(record.JsPlus(last, there, ttl))
		if last, ok := last.(json.Number); ok {
			s.Issued = record.JsTime(record.JsNumber(last))
		}
		return s, nil
	}
}
