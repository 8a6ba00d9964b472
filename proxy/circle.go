package proxy

import (
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// circleHops is how many proxies in a row make a circle, if they are one or two.
const circleHops = 12

// circling tells whether a request has come by here again and again, because the site's address leads to this program, or to the proxy
// in front of it: each round leaves the same addresses in X-Forwarded-For. It can tell where the peer is believed; others' words are not
// passed on, and so not found there.
func circling(r *http.Request, trusted []netip.Prefix) bool {
	const shortest = circleHops * len("::1,")
	length := 0
	for _, line := range r.Header["X-Forwarded-For"] {
		length += len(line) + 1
	}
	if length < shortest || !believed(r, trusted) {
		return false
	}
	hops := strings.Split(strings.Join(r.Header["X-Forwarded-For"], ","), ",")
	if len(hops) < circleHops {
		return false
	}
	var round []netip.Addr
	for _, hop := range hops[len(hops)-circleHops:] {
		address, ok := parseHop(strings.TrimSpace(hop))
		switch {
		case !ok, !slices.ContainsFunc(trusted, func(network netip.Prefix) bool { return network.Contains(address) }):
			return false
		case slices.Contains(round, address):
		case len(round) == 2:
			return false
		default:
			round = append(round, address)
		}
	}
	return true
}

// circled answers a request that goes in a circle.
func (l *failureLog) circled(w http.ResponseWriter, r *http.Request) {
	id := l.pages.notices.tell(slog.LevelError, quietFor, "TAWK_UPSTREAM "+l.site+" leads back to tawkproxy: write the address at which "+
		"the site itself listens, not that of tawkproxy or of the server in front")
	if r.ContentLength != 0 {
		hangUp(w)
	}
	l.pages.write(w, r, http.StatusLoopDetected, id)
}
