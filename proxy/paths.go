package proxy

import (
	"net/http"
	"strings"
)

// OwnPaths gives requests whose path begins with prefix to own; they never reach the site. The prefix begins and ends with a
// slash. Every other path is the site's.
func OwnPaths(prefix string, own http.Handler) Middleware {
	return func(site http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, prefix) {
				own.ServeHTTP(w, r)
				return
			}
			site.ServeHTTP(w, r)
		})
	}
}
