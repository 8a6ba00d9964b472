package proxy

import (
	"net/http"
	"time"
)

// OwnPaths gives the requests that are the proxy's own, as owns tells, to own; they never reach the site. Every other one is the
// site's.
func OwnPaths(owns func(*http.Request) bool, own http.Handler) Middleware {
	return func(site http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if owns(r) {
				if r.ContentLength != 0 {
					// Go's server takes in what is left of a body before it answers, and would wait for it for ever.
					_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(lingering))
				}
				own.ServeHTTP(w, r)
				return
			}
			site.ServeHTTP(w, r)
		})
	}
}
