package main

import (
	"crypto/rand"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"tawkproxy/session"
	"tawkproxy/session/recipe"
)

// marked is a transport that keeps the visitor's [marker] true to what the site does with its session cookies.
type marked struct {
	base      http.RoundTripper
	isSession func(cookie string) bool
	changes   func(answer *http.Response) bool // tells whether an answer may have changed the visitor's session
}

func (m marked) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := m.base.RoundTrip(r)
	if err != nil || !sets(answer.Header, m.isSession) {
		return answer, err
	}
	before := markerOf(r)
	marker, lasts := before.after(r.URL.Path, answer.Header, m.isSession, time.Now())
	switch {
	case before.text == "", m.changes(answer):
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
func changes(source session.Source, cookie func(name string) bool) func(answer *http.Response) bool {
	recipe, _ := source.(*recipe.Recipe)
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
