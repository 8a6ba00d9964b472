package proxy

import (
	"net/http"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// isTrailer tells whether a field may follow a body. What says where a message ends, goes, comes from or whom it is from is
// evaluated before the body (RFC 9110 section 6.5.1): servers that merge trailers into headers would take it from anybody. Odd
// spellings may be merged as well, see [tellsOrigin].
func isTrailer(name string) bool {
	name = http.CanonicalHeaderKey(name)
	switch name {
	case "Cookie", "Set-Cookie", "Location", "Content-Location", "Refresh", "Clear-Site-Data", "Age", "Date", "Expires", "Retry-After",
		"Vary", "Warning", "Upgrade", "Via", "Origin", "Referer", "Content-Disposition", "Content-Security-Policy",
		"Strict-Transport-Security", "Http2-Settings", "Remote-User", "Proxy":
		return false
	}
	plain := strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == ""
	return plain && name != "" && httpguts.ValidTrailerHeader(name) && !tellsOrigin(bare(name))
}

// announced returns the trailers of a browser's request that may reach the site, without values, which come behind the body. What
// was not announced does not pass (RFC 9110 section 6.5 lets a recipient drop any).
func announced(trailer http.Header) http.Header {
	var passing http.Header
	for name := range trailer {
		if isTrailer(name) {
			if passing == nil {
				passing = http.Header{}
			}
			passing[name] = nil
		}
	}
	return passing
}

// dropTrailers takes out of an answer's header what would follow its body and may not.
func dropTrailers(h http.Header) {
	for key := range h {
		if name, late := strings.CutPrefix(key, http.TrailerPrefix); late && !isTrailer(name) {
			delete(h, key)
		}
	}
}

// dropUnhinted leaves in the header of an interim answer what browsers make use of before the final one (RFC 8297, WHATWG HTML,
// "process early hint headers"). The rest, such as a Set-Cookie, would pass everything that looks at answers.
func dropUnhinted(h http.Header) {
	for name := range h {
		switch name {
		case "Link", "Content-Security-Policy", "Content-Security-Policy-Report-Only", "Referrer-Policy",
			"Cross-Origin-Embedder-Policy", "Cross-Origin-Embedder-Policy-Report-Only":
		default:
			delete(h, name)
		}
	}
}
