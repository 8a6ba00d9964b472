package main

import (
	"crypto/rand"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"tawkproxy/session"
)

// marking is the layer that keeps the visitor's [marker] true to what the site does with its session cookies.
func marking(about session.About) func(http.RoundTripper) http.RoundTripper {
	return func(base http.RoundTripper) http.RoundTripper { return markerTransport{base, about} }
}

type markerTransport struct {
	base  http.RoundTripper
	about session.About
}

func (m markerTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := m.base.RoundTrip(r)
	if err != nil || !sets(answer.Header, m.about.IsSession) {
		return answer, err
	}
	before := markerOf(r)
	marker, lasts := before.after(r.URL.Path, answer.Header, m.about.IsSession, time.Now())
	switch {
	case before.text == "", changes(m.about, answer):
		marker.text = rand.Text()[:12]
	case maps.Equal(marker.paths, before.paths) && (lasts == 0 || marker.paths["/"]):
		return answer, nil // the browser has it, and its end does not matter where the session cookie comes everywhere
	}
	cookie := http.Cookie{
		Name:     markerName,
		Value:    marker.String(),
		Path:     "/",
		MaxAge:   lasts, // as long as the session cookie
		Secure:   r.Header.Get("X-Forwarded-Proto") == "https",
		SameSite: http.SameSiteLaxMode,
	}
	answer.Header.Add("Set-Cookie", cookie.String())
	return answer, nil
}

// changes tells by the cookies of an answer whether it may have changed the visitor's session. Many sites write the cookie anew
// with every answer, and mean nothing by it unless it answers a form.
func changes(about session.About, answer *http.Response) bool {
	return sets(answer.Header, about.IsSession) && (about.Same == nil || !safe(answer.Request) || !about.Same(answer.Request, answer.Header))
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
