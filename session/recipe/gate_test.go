package recipe

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
)

func TestGate(t *testing.T) {
	g := make(gate, 3)
	var inside, most atomic.Int32
	var visitors sync.WaitGroup
	for range 50 {
		visitors.Go(func() {
			if err := g.enter(t.Context()); err != nil {
				t.Error(err)
				return
			}
			defer g.leave()
			n := inside.Add(1)
			for seen := most.Load(); n > seen && !most.CompareAndSwap(seen, n); seen = most.Load() {
			}
			inside.Add(-1)
		})
	}
	visitors.Wait()
	if most.Load() > 3 {
		t.Errorf("%d inside at once", most.Load())
	}
	for range 3 {
		g.enter(t.Context())
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := g.enter(gone); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	var open gate
	if err := open.enter(gone); err != nil {
		t.Error(err)
	}
	open.leave()
}
