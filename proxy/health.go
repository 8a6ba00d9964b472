package proxy

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"
)

const (
	checkValid   = time.Second            // how long the answer of one check serves all who ask
	checkTimeout = 800 * time.Millisecond // below the second that Kubernetes gives a probe
)

// Health returns the handler of the admin listener: /healthz says that the program is alive, /readyz that it is worth sending
// visitors to, because the site can be reached and stopping is not closed. If not, it says in words what is wrong.
func Health(way func() Way, stopping <-chan struct{}) http.Handler {
	site := &reachable{way: way}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, "alive") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		select {
		case <-stopping:
			say(w, http.StatusServiceUnavailable, "not ready: stopping, running requests are being finished")
			return
		default:
		}
		if err := site.check(); err != nil {
			say(w, http.StatusServiceUnavailable, "not ready: "+err.Error())
			return
		}
		say(w, http.StatusOK, "ready")
	})
	return mux
}

func say(w http.ResponseWriter, status int, words string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	fmt.Fprintln(w, words)
}

// Reach tells whether the site accepts connections. Its error is an [Unreachable].
func Reach(ctx context.Context, way Way) error {
	if err := way.connect(ctx); err != nil {
		f := failureOf(err)
		return Unreachable{way.URL.Redacted(), f.cause, f.remedy}
	}
	return nil
}

// Unreachable is what is wrong with the site's address, or with the site, in words for the operator.
type Unreachable struct{ Site, Cause, Remedy string }

func (u Unreachable) Error() string {
	return "TAWK_UPSTREAM " + u.Site + " " + u.Cause + ": " + u.Remedy
}

// reachable knows whether the site accepts connections.
type reachable struct {
	way func() Way

	mu      sync.Mutex // held during a check, so that all who ask meanwhile share its answer
	checked time.Time
	err     error
}

func (r *reachable) check() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.checked.IsZero() && time.Since(r.checked) < checkValid {
		return r.err
	}
	// Not the asker's context: its going away says nothing about the site.
	ctx, cancel := context.WithTimeout(context.Background(), checkTimeout)
	defer cancel()
	r.err = Reach(ctx, r.way())
	r.checked = time.Now()
	return r.err
}
