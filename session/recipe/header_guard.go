package recipe

import (
	"maps"
	"net/http"
)

// DropTrailers takes fields of a family out of what a request announces to send behind its body: only what stands in front of it
// is judged. What is not announced the proxy does not pass on. The map is the server's own, into which the values come.
func DropTrailers(r *http.Request, family []string) {
	maps.DeleteFunc(r.Trailer, func(name string, _ []string) bool { return Belongs(name, family) })
}

// Guard puts around a handler what a recipe with a Header needs in front of the site: a site to which X_Token is X-Token must not
// find what a visitor sends beside, or in place of, what was verified. Trailers with these names are dropped as well.
func (r *Recipe) Guard(next http.Handler) http.Handler {
	if r.Header == "" {
		return next
	}
	family := append([]string{r.Header}, r.Family...)
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		for name := range req.Header {
			if Odd(name, family) {
				req = req.WithContext(req.Context())
				req.Header = maps.Clone(req.Header)
				maps.DeleteFunc(req.Header, func(name string, _ []string) bool { return Odd(name, family) })
				break
			}
		}
		DropTrailers(req, family)
		next.ServeHTTP(w, req)
	})
}
