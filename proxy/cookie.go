package proxy

import (
	"net/http"
	"slices"
	"strings"
)

// ownCookie begins the names of the proxy's own cookies, which are nothing to the site.
const ownCookie = "tawkproxy"

// dropOwnCookies takes the proxy's own cookies out of a request's header. The others keep every byte: sites do read cookies
// that net/http would not write.
func dropOwnCookies(h http.Header) {
	lines, ok := h["Cookie"]
	if !ok || !slices.ContainsFunc(lines, func(line string) bool { return strings.Contains(line, ownCookie) }) {
		return
	}
	var kept []string
	for _, line := range lines {
		if line = withoutOwn(line); line != "" {
			kept = append(kept, line)
		}
	}
	if h["Cookie"] = kept; len(kept) == 0 {
		delete(h, "Cookie")
	}
}

// withoutOwn edits the value of one Cookie header (RFC 6265 section 4.2.1).
func withoutOwn(line string) string {
	var kept []string
	for pair := range strings.SplitSeq(line, ";") {
		if !strings.HasPrefix(strings.TrimLeft(pair, " \t"), ownCookie) {
			kept = append(kept, pair)
		}
	}
	if len(kept) == strings.Count(line, ";")+1 {
		return line
	}
	return strings.TrimLeft(strings.Join(kept, ";"), " \t")
}
