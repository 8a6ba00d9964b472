package proxy

import "net/http"

// Leave has every answer that begins after leaving is closed end its connection, so that clients learn of a stop in time and ask
// elsewhere: by Connection: close (RFC 9112 section 9.6), which Go's server makes a GOAWAY in HTTP/2 (RFC 9113 section 6.8).
func Leave(leaving <-chan struct{}) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			rec := record(w)
			rec.leaving = leaving
			next.ServeHTTP(rec, r)
		})
	}
}
