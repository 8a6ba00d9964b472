package proxy

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
)

// failureLog tells browser and operator that the site failed.
type failureLog struct {
	pages *ErrorPages
	site  string
}

func newFailureLog(pages *ErrorPages, upstream *url.URL) *failureLog {
	return &failureLog{pages: pages, site: upstream.Redacted()}
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
	id := ""
	switch f.status {
	case statusClientGone:
		w.WriteHeader(f.status)
		return
	case http.StatusBadRequest:
		id = l.pages.refused(f.status, "the body cannot be read")
	case http.StatusRequestEntityTooLarge:
		id = l.pages.refused(f.status, "its body is larger than TAWK_MAX_BODY_SIZE")
	default:
		// What stands in quotes may be the site's: the first bytes of a broken answer.
		detail, _, _ := strings.Cut(err.Error(), `"`)
		id = l.report(f.cause, f.remedy, detail)
	}
	l.pages.write(w, r, f.status, id)
}

// Write takes the lines of the ReverseProxy's ErrorLog: answers that broke off half-way.
func (l *failureLog) Write(line []byte) (int, error) {
	l.report("broke off in the middle of an answer", "the site's own log may say why", strings.TrimSpace(string(line)))
	return len(line), nil
}

func (l *failureLog) report(cause, remedy, detail string) (id string) {
	return l.pages.notices.tell(slog.LevelError, quietFor, "TAWK_UPSTREAM "+l.site+" "+cause+": "+remedy, "error", detail)
}
