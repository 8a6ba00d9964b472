package proxy

import (
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

// keepTarget restores the bytes of path and query. ReverseProxy drops parameters that Go cannot parse, and url.URL escapes
// what it finds unusual; old sites live on both. Only a path that begins with two slashes is left to url.URL, which would
// take it for a host.
func keepTarget(p *httputil.ProxyRequest) {
	p.Out.URL.RawQuery = p.In.URL.RawQuery
	path, _, _ := strings.Cut(p.In.RequestURI, "?")
	if strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "//") && path != p.In.URL.EscapedPath() {
		p.Out.URL.Opaque = path
	}
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
