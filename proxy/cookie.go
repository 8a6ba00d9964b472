package proxy

import (
	"net/http"
	"slices"
	"strings"
)

// ownCookie begins the names of the proxy's own cookies, which are nothing to the site.
const ownCookie = "tawkproxy"

// dropCookies takes cookies whose names begin like this out of a request's header. The others keep every byte: sites do read
// cookies that net/http would not write.
func dropCookies(h http.Header, beginnings []string) {
	perhaps := func(line string) bool {
		return slices.ContainsFunc(beginnings, func(beginning string) bool { return strings.Contains(line, beginning) })
	}
	lines := h["Cookie"]
	if !slices.ContainsFunc(lines, perhaps) {
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
