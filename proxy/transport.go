package proxy

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
	"time"
)

// NewTransport returns the connections to one site: http://host, https://host or unix:/path, where host may have a port.
// There is no limit on the time a page may take: slow sites are what this stands in front of.
func NewTransport(upstream *url.URL) *http.Transport {
	network, address := endpoint(upstream)
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	return &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, network, address)
		},
		TLSHandshakeTimeout:   5 * time.Second,
		ExpectContinueTimeout: time.Second,

		// Go's default of 2 opens and closes connections all the time, which is half of a bare ReverseProxy's cost.
		MaxIdleConnsPerHost: 256,
		// Shorter than any common server keeps one (gunicorn 2 s, Apache and Node 5 s): a POST on a connection that the site
		// has just closed cannot be repeated.
		IdleConnTimeout: time.Second,
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
func connect(ctx context.Context, upstream *url.URL) error {
	network, address := endpoint(upstream)
	dial := new(net.Dialer).DialContext
	if upstream.Scheme == "https" {
		dial = new(tls.Dialer).DialContext
	}
	conn, err := dial(ctx, network, address)
	if err != nil {
		return err
	}
	return conn.Close()
}
