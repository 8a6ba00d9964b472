package proxy

import (
	"net/http"
)

// MaxBody answers 413 (RFC 9110 section 15.5.14) to requests with more than so many bytes behind their header. Of one that does not tell
// beforehand how many there are, so many may have gone to the site by then. 0: they may be as large as they are, and there is no layer.
func MaxBody(most int64, pages *ErrorPages) Middleware {
	if most == 0 {
		return nil
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.ContentLength > most {
				hangUp(w) // or Go's server would wait for the body first
				pages.write(w, r, http.StatusRequestEntityTooLarge, pages.refused(http.StatusRequestEntityTooLarge,
					"its body is larger than TAWK_MAX_BODY_SIZE"))
				return
			}
			if r.ContentLength != 0 {
				r.Body = http.MaxBytesReader(w, r.Body, most)
			}
			next.ServeHTTP(w, r)
		})
	}
}
