package main

import (
	"crypto/rand"
	"net/http"
	"slices"
	"strings"
)

// marked is a transport that tells the login script when the site sets or clears its session cookie: by another cookie, whose
// value means nothing but changes each time. Scripts cannot see the session cookie itself, nor what comes with an answer that
// they did not ask for; so a login without a new page is noticed.
func marked(base http.RoundTripper, session func(name string) bool) http.RoundTripper {
	return marker{base, session}
}

type marker struct {
	base    http.RoundTripper
	session func(name string) bool // tells the cookies of the site's session
}

func (m marker) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := m.base.RoundTrip(r)
	if err != nil || !sets(answer.Header, m.session) {
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

// sets tells whether an answer sets or clears such a cookie.
func sets(answer http.Header, cookie func(name string) bool) bool {
	return slices.ContainsFunc(answer["Set-Cookie"], func(line string) bool {
		name, _, found := strings.Cut(line, "=")
		return found && cookie(strings.TrimSpace(name))
	})
}
