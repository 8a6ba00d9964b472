package proxy

import (
	"log/slog"
	"net/http"
	"time"

	"golang.org/x/time/rate"
)

// mostFields is how many fields the header of a request may have. Servers behind this allow 100 as a rule.
const mostFields = 250

// bounds refuses requests that the listener had to let through.
func bounds(next http.Handler, log *slog.Logger) http.Handler {
	hint, crowded := rate.Sometimes{Interval: time.Minute}, rate.Sometimes{Interval: time.Minute}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == "PRI" && r.ProtoMajor == 2:
			// The preface of HTTP/2 (RFC 9113 section 3.4), which Go's server takes for a request where HTTP/2 is off.
			hint.Do(func() {
				log.Warn("a client speaks HTTP/2 without TLS, which is refused: if it is the proxy in front, set TAWK_H2C=true, " +
					"or let it speak HTTP/1.1")
			})
			hangUp(w)
			http.Error(w, "HTTP/2 without TLS is not spoken here", http.StatusHTTPVersionNotSupported)
		case fields(r.Header) > mostFields:
			crowded.Do(func() {
				log.Warn("a request was answered 431: its header has more than 250 fields", "fields", fields(r.Header))
			})
			hangUp(w) // or Go's server would wait for a body first
			http.Error(w, "too many header fields", http.StatusRequestHeaderFieldsTooLarge)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func fields(h http.Header) (n int) {
	for _, values := range h {
		n += len(values)
	}
	return n
}
