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
	if believed(p.In, trusted) {
		for _, name := range forwardedNames {
			if values, ok := p.In.Header[name]; ok {
				p.Out.Header[name] = slices.Clone(values)
			}
		}
	} else {
		for name := range p.Out.Header {
			if tellsOrigin(name) {
				delete(p.Out.Header, name)
			}
		}
	}
	for name := range p.Out.Header {
		if tellsLength(name) || bare(name) == "Proxy" {
			// Proxy becomes HTTP_PROXY in CGI, by which many programs choose their way to the outside (CVE-2016-5385).
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

// tellsOrigin tells whether sites take the header's word about a request's origin.
func tellsOrigin(name string) bool {
	switch name = bare(name); name {
	case "Forwarded", "X-Real-Ip", "X-Client-Ip", "X-Cluster-Client-Ip", "Client-Ip", "True-Client-Ip", "Cf-Connecting-Ip",
		"Fastly-Client-Ip", "X-Url-Scheme", "Front-End-Https", "X-Original-Host":
		return true
	}
	return strings.HasPrefix(name, "X-Forwarded")
}

// tellsLength tells whether sites may take a header for one that says where the request ends, although it is not: in CGI and its
// heirs Content_Length is CONTENT_LENGTH, too (RFC 3875 section 4.1.2).
func tellsLength(name string) bool {
	plain := bare(name)
	return plain != name && (plain == "Content-Length" || plain == "Content-Type" || plain == "Transfer-Encoding")
}

// bare is a name as CGI and its heirs may read it. To them everything but letters and digits in it is the same (RFC 3875 section
// 4.1.18), so forgers write an underscore for a dash. HTTP_, and Apache's REDIRECT_, is what they put in front themselves, and
// somebody behind them takes off.
func bare(name string) string {
	if strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == "" &&
		!strings.HasPrefix(name, "Http-") && !strings.HasPrefix(name, "Redirect-") && !strings.HasPrefix(name, "-") &&
		!strings.HasSuffix(name, "-") && !strings.Contains(name, "--") {
		return name
	}
	words := strings.FieldsFunc(name, func(c rune) bool {
		return !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9')
	})
	for len(words) > 0 && (strings.EqualFold(words[0], "http") || strings.EqualFold(words[0], "redirect")) {
		words = words[1:]
	}
	return http.CanonicalHeaderKey(strings.Join(words, "-"))
}
