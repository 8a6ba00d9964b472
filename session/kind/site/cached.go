package site

import (
	"net/http"
	"strings"
)

// Cached tells whether an answer came out of a cache between here and the site, which may have kept it for somebody else: it has
// an Age (RFC 9111 section 5.1), a hit in Cache-Status (RFC 9211 section 2), in X-Cache and its like, which Squid, Apache and
// most CDNs send, or the two numbers by which Varnish tells of one. An Age of 0 is no proof: some caches write it on what they
// have just fetched. A cache that says nothing is not found out.
func Cached(answer http.Header) bool {
	if age := answer.Get("Age"); age != "" && strings.Trim(age, "0 ") != "" {
		return true
	}
	for _, status := range answer["Cache-Status"] {
		for parameter := range strings.FieldsFuncSeq(status, func(c rune) bool { return c == ';' || c == ',' }) {
			if strings.TrimSpace(parameter) == "hit" {
				return true
			}
		}
	}
	for _, name := range []string{"X-Cache", "X-Cache-Status", "X-Proxy-Cache", "Cf-Cache-Status"} {
		if value := strings.ToLower(answer.Get(name)); strings.HasPrefix(value, "hit") || strings.Contains(value, " hit") {
			return true
		}
	}
	return len(strings.Fields(answer.Get("X-Varnish"))) > 1
}
