package proxy

import (
	"maps"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// WellFormed lets through only what every server reads in the same way. Go's server lets more pass, above all over HTTP/2, and the
// site would find it in the midst of its own lines. It must stand in front of all that looks at headers.
func WellFormed(pages *ErrorPages) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			status, why := http.StatusBadRequest, ""
			switch {
			case r.Method == http.MethodConnect:
				status, why = http.StatusNotImplemented, "CONNECT asks for a tunnel, and this leads to one site only"
			case !httpguts.ValidHeaderFieldName(r.Method):
				why = "its method is not a word"
			case !isTarget(r):
				why = "what it asks for is neither a path nor an address"
			case !isHost(r.Host):
				why = "its Host is no name of a host"
			default:
				if mixedFraming(r) {
					hangUp(w)
				}
				next.ServeHTTP(w, nominating(r))
				return
			}
			hangUp(w)
			pages.write(w, r, status, pages.refused(status, why))
		})
	}
}

// isTarget tells whether a request's target has one of the forms of RFC 9112 section 3.2: a path, that of the site as a URL, or for
// OPTIONS the asterisk. Over HTTP/2 there are no URLs (RFC 9113 section 8.3.1).
func isTarget(r *http.Request) bool {
	target := r.RequestURI
	if strings.ContainsFunc(target, func(c rune) bool { return c <= ' ' || c == 0x7f }) {
		return false
	}
	if target == "*" {
		return r.Method == http.MethodOptions
	}
	return strings.HasPrefix(target, "/") || r.ProtoMajor < 2 && isSiteURL(r)
}

func isSiteURL(r *http.Request) bool {
	u := r.URL
	return (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil
}

// isHost tells whether a text is a host with or without a port, as sites put it into their links: a name of letters, digits,
// dashes, dots and underscores, or an address. Apache's httpd wants the same (HttpProtocolOptions Strict). A request of HTTP/1.0 may
// have none.
func isHost(text string) bool {
	if text == "" {
		return true
	}
	name, port := text, ""
	if colon := strings.LastIndexByte(text, ':'); colon > strings.LastIndexByte(text, ']') {
		name, port = text[:colon], text[colon+1:]
	}
	if len(port) > 5 || strings.Trim(port, "0123456789") != "" {
		return false
	}
	if strings.HasPrefix(name, "[") {
		address, err := netip.ParseAddr(strings.TrimSuffix(name[1:], "]"))
		return err == nil && address.Is6() && address.Zone() == "" && strings.HasSuffix(name, "]")
	}
	return name != "" && !strings.ContainsFunc(name, func(c rune) bool {
		return !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == '_')
	})
}

// nominating returns a request without those of its nominations in Connection by which a visitor could take out what a trusted
// proxy in front has put in, such as an address or a user. RFC 9110 section 7.6.1 allows any name; what is a matter of one
// connection is known, and never gets further.
func nominating(r *http.Request) *http.Request {
	mayBe := func(option string) bool {
		switch strings.ToLower(strings.Trim(option, " \t")) {
		case "close", "keep-alive", "upgrade", "te", "":
			return true
		}
		return false
	}
	var kept []string
	all := true
	for _, line := range r.Header["Connection"] {
		for option := range strings.SplitSeq(line, ",") {
			if mayBe(option) {
				kept = append(kept, option)
			} else {
				all = false
			}
		}
	}
	if all {
		return r
	}
	r = r.WithContext(r.Context())
	r.Header = maps.Clone(r.Header)
	delete(r.Header, "Connection")
	if kept = slices.DeleteFunc(kept, func(option string) bool { return option == "" }); len(kept) > 0 {
		r.Header["Connection"] = []string{strings.Join(kept, ",")}
	}
	return r
}
