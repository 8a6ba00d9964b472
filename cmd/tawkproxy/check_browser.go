package main

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"slices"
	"strings"
)

// An exchange is a request that went through all that a visitor's passes, and what came back.
type exchange struct {
	followed
	status int
	answer http.Header
	broken error // it took too long, or the answer broke off
}

// open asks for a page as a browser does when somebody types its address.
func (c *checker) open(page *url.URL, cookies string) exchange {
	r := c.request(page, cookies)
	for name, value := range map[string]string{
		"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "Accept-Encoding": "gzip, deflate, br, zstd",
		"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "none", "Sec-Fetch-User": "?1",
		"Upgrade-Insecure-Requests": "1",
	} {
		r.Header.Set(name, value)
	}
	return c.exchange(r)
}

// ask asks below a page who is logged in, as the script does there.
func (c *checker) ask(page *url.URL, cookies string) exchange {
	below := *page
	below.Path = strings.TrimSuffix(page.Path, "/") + "/" + path.Base(c.cfg.Site.OwnPrefix) + "/user"
	below.RawPath, below.RawQuery = "", ""
	r := c.request(&below, cookies)
	for name, value := range map[string]string{
		"Accept": "*/*", "Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin", "Tawkproxy-Script": "1",
	} {
		r.Header.Set(name, value)
	}
	return c.exchange(r)
}

// request makes a GET as it arrives at the program. Browsers know the page by its host, if that is said, and else by the site's own.
func (c *checker) request(page *url.URL, cookies string) *http.Request {
	target := url.URL{Path: page.Path, RawPath: page.RawPath, RawQuery: page.RawQuery}
	r := &http.Request{
		Method: http.MethodGet, URL: &target, RequestURI: target.RequestURI(), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Host: page.Host, RemoteAddr: c.peer(), Body: http.NoBody,
		Header: http.Header{"User-Agent": {"Mozilla/5.0 (tawkproxy check)"}, "Accept-Language": {"en"}},
	}
	if r.Host == "" {
		r.Host = c.cfg.Site.Upstream.Host
	}
	if r.Host == "" { // of a socket
		r.Host = "localhost"
	}
	if page.Scheme == "https" || page.Scheme == "" && (strings.Contains(cookies, "__Secure-") || strings.Contains(cookies, "__Host-")) {
		r.Header.Set("X-Forwarded-Proto", "https")
	}
	if cookies != "" {
		r.Header.Set("Cookie", cookies)
	}
	return r
}

// peer is where a request comes from: from the proxy in front, if there is one that is believed.
func (c *checker) peer() string {
	here, trusted := netip.MustParseAddr("127.0.0.1"), c.cfg.Site.TrustedProxies
	if len(trusted) > 0 && !slices.ContainsFunc(trusted, func(network netip.Prefix) bool { return network.Contains(here) }) {
		here = trusted[0].Addr()
	}
	return netip.AddrPortFrom(here, 50000).String()
}

// exchange sends a request through the handler.
func (c *checker) exchange(r *http.Request) (e exchange) {
	ctx, cancel := context.WithTimeout(c.ctx, checkPage)
	defer cancel()
	trace, r := withTrace(r.WithContext(ctx))
	w := &answerSink{header: http.Header{}}
	func() {
		defer func() {
			if fault := recover(); fault != nil {
				e.broken = errors.New("the answer broke off")
			}
		}()
		c.front.handler.ServeHTTP(w, r)
	}()
	if ctx.Err() != nil {
		e.broken = ctx.Err()
	}
	e.followed, e.status, e.answer = trace.soFar(), w.status, w.header
	return e
}

// An answerSink takes an answer, and keeps its header. It implements http.ResponseWriter.
type answerSink struct {
	header http.Header
	status int
}

func (a *answerSink) Header() http.Header { return a.header }

func (a *answerSink) WriteHeader(status int) {
	if a.status == 0 && status >= 200 {
		a.status, a.header = status, a.header.Clone()
	}
}

func (a *answerSink) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return len(p), nil
}

// Flush implements http.Flusher.
func (a *answerSink) Flush() {}
