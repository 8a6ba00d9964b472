package main

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"tawkproxy/session/cookie"
)

// markerName is the cookie by which the proxy remembers, in the browser, what the site did with its session cookies.
const markerName = "tawkproxy_session"

// A marker comes with every request, so it is short: sites have one session cookie, or a few.
const (
	mostPaths   = 8
	longestPath = 256 // bytes
)

// A marker is the value of that cookie: a random text, and behind it the Path of each session cookie that the site has set, all
// between bars. A dash before a path says that the site has cleared its cookie, while others stay.
//
// The text changes when the site may have changed the visitor's session. Scripts cannot see the session cookie itself, nor what
// comes with an answer that they did not ask for; so a login without a new page is noticed.
//
// The paths say where the session cookie does not come along: a visit under none of them that brings none says nothing about the
// visitor. A visit under one of them does: there the cookie has ended, or a script of the site has removed it. Whoever makes a
// marker up makes the proxy unsure about their own browser, and nothing else.
type marker struct {
	text  string
	paths map[string]bool // false: cleared; one is true, or there is none
}

// parseMarker reads a cookie's value, as far as it can be one.
func parseMarker(value string) marker {
	parts := strings.Split(value, "|")
	m := marker{parts[0], map[string]bool{}}
	for _, part := range parts[1:min(len(parts), 1+mostPaths)] {
		escaped, cleared := strings.CutPrefix(part, "-")
		if at, err := url.PathUnescape(escaped); err == nil && strings.HasPrefix(at, "/") {
			m.paths[at] = !cleared
		}
	}
	return m
}

func (m marker) String() string {
	value := m.text
	for _, at := range slices.Sorted(maps.Keys(m.paths)) {
		value += "|"
		if !m.paths[at] {
			value += "-"
		}
		value += url.PathEscape(at)
	}
	return value
}

// after is the marker once the site has answered a request for page. It lasts for so many seconds; 0: as long as the browser
// runs.
func (m marker) after(page string, answer http.Header, isSession func(cookie string) bool, now time.Time) (next marker, lasts int) {
	type cookie struct{ path, name string }
	set := map[cookie]bool{} // false: cleared
	for _, line := range answer["Set-Cookie"] {
		pair, attributes, _ := strings.Cut(line, ";")
		name, value, ok := strings.Cut(pair, "=")
		if name = strings.TrimSpace(name); !ok || !isSession(name) {
			continue
		}
		// Names and values of old sites are not all that the standard library takes.
		c, err := http.ParseSetCookie("x=x;" + attributes)
		if err != nil {
			c = &http.Cookie{}
		}
		at := c.Path
		if !strings.HasPrefix(at, "/") {
			at = path.Dir(page) // RFC 6265 section 5.1.4, default-path
		}
		stays := strings.TrimSpace(value) != "" && comes(at, name, line, now)
		if set[cookie{at, name}] = stays; stays {
			lasts = max(lasts, c.MaxAge, int(c.Expires.Sub(now)/time.Second))
		}
	}
	next = marker{m.text, map[string]bool{}}
	maps.Copy(next.paths, m.paths)
	for changed := range set {
		if next.paths[changed.path] {
			next.paths[changed.path] = false
		}
	}
	for changed, stays := range set {
		_, known := next.paths[changed.path]
		if stays && len(changed.path) <= longestPath && (known || len(next.paths) < mostPaths) {
			next.paths[changed.path] = true
		}
	}
	if !slices.Contains(slices.Collect(maps.Values(next.paths)), true) {
		clear(next.paths)
	}
	return next, lasts
}

// outside tells whether the site's session cookies are all kept from a page by their paths.
func (m marker) outside(page string) bool {
	some := false
	for at, stays := range m.paths {
		if comes(page, "x", "x=x; Path="+at, time.Time{}) {
			return false
		}
		some = some || stays
	}
	return some
}

// comes tells whether a browser that was given a cookie by a line of Set-Cookie sends it with its next request for a page.
func comes(page, name, line string, now time.Time) bool {
	r := &http.Request{URL: &url.URL{Path: page}}
	return len(cookie.Read(r, http.Header{"Set-Cookie": {line}}, now).Values(name)) > 0
}

type markerKey struct{}

// withMarker keeps a request's markers in its context: the cookie itself does not go on to the site. There is one, unless a neighbour
// below the same domain has planted another.
func withMarker(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mentions := func(line string) bool { return strings.Contains(line, markerName) }
		if !slices.ContainsFunc(r.Header["Cookie"], mentions) {
			next.ServeHTTP(w, r)
			return
		}
		var markers []marker
		for _, value := range cookie.Read(r, nil, time.Time{}).Values(markerName) {
			if len(markers) < mostMarkers {
				markers = append(markers, parseMarker(value))
			}
		}
		if markers != nil {
			r = r.WithContext(context.WithValue(r.Context(), markerKey{}, markers))
		}
		next.ServeHTTP(w, r)
	})
}

// mostMarkers bounds how many markers of a request are looked at.
const mostMarkers = 4

// markersOf returns the markers of a request that has passed withMarker: an empty one if it brought none.
func markersOf(r *http.Request) []marker {
	if markers, ok := r.Context().Value(markerKey{}).([]marker); ok {
		return markers
	}
	return []marker{{}}
}

// markerOf returns the marker that is most probably our own: it is for the whole site, and browsers send such cookies last.
func markerOf(r *http.Request) marker {
	markers := markersOf(r)
	return markers[len(markers)-1]
}
