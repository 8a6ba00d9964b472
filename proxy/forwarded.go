package proxy

import (
	"net/http"
	"net/http/httputil"
	"net/netip"
	"slices"
	"strings"
)

// The headers in which a proxy tells where a request came from. ReverseProxy has removed these four already.
var forwardedNames = []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"}

// forward tells the site where the request came from. What the peer says about that is believed, and kept, if its address is
// in a trusted network; from anybody else it is a forgery and goes.
func forward(p *httputil.ProxyRequest, trusted []netip.Prefix) {
	peer, err := netip.ParseAddrPort(p.In.RemoteAddr)
	address := peer.Addr().Unmap().WithZone("")
	trust := believed(p.In, trusted)
	if trust {
		for _, name := range forwardedNames {
			if values, ok := p.In.Header[name]; ok {
				p.Out.Header[name] = slices.Clone(values)
			}
		}
	}
	for name := range p.Out.Header {
		switch plain := bare(name); {
		case plain == "Proxy", tellsLength(name, plain):
			// Proxy becomes HTTP_PROXY in CGI, by which many programs choose their way to the outside (CVE-2016-5385).
			delete(p.Out.Header, name)
		case !trust && tellsOrigin(plain):
			delete(p.Out.Header, name)
		}
	}

	if err == nil {
		hops := append(p.Out.Header["X-Forwarded-For"], address.String())
		p.Out.Header["X-Forwarded-For"] = []string{strings.Join(hops, ", ")}
	}
	setDefault(p.Out.Header, "X-Forwarded-Host", p.In.Host)
	setDefault(p.Out.Header, "X-Forwarded-Proto", scheme(p.In))
}

// believed tells whether the peer's address is in a trusted network.
func believed(r *http.Request, trusted []netip.Prefix) bool {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	address := peer.Addr().Unmap().WithZone("")
	return err == nil && slices.ContainsFunc(trusted, func(network netip.Prefix) bool { return network.Contains(address) })
}

func scheme(r *http.Request) string {
	if r.TLS != nil {
		return "https"
	}
	return "http"
}

// Scheme has X-Forwarded-Proto say to all behind it what the site hears of a request, so that both judge alike.
func Scheme(trusted []netip.Prefix) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !believed(r, trusted) {
				r.Header.Del("X-Forwarded-Proto")
			}
			setDefault(r.Header, "X-Forwarded-Proto", scheme(r))
			next.ServeHTTP(w, r)
		})
	}
}

func setDefault(h http.Header, name, value string) {
	if len(h[name]) == 0 && value != "" {
		h[name] = []string{value}
	}
}

// tellsOrigin tells whether sites take the word of a header about a request's origin, by its bare name.
func tellsOrigin(bare string) bool {
	switch bare {
	case "Forwarded", "X-Real-Ip", "X-Client-Ip", "X-Cluster-Client-Ip", "Client-Ip", "True-Client-Ip", "Cf-Connecting-Ip",
		"Fastly-Client-Ip", "X-Url-Scheme", "Front-End-Https", "X-Original-Host":
		return true
	}
	return strings.HasPrefix(bare, "X-Forwarded")
}

// tellsLength tells whether sites may take a header for one that says where the request ends, although it is not: in CGI and its
// heirs Content_Length is CONTENT_LENGTH, too (RFC 3875 section 4.1.2).
func tellsLength(name, bare string) bool {
	return bare != name && (bare == "Content-Length" || bare == "Content-Type" || bare == "Transfer-Encoding")
}

// bare is a name as CGI and its heirs may read it. To them everything but letters and digits in it is the same (RFC 3875 section
// 4.1.18), so forgers write an underscore for a dash. HTTP_, and Apache's REDIRECT_, is what they put in front themselves, and
// somebody behind them takes off.
func bare(name string) string {
	if isBare(name) {
		return name
	}
	words := strings.FieldsFunc(name, func(c rune) bool { return c > '~' || !isAlphanumeric(byte(c)) })
	for len(words) > 0 && (strings.EqualFold(words[0], "http") || strings.EqualFold(words[0], "redirect")) {
		words = words[1:]
	}
	return http.CanonicalHeaderKey(strings.Join(words, "-"))
}

// isBare tells at a glance whether [bare] would change nothing, which is so for nearly all.
func isBare(name string) bool {
	before := byte('-')
	for i := range len(name) {
		c := name[i]
		if c == '-' && before == '-' || c != '-' && !isAlphanumeric(c) {
			return false
		}
		before = c
	}
	return before != '-' && !strings.HasPrefix(name, "Http-") && !strings.HasPrefix(name, "Redirect-")
}

func isAlphanumeric(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' }
