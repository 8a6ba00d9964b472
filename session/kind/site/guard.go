package site

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"tawkproxy/session/recipe"
)

// An askedVisit is one request of a visitor, as the context of all that is done for it holds it under askedKey.
type askedVisit struct {
	request *http.Request // as it came in
	cookies []string      // Set-Cookie lines that the site gave out when it was asked
	page    *lookout      // looks at the page that goes to the visitor; nil: there is none
}

type askedKey struct{}

// Guard puts around a handler what an [Asker] needs on every path, the site's and the proxy's own:
//
//   - A question that comes back to tawkproxy is refused, so that an address of the site which leads here does no harm.
//   - What the site said about a visitor is forgotten when it may no longer hold: after an unsafe method (RFC 9110 section
//     9.2.1), a redirect, in which logins and logouts end, or a new session cookie. That somebody is nobody is forgotten after any
//     cookie of the site's.
//   - Cookies that the site set when it was asked about a user go to the visitor, as if their own browser had asked: a site may
//     give out a new session id with any answer, and end the old one. What it gives a guest who did not ask for it does not.
func (a *Asker) Guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get(askedBy) == a.id {
			http.Error(w, "TAWK_UPSTREAM leads to tawkproxy itself", http.StatusLoopDetected)
			return
		}
		visit := &askedVisit{request: r}
		var forget func()
		out := &editedResponse{ResponseWriter: w, edit: func(status int, h http.Header) {
			forget = a.changes(r, status, h)
			forget()
			if len(visit.cookies) > 0 {
				h["Set-Cookie"] = append(h["Set-Cookie"], visit.cookies...)
			}
		}}
		defer func() {
			if forget != nil {
				forget() // once more: the site may write the session while the page is under way
			}
			if visit.page != nil {
				visit.page.end()
			}
		}()
		next.ServeHTTP(out, r.WithContext(context.WithValue(r.Context(), askedKey{}, visit)))
	})
}

// changes returns what forgets all that the exchange may have changed: about the session with which the visitor came, and the one
// with which they go.
func (a *Asker) changes(r *http.Request, status int, answer http.Header) (forget func()) {
	set, setSession := false, false
	for _, line := range answer["Set-Cookie"] {
		name, _, _ := strings.Cut(line, "=")
		name = strings.TrimSpace(name)
		set = set || !a.isForeign(name)
		setSession = setSession || name == a.cookie || a.cookie == "" && !a.isForeign(name)
	}
	safe := slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace}, r.Method)
	redirect := status >= 300 && status < 400 && status != http.StatusNotModified
	at := recipe.Now(a.clock)
	before := a.cookies(r, nil, at)
	came := a.session(r, before)
	switch {
	case !safe, redirect, setSession:
		after := a.cookies(r, answer, at)
		goes := a.session(r, after)
		return func() {
			member := a.replies.member(came, at)
			a.replies.change(came, member, at)
			a.replies.change(goes, member, at)
		}
	case set:
		return func() { a.replies.doubt(came) }
	}
	return func() {}
}
