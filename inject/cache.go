package inject

import (
	"net/http"
	"strconv"
	"strings"
)

// Fields by which shared caches are told to keep a page, whatever Cache-Control says.
var forSharedCaches = []string{
	"Expires", "Age", "Surrogate-Control", "Cdn-Cache-Control", "Cloudflare-Cdn-Cache-Control", "Vercel-Cdn-Cache-Control",
	"Netlify-Cdn-Cache-Control", "Akamai-Cache-Control", "Edge-Control", "X-Accel-Expires",
}

// personal takes a page away from shared caches. A browser may keep it, but must ask each time; what the site forbids beyond
// that stays forbidden (RFC 9111 section 5.2.2).
func personal(h http.Header) {
	control := "private, no-cache"
	for _, stricter := range []string{"no-store", "must-revalidate"} {
		if hasDirective(h, stricter) {
			control += ", " + stricter
		}
	}
	remove(h, forSharedCaches)
	h["Cache-Control"] = []string{control}
	if h["Pragma"] != nil {
		h["Pragma"] = []string{"no-cache"} // scripts of old send "public", or worse
	}
}

// shared reports whether the site lets shared caches keep an answer, and says for how long (RFC 9111 sections 3 and 4.2.1). What
// a cache may only guess from Last-Modified does not count, nor what sets a cookie: caches in practice do not keep that.
func shared(answer *http.Response) bool {
	h := answer.Header
	for _, forbidden := range []string{"private", "no-store", "no-cache"} {
		if hasDirective(h, forbidden) {
			return false
		}
	}
	public := hasDirective(h, "public")
	switch {
	case h["Set-Cookie"] != nil, varies(h, ""):
		return false
	case answer.Request != nil && answer.Request.Header["Authorization"] != nil && !public:
		return false
	}
	for _, age := range []string{"s-maxage", "max-age"} {
		if value, ok := directive(h["Cache-Control"], age); ok {
			return positive(value)
		}
	}
	for _, field := range forSharedCaches {
		if value, ok := directive(h[field], "max-age"); ok && positive(value) {
			return true
		}
	}
	expires, err := http.ParseTime(h.Get("Expires"))
	date, undated := http.ParseTime(h.Get("Date"))
	return public || positive(h.Get("X-Accel-Expires")) || err == nil && undated == nil && expires.After(date)
}

func positive(number string) bool {
	n, err := strconv.ParseUint(strings.Trim(number, `"`), 10, 64)
	return err == nil && n > 0
}

// hasDirective reports whether Cache-Control has a directive, with or without a value.
func hasDirective(h http.Header, name string) bool {
	_, ok := directive(h["Cache-Control"], name)
	return ok
}

// directive returns the value of a directive in a list like that of Cache-Control.
func directive(fields []string, name string) (value string, ok bool) {
	for element := range elements(fields) {
		found, value, _ := strings.Cut(element, "=")
		if strings.EqualFold(strings.TrimSpace(found), name) {
			return strings.TrimSpace(value), true
		}
	}
	return "", false
}
