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

	// headerSlack is how much more of a header Go's server takes in, so that we can answer one that has just become too large: over
	// HTTP/2 there is no other way.
	headerSlack = 16 << 10
	// lineAllowance and fieldCost are what Go's server allows beside, and counts for a field of HTTP/2.
	lineAllowance = 4 << 10
	fieldCost     = 32
)

// bounds refuses requests that the listener had to let through. HeaderBytes is how large a header may be.
func bounds(next http.Handler, headerBytes int, pages *ErrorPages) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h, ok := r.Context().Value(headsKey{}).(*heads); ok {
			h.handled.Store(true)
		}
		perField, others, allowed := overhead(r)
		fields, size := measure(r.Header, perField)
		switch {
		case r.Method == "PRI" && r.ProtoMajor == 2:
			// The preface of HTTP/2 (RFC 9113 section 3.4), which Go's server takes for a request where HTTP/2 is off.
			pages.notices.tell(slog.LevelWarn, refusedFor, "a client speaks HTTP/2 without TLS, which is refused: if it is the proxy in "+
				"front, set TAWK_H2C=true, or let it speak HTTP/1.1")
			hangUp(w)
			http.Error(w, "HTTP/2 without TLS is not spoken here", http.StatusHTTPVersionNotSupported)
		case fields > mostFields:
			hangUp(w) // or Go's server would wait for a body first
			pages.write(w, r, http.StatusRequestHeaderFieldsTooLarge, pages.tooManyFields(fields))
		case size+others > headerBytes+allowed: // as nearly as can be told behind Go's server
			hangUp(w)
			pages.write(w, r, http.StatusRequestHeaderFieldsTooLarge, pages.tooLarge())
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// measure counts the fields of a header, and their bytes, each with as many more as a field costs.
func measure(h http.Header, cost int) (fields, size int) {
	for name, values := range h {
		fields += len(values)
		for _, value := range values {
			size += len(name) + len(value) + cost
		}
	}
	return fields, size
}

// overhead is what a field costs beside its name and value, and what else of a header Go's server counts, and allows.
func overhead(r *http.Request) (perField, others, allowed int) {
	others = len(r.Method) + len(r.RequestURI) + len(r.Host)
	if r.ProtoMajor >= 2 {
		return fieldCost, others, 10 * fieldCost
	}
	return len(": \r\n"), others, lineAllowance
}
