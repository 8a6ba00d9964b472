package recipe

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"tawkproxy/session"
)

// cachedRecipe counts how often it decodes. The value is the id; its session was issued at start and ends an hour later.
func cachedRecipe(clock *time.Time, most int) (source *Recipe, decoded *int) {
	decoded = new(int)
	start := *clock
	return &Recipe{Name: "cached", Cookie: "s", Mapping: session.Mapping{ID: "id"}, Now: func() time.Time { return *clock },
		cache: NewCache(most, RememberBytes, State.Size), MaxAge: 90 * time.Minute,
		Steps: []Step{func(_ context.Context, _ *Visit, s State) (State, error) {
			*decoded++
			if string(s.Data) == "forged" {
				return s, session.Nobodyf(session.Forged, "no key fits")
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
		reason  session.Reason
		decoded int // so far
	}{
		{0, "ada", "", 1},
		{0, "ada", "", 1},
		{0, "jose", "", 2},
		{0, "ada", "", 2},
		{0, "forged", session.Forged, 3},
		{0, "forged", session.Forged, 4},
		{0, "ada", "", 4},
		{0, "endless", "", 5}, // jose goes
		{0, "ada", "", 5},
		{0, "jose", "", 6}, // endless goes
		{0, "endless", "", 7},
		{59 * time.Minute, "jose", "", 7},
		{time.Minute, "jose", session.Expired, 7}, // never past its own end
		{0, "endless", "", 7},
		{31 * time.Minute, "endless", session.Expired, 7}, // nor past MaxAge
	}
	for i, step := range steps {
		clock = clock.Add(step.after)
		r := httptest.NewRequest("GET", "http://shop.example/", nil)
		r.Header.Set("Cookie", "s="+step.value)
		u, err := source.Identify(r, nil)
		if reason, _ := session.NobodyReason(err); reason != step.reason || err == nil && u.ID != step.value || *decoded != step.decoded {
			t.Fatalf("step %d, %s: got %+v, %v, %d times decoded", i, step.value, u, err, *decoded)
		}
	}
}

// Many visitors at once, and never one with the session of another.
func TestCacheCrossesNoSessions(t *testing.T) {
	c := NewCache[string](50, RememberBytes, nil)
	var visitors sync.WaitGroup
	for v := range 8 {
		visitors.Go(func() {
			for i := range 2000 {
				value := fmt.Sprint((i*7 + v) % 100)
				if s, ok := c.Get(value); ok && s != value {
					t.Errorf("asked for %s, got %s", value, s)
				}
				c.Put(value, value)
			}
		})
	}
	visitors.Wait()
	if one := cacheEntry + 16; c.known.Len() != 50 || c.bytes != 50*one {
		t.Errorf("%d sessions in %d bytes, want 50 in %d", c.known.Len(), c.bytes, 50*one)
	}
}

// A cache keeps to its budget, whatever comes, and counts what it holds and nothing else.
func TestCacheBudget(t *testing.T) {
	const one = cacheEntry + 16 // without its text
	c := NewCache(100, 10_000, func(text string) int { return len(text) })
	for i, step := range []struct {
		word   string
		size   int
		number int
		bytes  int
	}{
		{"a", 1000, 1, one + 1000},
		{"b", 2000, 2, 2*one + 3000},
		{"a", 3000, 2, 2*one + 5000}, // in the place of the first
		{"c", 4000, 3, 3*one + 9000},
		{"d", 1000, 3, 3*one + 8000}, // b goes
		{"e", 8000, 2, 2*one + 9000}, // a and c go
		{"f", 9999, 0, 0},            // too large
		{"g", 10, 1, one + 10},
	} {
		c.Put(step.word, strings.Repeat("x", step.size))
		if c.known.Len() != step.number || c.bytes != step.bytes {
			t.Fatalf("step %d: %d in %d bytes, want %d in %d", i, c.known.Len(), c.bytes, step.number, step.bytes)
		}
		if text, ok := c.Get(step.word); ok != (step.number > 0) || ok && len(text) != step.size {
			t.Fatalf("step %d: %d bytes, %t", i, len(text), ok)
		}
	}
}
