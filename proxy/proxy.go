// Package proxy stands between browsers and the site: an httputil.ReverseProxy, the handlers around it, and the listeners.
// It knows nothing of pages, users or widgets.
//
// The way of a request, front to back:
//
//	listener        serve.go       both listeners, the ready line, the graceful stop; bounds: crowd.go, bounds.go, refusal.go
//	access log      accesslog.go   one line an exchange, if it is asked for; recorder.go
//	recover         recover.go     a panic costs one request, not the program
//	well-formed     wellformed.go  what servers might read in different ways gets no further; heads.go
//	own paths       paths.go       what the proxy answers itself
//	places          places.go      so many requests are at the site at once
//	reverse proxy   proxy.go       towards the site: circle.go, upload.go, trailer.go, rewrite.go, forwarded.go, cookie.go; back: stream.go, failure.go
//	transport       transport.go   the connections to the site
//
// Where there is no page, errorpage.go tells the visitor in the form of accept.go, and notices.go the operator.
package proxy

import (
	"errors"
	"log"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"time"
)

// Options are the parts of [New] that may differ. The zero value works, apart from Log, which is required.
type Options struct {
	Transport http.RoundTripper // to the site; nil: NewTransport(upstream)
	Trusted   []netip.Prefix    // peers whose X-Forwarded headers are believed; none: nobody's

	HideCookies []string // beginnings of the names of cookies that the site does not see, besides the proxy's own

	// Stopping is closed when the program is asked to stop. Answers without an end of their own, such as event streams and
	// upgraded connections, end then; all others may finish. Nil: they never end by themselves.
	Stopping <-chan struct{}

	Errors *ErrorPages // nil: those of a site without a name

	Log *slog.Logger
}

// flushAfter is how long an answer of known length may lie in the server's buffers while the site pauses; flushing it at once
// would cost a fifth more on a small page. Answers of unknown length and event streams never wait.
const flushAfter = 50 * time.Millisecond

// New returns the handler that passes requests on to the site at upstream: http://host, https://host or unix:/path, where
// host may have a port. What the browser sent arrives as it was, Host included, but for what a proxy must change.
func New(upstream *url.URL, o Options) http.Handler {
	transport := o.Transport
	if transport == nil {
		transport = NewTransport(upstream)
	}
	failures := newFailureLog(withPages(o.Errors, o.Log), upstream)
	site := httputil.ReverseProxy{
		Rewrite:       rewriter{origin(upstream), o.Trusted, append([]string{ownCookie}, o.HideCookies...)}.rewrite,
		Transport:     transport,
		BufferPool:    &buffers{},
		FlushInterval: flushAfter,
		ErrorHandler:  failures.answer,
		ErrorLog:      log.New(failures, "", 0),
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w = record(w)
		if circling(r, o.Trusted) {
			failures.circled(w, r)
			return
		}
		control := http.NewResponseController(w)
		var sent *upload
		if r.ContentLength != 0 {
			// Otherwise Go's server holds an answer back until the upload pauses; sites refuse large ones early. It fails
			// where it is not needed.
			_ = control.EnableFullDuplex()
			sent = &upload{body: r.Body}
			r.Body = sent
		}
		answered, whole := false, false
		defer func() {
			if whole {
				return
			}
			if answered {
				control.Flush() // what there was of an answer that broke off
			}
			if sent != nil {
				hangUp(w)
			}
		}()
		// A copy for each request, because ModifyResponse alone has no way to the ResponseWriter.
		exchange := site
		exchange.ModifyResponse = func(answer *http.Response) error {
			// Without this Go's server invents a type for an answer that has none. An early hint would have cleared it before.
			w.Header()["Content-Type"] = nil
			if answer.StatusCode < 100 {
				return errors.New("the site answered with a status below 100")
			}
			if o.Stopping != nil && endless(answer) {
				endWhen(o.Stopping, answer, r.Context())
			}
			if sent != nil {
				sent.answered(w, answer)
			}
			maps.DeleteFunc(answer.Trailer, func(name string, _ []string) bool { return !isTrailer(name) })
			answered = true
			return nil
		}
		exchange.ServeHTTP(w, r)
		whole = true
		dropTrailers(w.Header())
		if sent != nil {
			sent.finish(w, control)
		}
	})
}
