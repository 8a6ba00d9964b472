package proxy

import (
	"context"
	"fmt"
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
		var clients atomic.Int32
		each := func(*http.Request) string { return fmt.Sprint(clients.Add(1)) } // is a client of its own
		handler := Places(3, each, NewErrorPages("", testLog(log)))(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
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

func peer(r *http.Request) string { return r.RemoteAddr }

// One client that holds on to whatever it gets, and wants more, leaves room for others; even several do.
func TestPlacesAreShared(t *testing.T) {
	for _, hogs := range []int{1, 2, 5} {
		synctest.Test(t, func(t *testing.T) {
			const most = 1024
			log := &logLines{}
			p := newPlaces(most, peer, NewErrorPages("", testLog(log)))
			ctx, end := context.WithCancel(t.Context())
			handler := p.layer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
			var all sync.WaitGroup
			ask := func(ctx context.Context, client string) int {
				r := httptest.NewRequestWithContext(ctx, "GET", "/", nil)
				r.RemoteAddr = client
				w := httptest.NewRecorder()
				handler.ServeHTTP(w, r)
				return w.Code
			}
			var refused atomic.Int32
			for i := range hogs * 2 * most {
				all.Go(func() {
					if ask(ctx, string(rune('a'+i%hogs))) == http.StatusServiceUnavailable {
						refused.Add(1)
					}
				})
			}
			synctest.Wait()
			left, least := p.free, most
			for range hogs { // at worst one comes after the other
				had := 0
				for had < placeFactor*(least-had) {
					had++
				}
				least -= had
			}
			if left < least || least == 0 {
				t.Errorf("%d who want all leave %d places of %d, want %d at least", hogs, left, most, least)
			}
			began := time.Now()
			for range 100 {
				visit, leave := context.WithTimeout(ctx, time.Millisecond)
				if code := ask(visit, "visitor"); code != 200 {
					t.Fatalf("a visitor got %d", code)
				}
				leave()
			}
			if waited := time.Since(began); waited != 100*time.Millisecond {
				t.Errorf("a hundred visits took %v", waited)
			}
			// Half as many as there are places may wait, so that the rest does not hold connections.
			if want := int32(2*hogs*most - (most - left) - hogs*most/2); refused.Load() != want {
				t.Errorf("%d were refused at once, want %d", refused.Load(), want)
			}
			if lines := log.with("TAWK_TRUSTED_PROXIES"); len(lines) != 1 {
				t.Errorf("logged %v", lines)
			}
			end()
			all.Wait()
			if p.free != most || len(p.clients) != 0 {
				t.Errorf("afterwards %d are free, %d clients known", p.free, len(p.clients))
			}
		})
	}
}

// A place that falls free goes to the one who has the fewest, and among equals to who came first.
func TestPlacesGoToThoseWhoHaveFewest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlaces(2, peer, NewErrorPages("", testLog(&logLines{})))
		handler := p.layer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			stay, _ := time.ParseDuration(r.URL.Query().Get("stay"))
			time.Sleep(stay)
		}))
		began := time.Now()
		var all sync.WaitGroup
		var took sync.Map
		for _, visit := range []struct{ name, client, stay string }{
			{"has one", "many", "9s"}, {"has another", "x", "1s"}, // both places
			{"wants a second", "many", "1s"}, {"b", "b", "1s"}, {"a", "a", "1s"}, {"c", "c", "1s"},
		} {
			all.Go(func() {
				r := httptest.NewRequest("GET", "/?stay="+visit.stay, nil)
				r.RemoteAddr = visit.client
				handler.ServeHTTP(httptest.NewRecorder(), r)
				took.Store(visit.name, time.Since(began))
			})
			synctest.Wait()
		}
		all.Wait()
		for name, want := range map[string]time.Duration{"b": 2, "a": 3, "c": 4, "wants a second": 5, "has one": 9} {
			if of, _ := took.Load(name); of != want*time.Second {
				t.Errorf("%s: done after %v, want %d s", name, of, want)
			}
		}
	})
}
