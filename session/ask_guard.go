package session

import (
	"context"
	"net/http"
	"slices"
	"strings"
)

// An askedVisit is one request of a visitor, as the context of all that is done for it holds it under askedKey.
type askedVisit struct {
	request *http.Request // as it came in
	cookies []string      // Set-Cookie lines that the site gave out when it was asked
}

type askedKey struct{}

// Guard puts around a handler what an [Asker] needs on every path, the site's and the proxy's own:
//
//   - A question that comes back to tawkproxy is refused, so that an address of the site which leads here does no harm.
//   - What the site said about a visitor is forgotten when it may no longer hold: after an unsafe method (RFC 9110 section
//     9.2.1), a redirect, in which logins and logouts end, or a new session cookie.
//   - Cookies that the site set when it was asked go to the visitor, as if their own browser had asked: a site may give out a
//     new session id with any answer, and end the old one.
func (a *Asker) Guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get(askedBy) == a.id {
			http.Error(w, "TAWK_UPSTREAM leads to tawkproxy itself", http.StatusLoopDetected)
			return
		}
		visit := &askedVisit{request: r}
		var changed []keyedHash
		forget := func() {
			for _, session := range changed {
				a.replies.change(session, now(a.clock))
			}
		}
		defer forget() // once more: the site may write the session while the page is under way
		out := &editedResponse{ResponseWriter: w, edit: func(status int, h http.Header) {
			changed = a.changed(r, status, h)
			forget()
			if len(visit.cookies) > 0 {
				h["Set-Cookie"] = append(h["Set-Cookie"], visit.cookies...)
			}
		}}
		next.ServeHTTP(out, r.WithContext(context.WithValue(r.Context(), askedKey{}, visit)))
	})
}

// changed lists the sessions that the exchange may have changed: that with which the visitor came and that with which they go.
func (a *Asker) changed(r *http.Request, status int, answer http.Header) []keyedHash {
	safe := slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace}, r.Method)
	redirect := status >= 300 && status < 400 && status != http.StatusNotModified
	if safe && !redirect && !slices.ContainsFunc(answer["Set-Cookie"], func(line string) bool {
		name, _, _ := strings.Cut(line, "=")
		return a.cookie == "" || strings.TrimSpace(name) == a.cookie
	}) {
		return nil
	}
	at := now(a.clock)
	return []keyedHash{a.session(r, ReadCookies(r, nil, at)), a.session(r, ReadCookies(r, answer, at))}
}
