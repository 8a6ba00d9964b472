package recipe

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"tawkproxy/session"
	"tawkproxy/session/cookie"
	"tawkproxy/session/record"
	"tawkproxy/session/sessiontest"
)

// Only so many sessions are decoded at once; whoever waits may leave.
func TestDecodeAtOnce(t *testing.T) {
	var inside, most atomic.Int32
	entered, release := make(chan struct{}, 50), make(chan struct{})
	slow := func(ctx context.Context, _ *Visit, s State) (State, error) {
		n := inside.Add(1)
		defer inside.Add(-1)
		for seen := most.Load(); n > seen && !most.CompareAndSwap(seen, n); seen = most.Load() {
		}
		entered <- struct{}{}
		select {
		case <-release:
			return s, nil
		case <-ctx.Done():
			return s, ctx.Err()
		}
	}
	r, err := Remembering(Setup{Cookie: "s", Mapping: session.Mapping{ID: "id"}}.Recipe("test", []cookie.Reader{cookie.NodeCookies}, record.ParseJSON, slow))
	if err != nil {
		t.Fatal(err)
	}
	identify := func(ctx context.Context, id int) error {
		_, err := r.Identify(sessiontest.WithCookie("s", fmt.Sprintf(`{"id":%d}`, id)).WithContext(ctx), http.Header{})
		return err
	}
	var visitors sync.WaitGroup
	for id := range 50 {
		visitors.Go(func() {
			if err := identify(t.Context(), id+1); err != nil {
				t.Error(err)
			}
		})
	}
	for range decodeAtOnce {
		<-entered
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := identify(gone, 51); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	close(release)
	visitors.Wait()
	if most.Load() != decodeAtOnce {
		t.Errorf("%d inside at once", most.Load())
	}
}
