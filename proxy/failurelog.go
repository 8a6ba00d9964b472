package proxy

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// quietFor is how long a failure that has been logged is only counted, so that an outage does not flood the log.
const quietFor = 10 * time.Second

// failureLog tells browser and operator that the site failed.
type failureLog struct {
	log  *slog.Logger
	site string

	mu      sync.Mutex
	tallies map[string]*tally // by cause
}

type tally struct {
	sometimes rate.Sometimes
	count     int // since the last line
}

func newFailureLog(log *slog.Logger, upstream *url.URL) *failureLog {
	return &failureLog{log: log, site: upstream.Redacted(), tallies: map[string]*tally{}}
}

// answer is the ErrorHandler of the ReverseProxy.
func (l *failureLog) answer(w http.ResponseWriter, r *http.Request, err error) {
	f := failureOf(err)
	if r.Context().Err() != nil {
		f = failure{status: statusClientGone}
	}
	if fromBrowser := (uploadError{}); errors.As(err, &fromBrowser) {
		hangUp(w)
	}
	if f.cause != "" {
		// What stands in quotes may be the site's: the first bytes of a broken answer.
		detail, _, _ := strings.Cut(err.Error(), `"`)
		l.report(f.cause, f.remedy, detail)
	}
	writeErrorPage(w, r, f.status)
}

// Write takes the lines of the ReverseProxy's ErrorLog: answers that broke off half-way.
func (l *failureLog) Write(line []byte) (int, error) {
	l.report("broke off in the middle of an answer", "the site's own log may say why", strings.TrimSpace(string(line)))
	return len(line), nil
}

func (l *failureLog) report(cause, remedy, detail string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.tallies[cause]
	if t == nil {
		t = &tally{sometimes: rate.Sometimes{Interval: quietFor}}
		l.tallies[cause] = t
	}
	t.count++
	t.sometimes.Do(func() {
		l.log.Error("TAWK_UPSTREAM "+l.site+" "+cause+": "+remedy, "error", detail, "times", t.count)
		t.count = 0
	})
}
