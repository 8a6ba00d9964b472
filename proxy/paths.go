package proxy

import "net/http"

// OwnPaths gives the requests that are the proxy's own, as owns tells, to own; they never reach the site. Every other one is the
// site's.
func OwnPaths(owns func(*http.Request) bool, own http.Handler) Middleware {
	return func(site http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if owns(r) {
				own.ServeHTTP(w, r)
				return
			}
			site.ServeHTTP(w, r)
		})
	}
}
