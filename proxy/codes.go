package proxy

import "net/http"

// Codes tells of every answer its status, before its header leaves: 499 if the browser has left before there was one, as in the
// access log. It is told within the recorder that other layers need anyway.
func Codes(begun func(status int)) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			rec := record(w)
			rec.begun = begun
			next.ServeHTTP(rec, r)
			if rec.status == 0 {
				rec.begin(http.StatusOK) // the server sends it for a handler that writes nothing
			}
		})
	}
}
