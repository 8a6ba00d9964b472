package proxy

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestPlaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var here, most atomic.Int32 // at the site
		log := &logLines{}
		handler := places(3, 30*time.Second, testLog(log))(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			most.Store(max(most.Load(), here.Add(1)))
			time.Sleep(20 * time.Second)
			here.Add(-1)
		}))
		var all sync.WaitGroup
		var busy atomic.Int32
		for range 9 {
			all.Go(func() {
				w := httptest.NewRecorder()
				handler.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
				if w.Code == http.StatusServiceUnavailable && w.Header().Get("Retry-After") != "" {
					busy.Add(1)
				}
			})
		}
		time.Sleep(time.Second) // those nine come first
		ctx, leave := context.WithCancel(t.Context())
		all.Go(func() {
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, httptest.NewRequestWithContext(ctx, "GET", "/", nil))
			if w.Code != statusClientGone {
				t.Errorf("who left got %d", w.Code)
			}
		})
		time.Sleep(time.Second)
		leave()
		all.Wait()
		// Three at once, three after 20 seconds, and for the last three there is no place within 30.
		if most.Load() != 3 || busy.Load() != 3 {
			t.Errorf("%d at once, %d told that the site is busy", most.Load(), busy.Load())
		}
		if lines := log.with("TAWK_MAX_SITE_CONNECTIONS: all 3 are in use"); len(lines) != 1 {
			t.Errorf("logged %v", lines)
		}
	})
}
