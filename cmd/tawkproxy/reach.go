package main

import (
	"log/slog"
	"net/http"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

// reach is what is known of the way to the login script's own address. A server in front may lead visitors here for their pages alone:
// then a page that loads the script would get none, and nobody would hear of it. So each host's pages hold the script, which tries
// the address, until the first of these requests has come. Such a request proves less than it seems to: where a server in front takes a
// part of the path away, whoever asks below that part gets here, and the pages' own address does not lead here all the same. So pages
// hold it again if visitors who cannot have kept it do not ask for it.
type reach struct {
	hosts  *lru.Cache[string, *way]
	path   string
	log    *slog.Logger
	mu     sync.Mutex // guards what follows, and what hosts holds
	hoping int        // pages that went out to browsers without a single request
	since  time.Time  // the first of them
	asked  bool       // there was one
	lost   bool       // it was said that new visitors do not ask
}

// A way is that to one host.
type way struct {
	open    bool
	missing int       // new visitors since the last request
	since   time.Time // the first of them
	closed  int       // how often it was closed
	until   time.Time // when it may be open again
}

// mostReached bounds how many hosts are remembered. Whoever makes up others than the site's can crowd these out: that costs bytes.
const (
	mostReached = 256
	longestHost = 260 // a name and a port
)

// So many pages and so long without a request are no accident: each page asks after seconds.
const (
	hopelessPages = 50
	hopelessTime  = 2 * time.Minute
)

// So many new visitors in a row who do not ask, over so long, are no accident either, though programs that load nothing but pages may
// pass for browsers. Each time the pages hold the script longer, so that nobody can keep it away from them by asking for it.
const (
	missingVisitors = 20
	missingTime     = 2 * time.Minute
	shortestClosed  = time.Hour
	longestClosed   = 24 * time.Hour
)

func newReach(path string, log *slog.Logger) *reach {
	hosts, err := lru.New[string, *way](mostReached)
	if err != nil {
		panic(err) // only for a size of nothing
	}
	return &reach{hosts: hosts, path: path, log: log}
}

// hear hears of a request for the script.
func (r *reach) hear(request *http.Request) { r.open(request.Host, time.Now()) }

func (r *reach) open(host string, now time.Time) {
	if len(host) > longestHost {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked = true
	w, found := r.hosts.Get(host)
	if !found {
		w = &way{}
		r.hosts.Add(host, w)
	}
	w.missing = 0
	w.open = !now.Before(w.until)
}

// known tells whether visitors of a page get to the script. It counts those who do not.
func (r *reach) known(page *http.Request) bool { return r.leads(page, time.Now()) }

func (r *reach) leads(page *http.Request, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	browser := page.Header.Get("Sec-Fetch-Dest") == "document"
	w, found := r.hosts.Get(page.Host)
	switch {
	case found && w.open:
		if browser && page.Header["Cookie"] == nil {
			r.miss(page.Host, w, now)
		}
		return w.open
	case browser && !r.asked:
		r.hope(page.Host, now)
	}
	return false
}

// miss notes that a visitor got a page who ought to ask.
func (r *reach) miss(host string, w *way, now time.Time) {
	if w.missing++; w.missing == 1 {
		w.since = now
	}
	if w.missing <= missingVisitors || now.Sub(w.since) < missingTime {
		return
	}
	w.open = false
	w.until = now.Add(min(shortestClosed<<w.closed, longestClosed))
	w.closed = min(w.closed+1, 10)
	if r.lost {
		return
	}
	r.lost = true
	r.log.Warn("visitors who are new do not ask for the login script, so pages hold it again for a while; this is said once",
		"address", r.path, "host", host,
		"remedy", "let the server in front lead this very address to tawkproxy; where it takes a part of the path away, set TAWK_SCRIPT=inline; "+
			"nothing is wrong if they were programs that load nothing but pages")
}

func (r *reach) hope(host string, now time.Time) {
	if r.hoping++; r.hoping == 1 {
		r.since = now
	}
	if r.hoping < hopelessPages || now.Sub(r.since) < hopelessTime {
		return
	}
	r.hoping = -1 << 62 // this is said once
	r.log.Warn("no browser has got to the login script's own address, so every page holds the script; this is said once",
		"address", r.path, "host", host,
		"remedy", "let the server in front lead this address to tawkproxy; where only /shop/ leads here, set TAWK_OWN_PREFIX=/shop/.tawkproxy/; "+
			"TAWK_SCRIPT=inline if it is to stay so")
}
