package session

import (
	"context"
	"fmt"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// cachedRecipe counts how often it decodes. The value is the id; its session was issued at start and ends an hour later.
func cachedRecipe(clock *time.Time, most int) (source *Recipe, decoded *int) {
	decoded = new(int)
	start := *clock
	return &Recipe{Name: "cached", Cookie: "s", Mapping: Mapping{ID: "id"}, Now: func() time.Time { return *clock },
		cache: newCache(most), MaxAge: 90 * time.Minute,
		Steps: []Step{func(_ context.Context, _ *Visit, s State) (State, error) {
			*decoded++
			if string(s.Data) == "forged" {
				return s, nobody(Forged, "no key fits")
			}
			s.Issued = start
			if string(s.Data) != "endless" {
				s.Expires = start.Add(time.Hour)
			}
			return s, nil
		}},
		Parse: func(record []byte) (any, error) { return map[string]any{"id": string(record)}, nil },
	}, decoded
}

func TestCache(t *testing.T) {
	clock := time.Unix(1795357041, 0)
	source, decoded := cachedRecipe(&clock, 2)
	steps := []struct {
		after   time.Duration
		value   string
		reason  Reason
		decoded int // so far
	}{
		{0, "ada", "", 1},
		{0, "ada", "", 1},
		{0, "jose", "", 2},
		{0, "ada", "", 2},
		{0, "forged", Forged, 3},
		{0, "forged", Forged, 4},
		{0, "ada", "", 4},
		{0, "endless", "", 5}, // jose goes
		{0, "ada", "", 5},
		{0, "jose", "", 6}, // endless goes
		{0, "endless", "", 7},
		{59 * time.Minute, "jose", "", 7},
		{time.Minute, "jose", Expired, 7}, // never past its own end
		{0, "endless", "", 7},
		{31 * time.Minute, "endless", Expired, 7}, // nor past MaxAge
	}
	for i, step := range steps {
		clock = clock.Add(step.after)
		r := httptest.NewRequest("GET", "http://shop.example/", nil)
		r.Header.Set("Cookie", "s="+step.value)
		u, err := source.Identify(r, nil)
		if reason, _ := NobodyReason(err); reason != step.reason || err == nil && u.ID != step.value || *decoded != step.decoded {
			t.Fatalf("step %d, %s: got %+v, %v, %d times decoded", i, step.value, u, err, *decoded)
		}
	}
}

// Many visitors at once, and never one with the session of another.
func TestCacheCrossesNoSessions(t *testing.T) {
	c := newCache(50)
	var visitors sync.WaitGroup
	for v := range 8 {
		visitors.Go(func() {
			for i := range 2000 {
				value := fmt.Sprint((i*7 + v) % 100)
				if s, ok := c.get(value); ok && s.Values != value {
					t.Errorf("asked for %s, got %v", value, s.Values)
				}
				c.put(value, State{Values: value})
			}
		})
	}
	visitors.Wait()
	if len(c.states) != 50 || c.recent.Len() != 50 {
		t.Errorf("%d sessions and %d entries, want 50", len(c.states), c.recent.Len())
	}
}
