package session

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

// storeFunc is a store made of a function.
type storeFunc func(ctx context.Context, key string) (Record, error)

func (f storeFunc) Get(ctx context.Context, key string) (Record, error) { return f(ctx, key) }

func TestOpenStore(t *testing.T) {
	for _, good := range []string{"file:///var/lib/sessions", "redis://localhost:6379/1", "rediss://:pw@redis.example",
		"unix:///run/redis.sock?db=2", "redis+sentinel://a:26379/0?master_name=m&addr=b:26379",
		"rediss+cluster://user:pw@a:6379?addr=b:6379"} {
		store, err := OpenStore(good, time.Second)
		if err != nil {
			t.Errorf("%s: %v", good, err)
		}
		if redis, ok := store.(*Redis); ok {
			redis.Close()
		}
	}
	for _, bad := range []string{"", "/var/lib", "file://var/lib", "file:relative", "http://x", "redis://:hunter/2@h:6379",
		"redis+sentinel://hunter2@a:26379/0", "redis+other://hunter2@a", "redis://hunter2@a/x", "redis://hunter2@a/1?hunter=2"} {
		_, err := OpenStore(bad, time.Second)
		if err == nil {
			t.Errorf("%s is opened", bad)
		} else if strings.Contains(err.Error(), "hunter") {
			t.Errorf("the error quotes the password: %v", err)
		}
	}
}

func TestFetch(t *testing.T) {
	asked := ""
	store := storeFunc(func(_ context.Context, key string) (Record, error) {
		asked = key
		return Record{Data: []byte("record"), Modified: time.Unix(7, 0)}, nil
	})
	step := fetch(store, `[a-z]{4}|[0-9]+`, prefixed("sess_"))
	visit := &Visit{Now: time.Unix(1795357041, 0)}
	state, err := step(t.Context(), visit, State{Data: []byte("abcd"), Values: "old", Issued: time.Unix(5, 0)})
	if err != nil || asked != "sess_abcd" || string(state.Data) != "record" || state.Values != nil ||
		!state.Modified.Equal(time.Unix(7, 0)) || !state.Issued.Equal(time.Unix(5, 0)) {
		t.Errorf("asked %q, got %+v, %v", asked, state, err)
	}
	for _, id := range []string{"", "abc", "abcde", "abcd\n", "abcd1", "../x", "x/../../etc/passwd", "abcd\x00", "a*cd", "ABCD"} {
		asked = ""
		_, err := step(t.Context(), visit, State{Data: []byte(id)})
		if reason, _ := NobodyReason(err); reason != Malformed || asked != "" {
			t.Errorf("%q: asked %q, got %v", id, asked, err)
		}
	}
}

// A store that fails again and again is left alone for a moment; then one visitor finds out whether it is back.
func TestFetchSparesADeadStore(t *testing.T) {
	asked, down := 0, true
	store := storeFunc(func(context.Context, string) (Record, error) {
		asked++
		if down {
			return Record{}, errors.New("refused")
		}
		return Record{}, &Nobody{Reason: NoRecord}
	})
	step := fetch(store, `.*`, prefixed(""))
	at := time.Unix(1795357041, 0)
	visit := func() error {
		_, err := step(t.Context(), &Visit{Now: at}, State{Data: []byte("id")})
		return err
	}
	for range breakAfter + 10 {
		if _, certain := NobodyReason(visit()); certain {
			t.Fatal("a store that is down is certain")
		}
	}
	if asked != breakAfter {
		t.Errorf("asked %d times, want %d", asked, breakAfter)
	}
	at = at.Add(breakPause)
	visit()
	visit()
	if asked != breakAfter+1 {
		t.Errorf("after the pause asked %d times, want once", asked-breakAfter)
	}
	down, at = false, at.Add(breakPause)
	for range 3 {
		if reason, _ := NobodyReason(visit()); reason != NoRecord {
			t.Errorf("the store is back, but got %q", reason)
		}
	}
}

// A visitor who leaves says nothing about the store.
func TestFetchOfAVisitorWhoLeft(t *testing.T) {
	asked := 0
	step := fetch(storeFunc(func(ctx context.Context, _ string) (Record, error) {
		asked++
		return Record{}, ctx.Err()
	}), `.*`, prefixed(""))
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for range breakAfter + 1 {
		step(gone, &Visit{Now: time.Unix(1795357041, 0)}, State{Data: []byte("id")})
	}
	if asked != breakAfter+1 {
		t.Error("visitors who left made the store look dead")
	}
}
