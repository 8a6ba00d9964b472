package proxy

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// ownCookie begins the names of the proxy's own cookies, which are nothing to the site.
const ownCookie = "tawkproxy"

// SiteCookies is the layer that brings a request's cookies into the form in which the site gets them: in one header (RFC 6265
// section 5.4), without the proxy's own and those whose names begin with one of the hidden ones. Servers join several headers in
// different ways, by a comma for one, so that the site might see other cookies than whoever reads them on the way.
func SiteCookies(hidden []string) Middleware {
	beginnings := append([]string{ownCookie}, hidden...)
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if lines := r.Header["Cookie"]; len(lines) > 1 || mention(lines, beginnings) {
				r = r.WithContext(r.Context()) // a copy
				r.Header = maps.Clone(r.Header)
				siteCookies(r.Header, beginnings)
			}
			next.ServeHTTP(w, r)
		})
	}
}

// siteCookies does it to a header.
func siteCookies(h http.Header, beginnings []string) {
	if lines := h["Cookie"]; len(lines) > 1 {
		h["Cookie"] = []string{strings.Join(lines, "; ")}
	}
	dropCookies(h, beginnings)
}

// dropCookies takes cookies whose names begin like this out of a request's header. The others keep every byte: sites do read
// cookies that net/http would not write.
func dropCookies(h http.Header, beginnings []string) {
	lines := h["Cookie"]
	if !mention(lines, beginnings) {
		return
	}
	var kept []string
	for _, line := range lines {
		if line = without(line, beginnings); line != "" {
			kept = append(kept, line)
		}
	}
	if h["Cookie"] = kept; len(kept) == 0 {
		delete(h, "Cookie")
	}
}

// mention tells whether there may be such a cookie among lines.
func mention(lines, beginnings []string) bool {
	return slices.ContainsFunc(lines, func(line string) bool {
		return slices.ContainsFunc(beginnings, func(beginning string) bool { return strings.Contains(line, beginning) })
	})
}

// without edits the value of one Cookie header (RFC 6265 section 4.2.1).
func without(line string, beginnings []string) string {
	var kept []string
	for pair := range strings.SplitSeq(line, ";") {
		name := strings.TrimLeft(pair, " \t")
		if !slices.ContainsFunc(beginnings, func(beginning string) bool { return strings.HasPrefix(name, beginning) }) {
			kept = append(kept, pair)
		}
	}
	if len(kept) == strings.Count(line, ";")+1 {
		return line
	}
	return strings.TrimLeft(strings.Join(kept, ";"), " \t")
}
