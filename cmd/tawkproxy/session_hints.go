package main

import (
	"cmp"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"tawkproxy/config"
	"tawkproxy/session"
	"tawkproxy/session/cookie"
	"tawkproxy/session/kinds"
	"tawkproxy/session/store"
)

// sessionHints tells the operator when the settings of the session look wrong. Until somebody has been recognised, what is wrong
// with a visit is said at once, for the one who tries it out; that it goes on, and that somebody is unknown, is a warning. Anybody
// can send sessions that do not count, so each reason is said once for a cookie, and again when there are ten times as many.
type sessionHints struct {
	kind     string                        // of sessions
	cookie   string                        // the site's session cookie as far as it is known, for the log
	reads    func(name string) bool        // tells whether a cookie is that one
	remedies map[session.Reason]string     // by the settings that are in force
	mend     func(err error) (hint string) // what to do when it cannot be told who is there; nil: nothing is known
	log      *slog.Logger

	mu      sync.Mutex
	counts  map[session.Reason]int // "" stands for a user
	visits  map[hintKey]int        // by reason and cookie
	sets    map[string]bool        // cookies of the site itself, each of which may be the session
	named   map[string]bool        // cookies that a line has named as what the session may be
	headed  bool                   // a line has named headers that may be the user's
	came    bool                   // the session cookie has been seen
	acted   bool                   // somebody has sent a form, and may have logged in
	tried   bool                   // it has been said that a session has no user
	unknown map[store.Fault]*unknownVisits
	lacks   lacks
}

func newSessionHints(cfg *config.Config, about session.About, log *slog.Logger) *sessionHints {
	remedies := newRemedies(cfg, about)
	return &sessionHints{
		kind:     cfg.Session.Kind,
		cookie:   about.Cookie,
		reads:    about.IsSession,
		remedies: remedies.all(),
		mend:     remedies.unknown,
		lacks:    newLacks(cfg, log),
		log:      log,
	}
}

// A hintKey is what is said once.
type hintKey struct {
	reason session.Reason
	cookie string
}

const (
	// unknownPause is how long visits of which nothing is known, by the same fault, are only counted.
	unknownPause = time.Minute

	// mostHintKeys bounds what is counted by cookie: some sites' session cookies may have any of many names.
	mostHintKeys = 30

	// fewVisits is how many visits without a user somebody makes who tries whether it works.
	fewVisits = 5
)

// warnAfter is how many visits of a reason point at the settings, if there is no better news. Guests have no session, or one
// without a user, so that takes many.
var warnAfter = map[session.Reason]int{
	session.NoCookie:  200,
	session.Forged:    10,
	session.Malformed: 10,
	session.NoRecord:  20,
	session.Expired:   20,
	session.Untrusted: 1,
	session.Ambiguous: 10,
	session.Unmet:     100,
	session.NoUser:    100,
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
		h.counts, h.visits = make(map[session.Reason]int), make(map[hintKey]int)
	}
	h.counts[reason]++
	if reason != session.NoCookie {
		h.came = true
	}
	if err == nil || h.dispelled(reason) {
		return
	}
	if reason == session.NoCookie {
		h.missing(cookieNames(r))
		return
	}
	cause := errors.Unwrap(err)
	if _, keys := errors.AsType[*session.KeysError](err); keys {
		cause = nil // some sites make keys of their users' names: debug lines only
	}
	name := h.cookieOf(r)
	n := h.count(hintKey{reason, name})
	about := []any{"reason", reason, "visits", n, "cookie", name}
	if cause != nil {
		about = append(about, "cause", cause)
	}
	odd, isOdd := errors.AsType[*session.OddError](err)
	remedy := h.remedies[reason]
	if isOdd {
		remedy = odd.Remedy
	}
	if reason == session.Malformed || reason == session.Forged {
		if looks := h.resembles(r, name); looks != "" {
			remedy = "the cookie looks like one of TAWK_SESSION=" + looks + ": choose that, or another cookie in TAWK_SESSION_COOKIE"
		}
	}
	others := []string(nil)
	if h.kind == "header" && reason == session.NoUser && !h.headed {
		others = userHeaders(r.Header)
	}
	if len(others) > 0 {
		h.headed = true
		h.log.Info("the proxy in front sends another header than the one that is looked for", "request_has",
			strings.Join(others[:min(len(others), mostNames)], ", "), "remedy", "if one of these is the user's, write its name into TAWK_USER_ID")
		return
	}
	about = append(about, "remedy", remedy)
	switch first := warnAfter[reason]; {
	case isOdd && h.count(hintKey{reason, odd.Remedy}) == 1:
		level := slog.LevelInfo
		if odd.Certain {
			level = slog.LevelWarn
		}
		h.tried = h.tried || reason == session.NoUser
		h.log.Log(r.Context(), level, "nobody has been recognised yet, and a setting is probably wrong", about...)
	case power(n, first):
		h.log.Warn("nobody has been recognised yet", about...)
	case reason == session.NoUser, reason == session.Unmet:
		if !h.tried && (h.acted || n == fewVisits) {
			h.tried = true
			h.log.Info("a session has no user; if somebody was logged in there, a setting is wrong", about...)
		}
	case n == 1:
		h.log.Info("a session does not count, and nobody has been recognised yet", about...)
	}
}

