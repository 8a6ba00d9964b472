package proxy

import (
	"cmp"
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"
)

// A Way is how the site is reached. Only URL is required.
type Way struct {
	URL *url.URL    // http://host, https://host or unix:/path, where host may have a port
	TLS *tls.Config // with https: who vouches for the site, and for us; nil: those of the system, and nobody

	// HTTP2 is spoken: with https if the site chooses it (RFC 7301), else without asking (RFC 9113 section 3.3).
	HTTP2 bool

	Most    int           // connections; 0: as many as there are requests
	Connect time.Duration // how long that may take, and TLS behind it; 0: 5 s
	Answer  time.Duration // how long the site may take for the header of an answer, when it has the request; 0: as long as it likes
	Idle    time.Duration // how long a connection is kept for the next request; 0: 1 s
}

// NewTransport returns the connections to one site in the usual way. There is no limit on the time a page may take: slow sites are what
// this stands in front of.
func NewTransport(upstream *url.URL) *http.Transport { return Way{URL: upstream}.transport() }

// Transport returns connections.
func (w Way) Transport() http.RoundTripper {
	transport := w.transport()
	if !w.HTTP2 {
		return transport
	}
	transport.Protocols = new(http.Protocols)
	transport.HTTP2 = &http.HTTP2Config{SendPingTimeout: pingAfter, PingTimeout: pingAfter}
	if w.URL.Scheme == "https" {
		transport.Protocols.SetHTTP1(true)
		transport.Protocols.SetHTTP2(true)
		return transport
	}
	transport.Protocols.SetUnencryptedHTTP2(true)
	return upgrading{transport, w.transport()}
}

// pingAfter is how long a connection of HTTP/2 may be silent before it is asked for a sign of life, and how long that may take: all
// requests would wait for one that is dead.
const pingAfter = 15 * time.Second

// upgrading sends requests for another protocol, such as WebSocket, in HTTP/1.1, which alone has them.
type upgrading struct{ all, upgrades *http.Transport }

func (u upgrading) RoundTrip(r *http.Request) (*http.Response, error) {
	if len(r.Header["Upgrade"]) > 0 {
		return u.upgrades.RoundTrip(r)
	}
	return u.all.RoundTrip(r)
}

// CloseIdleConnections is what http.Client calls.
func (u upgrading) CloseIdleConnections() {
	u.all.CloseIdleConnections()
	u.upgrades.CloseIdleConnections()
}

func (w Way) transport() *http.Transport {
	network, address := endpoint(w.URL)
	patience := cmp.Or(w.Connect, 5*time.Second)
	dialer := &net.Dialer{Timeout: patience}
	return &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, network, address)
		},
		TLSClientConfig:       w.TLS.Clone(), // the transport writes into it
		TLSHandshakeTimeout:   patience,
		ResponseHeaderTimeout: w.Answer,
		ExpectContinueTimeout: time.Second,

		MaxConnsPerHost: w.Most,
		// Go's default of 2 opens and closes connections all the time, which is half of a bare ReverseProxy's cost.
		MaxIdleConnsPerHost: 256,
		// Shorter than any common server keeps one (gunicorn 2 s, Apache and Node 5 s): a POST on a connection that the site
		// has just closed cannot be repeated.
		IdleConnTimeout: cmp.Or(w.Idle, time.Second),
		// What the browser accepts is the browser's business.
		DisableCompression: true,
		// Halves the cost of chunked pages; more gains nothing.
		ReadBufferSize: 32 << 10,
	}
}

// endpoint returns what to dial.
func endpoint(upstream *url.URL) (network, address string) {
	if upstream.Scheme == "unix" {
		return "unix", upstream.Path + upstream.Opaque
	}
	port := upstream.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[upstream.Scheme]
	}
	return "tcp", net.JoinHostPort(upstream.Hostname(), port)
}

// origin returns the scheme and host under which a request is addressed to the site. Host matters only for browsers that
// send none, and for the name in a certificate.
func origin(upstream *url.URL) *url.URL {
	if upstream.Scheme == "unix" {
		return &url.URL{Scheme: "http", Host: "localhost"}
	}
	return &url.URL{Scheme: upstream.Scheme, Host: upstream.Host}
}

// connect opens a connection to the site as the transport would, and closes it again.
func (w Way) connect(ctx context.Context) error {
	network, address := endpoint(w.URL)
	dial := new(net.Dialer).DialContext
	if w.URL.Scheme == "https" {
		dial = (&tls.Dialer{Config: w.TLS}).DialContext
	}
	conn, err := dial(ctx, network, address)
	if err != nil {
		return err
	}
	return conn.Close()
}

// A Route is connections to the site in a way that may change. It is given its way before anything uses it.
type Route struct {
	now atomic.Pointer[http.RoundTripper]
}

// Lead has requests go by other connections from now on. Those under way are not disturbed.
func (r *Route) Lead(by http.RoundTripper) {
	last := r.now.Swap(&by)
	if last == nil {
		return
	}
	if idle, ok := (*last).(interface{ CloseIdleConnections() }); ok {
		idle.CloseIdleConnections()
	}
}

// RoundTrip implements [http.RoundTripper].
func (r *Route) RoundTrip(request *http.Request) (*http.Response, error) {
	return (*r.now.Load()).RoundTrip(request)
}
