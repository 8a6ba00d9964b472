package main

import (
	"cmp"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"tawkproxy/session"
)

// sessionHints tells the operator when the settings of the session look wrong: visitors come and come, and nobody has been recognised
// yet. Each doubt is logged once; that somebody is unknown, once a minute.
type sessionHints struct {
	cookie string // the site's session cookie as far as it is known, for the log
	log    *slog.Logger

	mu      sync.Mutex
	counts  map[session.Reason]int // "" stands for a user
	unknown int                    // since the last line
	lines   rate.Sometimes
}

// A doubt is what so many refusals of one kind come to.
type doubt struct {
	after  int
	remedy string
}

// unknownPause is how long visits of which nothing is known are only counted.
const unknownPause = time.Minute

// doubtful lists the reasons that point at the settings, if there is no better news. Guests have no session, or one without a
// user, so that takes many.
var doubtful = map[session.Reason]doubt{
	session.NoCookie: {200, "no visit brings a session: is the site's session cookie the one in TAWK_SESSION_COOKIE, or, unless that is " +
		"set, of the framework's usual name?"},
	session.Forged: {10, "the site signs its sessions with another key than the settings have, or another cookie is meant"},
	session.Malformed: {10, "the sessions are not written as TAWK_SESSION and its settings say: is that the site's framework, " +
		"its serializer and its cookie?"},
	session.NoRecord: {20, "the store knows none of the sessions: does TAWK_SESSION_STORE lead to the site's own folder, server, " +
		"database and prefix?"},
	session.Expired:   {20, "all sessions are too old: is TAWK_SESSION_MAX_AGE too short, or the clock wrong?"},
	session.Untrusted: {1, "who says so is not believed: see TAWK_TRUSTED_PROXIES, or for tokens their issuer and audience"},
	session.Ambiguous: {10, "visitors send several sessions at once: does a neighbouring site set a cookie of this name?"},
	session.Unmet:     {100, "no session is as TAWK_SESSION_REQUIRE demands"},
	session.NoUser: {100, "none of them has a user: are TAWK_USER_ID and, if the site is asked, TAWK_SESSION_URL right? " +
		"TAWK_LOG_LEVEL=debug says what there is instead"},
}

// observe takes what a source said of a visit.
func (h *sessionHints) observe(r *http.Request, err error) {
	reason, nobody := session.NobodyReason(err)
	switch {
	case err == nil:
	case nobody:
		h.log.Debug("nobody is logged in", "reason", reason, "path", r.URL.Path, "cause", errors.Unwrap(err))
	default:
		h.tell(r, err)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.counts == nil {
		h.counts = make(map[session.Reason]int)
	}
	h.counts[reason]++
	doubt, known := doubtful[reason]
	if known && h.counts[reason] == doubt.after && !h.dispelled(reason) {
		cause := errors.Unwrap(err)
		if reason == session.NoUser {
			cause = nil // it names keys, and some sites make keys of their users' names: debug lines only
		}
		h.log.Warn("nobody has been recognised yet; this is said once",
			"reason", reason, "visits", doubt.after, "cookie", h.cookie, "remedy", doubt.remedy, "cause", cause)
	}
}

// dispelled tells whether sessions were read far enough for this reason to be everyday life.
func (h *sessionHints) dispelled(reason session.Reason) bool {
	switch reason {
	case session.NoCookie:
		return len(h.counts) > 1
	case session.NoUser, session.Unmet:
		return h.counts[""] > 0
	}
	return h.counts[""]+h.counts[session.NoUser]+h.counts[session.Unmet] > 0
}

// tell logs why somebody is unknown.
func (h *sessionHints) tell(r *http.Request, err error) {
	if r.Context().Err() != nil {
		return // the browser has left: this says nothing about the store
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.unknown++
	h.lines.Interval = unknownPause
	h.lines.Do(func() {
		h.log.Warn("cannot tell who is logged in; the pages are told nothing", "cause", err, "visits", h.unknown)
		h.unknown = 0
	})
}

// sum logs the counts.
func (h *sessionHints) sum() {
	h.mu.Lock()
	defer h.mu.Unlock()
	var counts []any
	for _, reason := range slices.Sorted(maps.Keys(h.counts)) {
		counts = append(counts, slog.Int(cmp.Or(string(reason), "user"), h.counts[reason]))
	}
	h.log.Info("visits so far", counts...)
}
