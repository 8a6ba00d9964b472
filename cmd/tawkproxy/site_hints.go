package main

import (
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// siteHints tells the operator, once each, when the site's answers show that it is not reached as visitors reach it: redirects that lead
// nowhere or past tawkproxy, and errors alone.
type siteHints struct {
	log *slog.Logger

	works atomic.Bool // a page was answered well; what follows is everyday life
	quiet atomic.Bool // there is nothing left to tell of redirects
	away  atomic.Bool // there are other hosts

	mu        sync.Mutex
	rounds    map[string]*round // by visitor and address
	hosts     map[string]*other // to which the site redirects, by name
	toldRound bool
	toldHosts int
	status    int // of all pages so far
	failed    int // so many
}

// A round is a visitor whom the site sends to https again and again.
type round struct {
	since time.Time
	times int
}

// other is another host to which the site sends visitors.
type other struct {
	times int
	seen  bool // visitors come here by that name, too
}

const (
	roundTimes  = 3 // the same visitor, to the same address
	roundTime   = 10 * time.Second
	mostRounds  = 64 // visitors who are remembered
	mostOthers  = 8
	otherTimes  = 3
	failedPages = 5
)

func newSiteHints(log *slog.Logger) *siteHints {
	return &siteHints{log: log, rounds: make(map[string]*round), hosts: make(map[string]*other)}
}

// watching is the layer that shows what the site answers to the hints.
func (h *siteHints) watching(base http.RoundTripper) http.RoundTripper {
	return siteWatcher{base, h}
}

type siteWatcher struct {
	http.RoundTripper
	hints *siteHints
}

func (w siteWatcher) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := w.RoundTripper.RoundTrip(r)
	if err == nil && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		w.hints.observe(r, answer, time.Now())
	}
	return answer, err
}

func (h *siteHints) observe(r *http.Request, answer *http.Response, now time.Time) {
	status := answer.StatusCode
	switch {
	case status >= 300 && status < 400 && status != http.StatusNotModified:
		if location := answer.Header.Get("Location"); location != "" && !h.quiet.Load() {
			h.redirected(r, location, now)
		}
	case status < 400:
		if !h.works.Load() && isDocument(r) {
			h.works.Store(true)
		}
	case !h.works.Load() && isDocument(r):
		h.refused(r, status)
	}
	if h.away.Load() && !h.quiet.Load() {
		h.came(hostOf(r.Host))
	}
}

// isDocument tells whether a browser asks for a page.
func isDocument(r *http.Request) bool {
	if dest := r.Header.Get("Sec-Fetch-Dest"); dest != "" {
		return dest == "document"
	}
	return strings.Contains(r.Header.Get("Accept"), "text/html")
}

// came notes that visitors get here by the name of a host.
func (h *siteHints) came(host string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if known := h.hosts[host]; known != nil {
		known.seen = true
	}
}

func (h *siteHints) redirected(r *http.Request, location string, now time.Time) {
	to, err := url.Parse(location)
	if err != nil || to.Host == "" || strings.Trim(to.Path, "/") != strings.Trim(r.URL.Path, "/") {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	switch from, name := hostOf(r.Host), hostOf(to.Host); {
	case name != from:
		h.sentAway(from, name)
	case to.Scheme == "https" && r.Header.Get("X-Forwarded-Proto") != "https" && to.RawQuery == r.URL.RawQuery:
		h.sentRound(r, now)
	}
}

// sentAway takes a redirect to another host. That is right where visitors come back by its name.
func (h *siteHints) sentAway(from, name string) {
	known := h.hosts[name]
	if known == nil {
		if len(h.hosts) >= mostOthers {
			return
		}
		known = &other{}
		h.hosts[name] = known
		h.away.Store(true)
	}
	if known.times++; known.seen || known.times != otherTimes {
		return
	}
	h.log.Warn("the site sends visitors to another host, past tawkproxy; this is said once for each", "from", from, "to", name,
		"remedy", "if visitors know the site as the second, lead that name to tawkproxy, and let the proxy in front pass on their Host header; "+
			"if as the first, tell the site so: siteurl in WordPress, APP_URL in Laravel")
	h.toldHosts++
	h.settle()
}

// sentRound takes a redirect to https. A visitor who comes again for the same has been there, and the site does not know it.
func (h *siteHints) sentRound(r *http.Request, now time.Time) {
	if h.toldRound {
		return
	}
	key := r.Header.Get("X-Forwarded-For") + " " + r.Host + r.URL.RequestURI()
	known := h.rounds[key]
	if known == nil || now.Sub(known.since) > roundTime {
		if len(h.rounds) >= mostRounds {
			clear(h.rounds)
		}
		known = &round{since: now}
		h.rounds[key] = known
	}
	if known.times++; known.times < roundTimes {
		return
	}
	h.toldRound = true
	clear(h.rounds)
	h.log.Warn("the site redirects a visitor to https again and again: it takes them to come by http; this is said once",
		"remedy", "let the proxy in front, which ends TLS, set X-Forwarded-Proto: https, and stand in TAWK_TRUSTED_PROXIES; if it does, "+
			"the site must believe that header from tawkproxy's address")
	h.settle()
}

func (h *siteHints) settle() {
	if h.toldRound && h.toldHosts >= mostOthers {
		h.quiet.Store(true)
	}
}

// refused takes a page that the site did not give, when it has given none yet.
func (h *siteHints) refused(r *http.Request, status int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.status != status {
		h.status, h.failed = status, 0
	}
	if h.failed++; h.failed != failedPages {
		return
	}
	remedy := "does the site know the name of the host, or answer to its own alone (ALLOWED_HOSTS, server_name, config.hosts)? Is TAWK_UPSTREAM " +
		"its address for http, and not that for https, or of another site?"
	switch {
	case status >= 500:
		remedy = "the site's own log may say why"
	case status == http.StatusUnauthorized || status == http.StatusProxyAuthRequired:
		remedy = "the site demands a password of everybody; if that is meant, all is well"
	}
	h.log.Warn("the site has answered every page so far with an error", "status", status, "pages", h.failed, "host", hostOf(r.Host), "remedy", remedy)
}

// hostOf is the name of a host, without a port.
func hostOf(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if len(host) > longestHost {
		host = host[:longestHost]
	}
	return strings.ToLower(host)
}
