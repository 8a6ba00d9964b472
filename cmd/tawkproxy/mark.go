package main

import (
	"crypto/rand"
	"net/http"
	"slices"
	"strings"

	"tawkproxy/session"
)

// marked is a transport that tells the login script when the site may have changed the visitor's session: by another cookie, whose
// value means nothing but changes each time. Scripts cannot see the session cookie itself, nor what comes with an answer that
// they did not ask for; so a login without a new page is noticed.
func marked(base http.RoundTripper, changes func(answer *http.Response) bool) http.RoundTripper {
	return marker{base, changes}
}

type marker struct {
	base    http.RoundTripper
	changes func(answer *http.Response) bool
}

func (m marker) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := m.base.RoundTrip(r)
	if err != nil || !m.changes(answer) {
		return answer, err
	}
	cookie := http.Cookie{
		Name:     "tawkproxy_session",
		Value:    rand.Text()[:12],
		Path:     "/",
		Secure:   r.Header.Get("X-Forwarded-Proto") == "https",
		SameSite: http.SameSiteLaxMode,
	}
	answer.Header.Add("Set-Cookie", cookie.String())
	return answer, nil
}

// changes tells by the cookies of an answer whether it may have changed the visitor's session. Many sites write the cookie anew
// with every answer, and mean nothing by it unless it answers a form.
func changes(source session.Source, cookie func(name string) bool) func(answer *http.Response) bool {
	recipe, _ := source.(*session.Recipe)
	return func(answer *http.Response) bool {
		return sets(answer.Header, cookie) && (recipe == nil || !safe(answer.Request) || !recipe.Same(answer.Request, answer.Header))
	}
}

// sets tells whether an answer sets or clears such a cookie.
func sets(answer http.Header, cookie func(name string) bool) bool {
	return slices.ContainsFunc(answer["Set-Cookie"], func(line string) bool {
		name, _, found := strings.Cut(line, "=")
		return found && cookie(strings.TrimSpace(name))
	})
}

// safe tells whether a request only asks for something (RFC 9110 section 9.2.1).
func safe(r *http.Request) bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }
