package proxy

import (
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"golang.org/x/time/rate"
)

// placePatience is how long a request waits for a place before the visitor is told to come again.
const placePatience = 30 * time.Second

// Places lets so many requests through to the site at the same time, each until its answer has been passed on. The others wait,
// in the order in which they came, and are answered 503 after half a minute. Questions which tawkproxy itself puts to the site
// must not pass here: the pages that hold the places might wait for them.
func Places(most int, log *slog.Logger) Middleware { return places(most, placePatience, log) }

func places(most int, patience time.Duration, log *slog.Logger) Middleware {
	taken := make(chan struct{}, most)
	lines := rate.Sometimes{Interval: quietFor}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			select {
			case taken <- struct{}{}:
			default:
				timer := time.NewTimer(patience)
				defer timer.Stop()
				select {
				case taken <- struct{}{}:
				case <-r.Context().Done():
					writeErrorPage(w, r, statusClientGone)
					return
				case <-timer.C:
					lines.Do(func() {
						log.Error(fmt.Sprintf("TAWK_MAX_SITE_CONNECTIONS: all %d are in use, and none was free for %s: "+
							"is the site slow, or should it be raised?", most, patience))
					})
					w.Header().Set("Retry-After", "5")
					writeErrorPage(w, r, http.StatusServiceUnavailable)
					return
				}
			}
			defer func() { <-taken }()
			next.ServeHTTP(w, r)
		})
	}
}