// recognised takes somebody.
func (h *sessionHints) recognised(u session.User) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.lacks.observe(u)
}

// power tells whether n is a number of visits at which a line is due: the first, and ten, a hundred times as many.
func power(n, first int) bool {
	for ; first <= n; first *= 10 {
		if n == first {
			return true
		}
	}
	return false
}

// count counts a visit.
func (h *sessionHints) count(key hintKey) int {
	if _, known := h.visits[key]; !known && len(h.visits) >= mostHintKeys {
		key.cookie = "" // among others
	}
	h.visits[key]++
	return h.visits[key]
}

// cookieOf names the cookie in which a visit's session probably came.
func (h *sessionHints) cookieOf(r *http.Request) string {
	if h.reads != nil {
		if shown, _ := presentable(slices.DeleteFunc(cookieNames(r), func(name string) bool { return !h.reads(name) }), h.reads); len(shown) > 0 {
			return shown[0]
		}
	}
	return h.cookie
}

// resembles returns the kind whose cookies look like this one, if that is another than the chosen one.
func (h *sessionHints) resembles(r *http.Request, name string) string {
	for _, c := range cookie.Read(r, nil, time.Time{}).Values(name) {
		if looks := kinds.LookingLike(c); looks != h.kind {
			return looks
		}
	}
	return ""
}

// dispelled tells whether sessions were read far enough for this reason to be everyday life.
func (h *sessionHints) dispelled(reason session.Reason) bool {
	switch reason {
	case session.NoCookie:
		return h.came
	case session.NoUser, session.Unmet:
		return h.counts[""] > 0
	}
	return h.counts[""]+h.counts[session.NoUser]+h.counts[session.Unmet] > 0
}

// about is what a line says about a session cookie that does not come.
func (h *sessionHints) about(visits int, shown []string) []any {
	sets, _ := presentable(slices.Sorted(maps.Keys(h.sets)), sessionLike.MatchString)
	about := []any{"reason", session.NoCookie, "visits", visits, "looked_for", h.cookie}
	if len(shown) > 0 {
		about = append(about, "request_has", strings.Join(shown, ", "))
	}
	if len(sets) > 0 {
		about = append(about, "site_sets", strings.Join(sets, ", "))
	}
	return append(about, "remedy", h.remedies[session.NoCookie])
}

// tell logs why somebody is unknown.
func (h *sessionHints) tell(r *http.Request, err error) {
	if r.Context().Err() != nil {
		return // the browser has left: this says nothing about the store
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	fault := store.FaultOf(err)
	if h.unknown == nil {
		h.unknown = make(map[store.Fault]*unknownVisits)
	}
	if h.unknown[fault] == nil {
		h.unknown[fault] = &unknownVisits{lines: rate.Sometimes{Interval: unknownPause}}
	}
	unknown := h.unknown[fault]
	unknown.visits++
	unknown.lines.Do(func() {
		about := []any{"cause", err, "visits", unknown.visits}
		if h.mend != nil {
			about = append(about, "remedy", h.mend(err))
		}
		h.log.Warn("cannot tell who is logged in; the pages are told nothing", about...)
		unknown.visits = 0
	})
}

// Of unknownVisits nothing is known by one fault.
type unknownVisits struct {
	lines  rate.Sometimes
	visits int // since the last line
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
