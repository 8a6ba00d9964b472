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
// the address, until the first of these requests has come.
type reach struct {
	hosts  *lru.Cache[string, struct{}] // to which a request has come
	path   string
	log    *slog.Logger
	mu     sync.Mutex
	hoping int       // pages that went out to browsers since then without one
	since  time.Time // the first of them
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

func newReach(path string, log *slog.Logger) *reach {
	hosts, err := lru.New[string, struct{}](mostReached)
	if err != nil {
		panic(err) // only for a size of nothing
	}
	return &reach{hosts: hosts, path: path, log: log}
}

// asked hears of a request for the script.
func (r *reach) asked(request *http.Request) {
	if len(request.Host) <= longestHost {
		r.hosts.Add(request.Host, struct{}{})
	}
}

// known tells whether visitors of a page get to the script. It counts those who do not.
func (r *reach) known(page *http.Request) bool {
	if _, reached := r.hosts.Get(page.Host); reached {
		return true
	}
	if page.Header.Get("Sec-Fetch-Dest") == "document" {
		r.hope(page, time.Now())
	}
	return false
}

func (r *reach) hope(page *http.Request, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.hoping++; r.hoping == 1 {
		r.since = now
	}
	if r.hoping < hopelessPages || now.Sub(r.since) < hopelessTime || r.hosts.Len() > 0 {
		return
	}
	r.hoping = -1 << 62 // this is said once
	r.log.Warn("no browser has got to the login script's own address, so every page holds the script; this is said once",
		"address", r.path, "host", page.Host,
		"remedy", "let the server in front lead this address to tawkproxy; where only /shop/ leads here, set TAWK_OWN_PREFIX=/shop/.tawkproxy/; "+
			"TAWK_SCRIPT=inline if it is to stay so")
}
