package proxy

import (
	"fmt"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"strings"
)

// rewriter makes the request that goes to the site.
type rewriter struct {
	upstream *url.URL // scheme and host
	trusted  []netip.Prefix
	hidden   []string // beginnings of the names of cookies
}

func (w rewriter) rewrite(p *httputil.ProxyRequest) {
	p.Out.URL.Scheme, p.Out.URL.Host = w.upstream.Scheme, w.upstream.Host
	keepTarget(p)
	forward(p, w.trusted)
	siteCookies(p.Out.Header, w.hidden)
	declineUpgrade(p)
	p.Out.Trailer = announced(p.In.Trailer)
	if sent, ok := p.In.Body.(*upload); ok {
		sent.whenEnded = func() {
			for name := range p.Out.Trailer {
				p.Out.Trailer[name] = p.In.Trailer[name]
			}
		}
	}
}

// keepTarget restores the bytes of path and query, also of a target that is a URL. ReverseProxy drops parameters that Go cannot
// parse, and url.URL escapes what it finds unusual and then decodes the rest, such as %2F and %2e; old sites live on the first,
// and a rule of a proxy in front would not have seen the second.
func keepTarget(p *httputil.ProxyRequest) {
	p.Out.URL.RawQuery = p.In.URL.RawQuery
	path, _, _ := strings.Cut(p.In.RequestURI, "?")
	if _, after, ok := strings.Cut(path, "://"); ok && !strings.HasPrefix(path, "/") {
		slash := strings.IndexByte(after, '/')
		if slash < 0 {
			return // such as http://shop.example
		}
		path = after[slash:]
	}
	switch {
	case !strings.HasPrefix(path, "/") || path == p.In.URL.EscapedPath():
	case strings.HasPrefix(path, "//"):
		// As Opaque it would be taken for a host. Of what is escaped already nothing changes.
		p.Out.URL.RawPath = escapeUnusual(path)
		p.Out.URL.Path, _ = url.PathUnescape(p.Out.URL.RawPath) // Go's server has done the same
	default:
		p.Out.URL.Opaque = path
	}
}

// escapeUnusual escapes in a path what RFC 3986 section 3.3 does not allow there, and nothing else.
func escapeUnusual(path string) string {
	var b strings.Builder
	for i := range len(path) {
		c := path[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("/%-._~!$&'()*+,;=:@[]", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// declineUpgrade lets through upgrades to WebSocket only. Behind an upgrade to HTTP/2, which some servers grant, further
// requests would reach the site past everything that is done here.
func declineUpgrade(p *httputil.ProxyRequest) {
	if protocol, ok := p.Out.Header["Upgrade"]; ok && !strings.EqualFold(strings.Join(protocol, ","), "websocket") {
		p.Out.Header.Del("Upgrade")
		p.Out.Header.Del("Connection")
	}
	p.Out.Header.Del("HTTP2-Settings")
}
