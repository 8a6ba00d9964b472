package proxy

import (
	"log/slog"
	"net/http"
)

const (
	// mostFields is how many fields the header of a request may have. Servers behind this allow 100 as a rule.
	mostFields = 250
	// mostLines is how many lines of a header are read, some of which may go on with a field. To read 10,000, which fit into 64 KiB,
	// costs a mebibyte and half a millisecond.
	mostLines = 2 * mostFields
)

// bounds refuses requests that the listener had to let through.
func bounds(next http.Handler, pages *ErrorPages) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h, ok := r.Context().Value(headsKey{}).(*heads); ok {
			h.handled.Store(true)
		}
		switch {
		case r.Method == "PRI" && r.ProtoMajor == 2:
			// The preface of HTTP/2 (RFC 9113 section 3.4), which Go's server takes for a request where HTTP/2 is off.
			pages.notices.tell(slog.LevelWarn, refusedFor, "a client speaks HTTP/2 without TLS, which is refused: if it is the proxy in "+
				"front, set TAWK_H2C=true, or let it speak HTTP/1.1")
			hangUp(w)
			http.Error(w, "HTTP/2 without TLS is not spoken here", http.StatusHTTPVersionNotSupported)
		case fields(r.Header) > mostFields:
			hangUp(w) // or Go's server would wait for a body first
			pages.write(w, r, http.StatusRequestHeaderFieldsTooLarge, pages.tooManyFields(fields(r.Header)))
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
