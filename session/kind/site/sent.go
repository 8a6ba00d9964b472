package site

import (
	"regexp"
	"slices"
	"strings"

	"tawkproxy/config/setting"
)

var (
	// A header of such a name tells a site, or a proxy in front of it, who asks.
	namesSomebody = regexp.MustCompile(`(?i)auth|token|secret|passw|credential|api-?key|jwt|bearer|csrf|xsrf|session|user|login|account|` +
		`member|customer|e-?mail|identity|principal|oidc|saml|cert\b|impersonat|switch|sudo`)

	// A question is a request of its own, and its answer must be whole, as it is now, and of a form that can be read.
	ofItsOwn = regexp.MustCompile(`^(Accept-Encoding|Cache-Control|Pragma|Range|If-.*|Content-Length|Expect|Tawkproxy-.*|X-Http-Method.*|X-Method-.*)$`)

	// RFC 9110 section 7.6.1, and what was one once.
	hopByHop = []string{"Connection", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade"}
)

// sendable refuses headers that questions cannot carry: each question is about one visitor, and these would be the same for all.
func sendable(headers setting.Headers) error {
	for _, header := range headers {
		name := header.Name
		switch {
		case name == "Cookie", name == "Cookie2", name == "Set-Cookie":
			return setting.Wrong("remove it: each question has the visitor's own cookies", "has %s, by which the site would take all visitors for one", name)
		case name == "Host":
			return setting.Wrong("remove it: the site is asked by the host that visitors come to", "has %s, by which another site would be asked", name)
		case slices.Contains(hopByHop, name):
			return setting.Wrong("remove it", "has %s, which is between two programs on the way and never gets to the site", name)
		case slices.Contains(carried, name), strings.HasPrefix(name, "X-Forwarded-"):
			if name == "Accept-Language" {
				continue
			}
			return setting.Wrong("remove it: each question has what the visitor sends", "has %s, by which the site would take all visitors for one", name)
		case ofItsOwn.MatchString(name):
			return setting.Wrong("remove it", "has %s, which is not the operator's to say: tawkproxy asks so that the answer is whole and fresh", name)
		case namesSomebody.MatchString(name):
			return setting.Wrong("remove it: each question has the visitor's own cookies and Authorization",
				"has %s, which may tell the site who asks: it would take all visitors for one", name)
		}
	}
	return nil
}
