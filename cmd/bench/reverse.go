package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"sync"

	"tawkproxy/proxy"
)

// The variables under which this program plays one of the roles: what, where to listen, and at which address the site is.
const (
	roleVariable   = "TAWKPROXY_BENCH_ROLE"
	listenVariable = "TAWKPROXY_BENCH_LISTEN"
	siteVariable   = "TAWKPROXY_BENCH_SITE"
)

// play serves a role until its standard input ends, which it does at the latest with the process that started it.
func play(role string) {
	listener, err := net.Listen("tcp", os.Getenv(listenVariable))
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", role+":", err)
		os.Exit(1)
	}
	site := &url.URL{Scheme: "http", Host: os.Getenv(siteVariable)}
	switch role {
	case "site":
		go serveSite(listener)
	case "bare":
		go http.Serve(listener, reverse(site))
	case "tuned":
		tuned := reverse(site)
		tuned.Transport = proxy.NewTransport(site)
		tuned.BufferPool = &pool{}
		go http.Serve(listener, tuned)
	}
	io.Copy(io.Discard, os.Stdin)
}

// reverse is the reverse proxy as Go ships it.
func reverse(site *url.URL) *httputil.ReverseProxy {
	return &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) {
		p.SetURL(site)
		p.SetXForwarded()
	}}
}

// A pool is what whoever tunes it adds: buffers of the size that ReverseProxy takes, but kept.
type pool struct{ sync.Pool }

func (p *pool) Get() []byte {
	if b, ok := p.Pool.Get().(*[32 << 10]byte); ok {
		return b[:]
	}
	return make([]byte, 32<<10)
}

func (p *pool) Put(b []byte) { p.Pool.Put((*[32 << 10]byte)(b)) }
