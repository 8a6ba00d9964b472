package store_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"tawkproxy/session"
	"tawkproxy/session/recipe"
	"tawkproxy/session/store"
	"tawkproxy/session/store/storetest"
)

func TestOpenStore(t *testing.T) {
	for _, good := range []string{"file:///var/lib/sessions", "redis://localhost:6379/1", "rediss://:pw@redis.example",
		"unix:///run/redis.sock?db=2", "redis+sentinel://a:26379/0?master_name=m&addr=b:26379",
		"rediss+cluster://user:pw@a:6379?addr=b:6379"} {
		place, err := store.OpenStore(good, time.Second)
		if err != nil {
			t.Errorf("%s: %v", good, err)
		}
		if redis, ok := place.(*store.Redis); ok {
			redis.Close()
		}
	}
	for _, bad := range []string{"", "/var/lib", "file://var/lib", "file:relative", "http://x", "redis://:hunter/2@h:6379",
		"redis+sentinel://hunter2@a:26379/0", "redis+other://hunter2@a", "redis://hunter2@a/x", "redis://hunter2@a/1?hunter=2"} {
		_, err := store.OpenStore(bad, time.Second)
		if err == nil {
			t.Errorf("%s is opened", bad)
		} else if strings.Contains(err.Error(), "hunter") {
			t.Errorf("the error quotes the password: %v", err)
		}
	}
}

func TestFetch(t *testing.T) {
	asked := ""
	store := storetest.StoreFunc(func(_ context.Context, key string) (store.Record, error) {
		asked = key
		return store.Record{Data: []byte("record"), Modified: time.Unix(7, 0)}, nil
	})
	step := recipe.Fetch(store, `[a-z]{4}|[0-9]+`, recipe.Prefixed("sess_"))
	visit := &recipe.Visit{Now: time.Unix(1795357041, 0)}
	state, err := step(t.Context(), visit, recipe.State{Data: []byte("abcd"), Values: "old", Issued: time.Unix(5, 0)})
	if err != nil || asked != "sess_abcd" || string(state.Data) != "record" || state.Values != nil ||
		!state.Modified.Equal(time.Unix(7, 0)) || !state.Issued.Equal(time.Unix(5, 0)) {
		t.Errorf("asked %q, got %+v, %v", asked, state, err)
	}
	for _, id := range []string{"", "abc", "abcde", "abcd\n", "abcd1", "../x", "x/../../etc/passwd", "abcd\x00", "a*cd", "ABCD"} {
		asked = ""
		_, err := step(t.Context(), visit, recipe.State{Data: []byte(id)})
		if reason, _ := session.NobodyReason(err); reason != session.Malformed || asked != "" {
			t.Errorf("%q: asked %q, got %v", id, asked, err)
		}
	}
}

// A store that fails again and again is left alone for a moment; then one visitor finds out whether it is back.
func TestFetchSparesADeadStore(t *testing.T) {
	asked, down := 0, true
	place := storetest.StoreFunc(func(context.Context, string) (store.Record, error) {
		asked++
		if down {
			return store.Record{}, errors.New("refused")
		}
		return store.Record{}, &session.Nobody{Reason: session.NoRecord}
	})
	step := recipe.Fetch(place, `.*`, recipe.Prefixed(""))
	at := time.Unix(1795357041, 0)
	visit := func() error {
		_, err := step(t.Context(), &recipe.Visit{Now: at}, recipe.State{Data: []byte("id")})
		return err
	}
	for range store.BreakAfter + 10 {
		if _, certain := session.NobodyReason(visit()); certain {
			t.Fatal("a store that is down is certain")
		}
	}
	if asked != store.BreakAfter {
		t.Errorf("asked %d times, want %d", asked, store.BreakAfter)
	}
	at = at.Add(store.BreakPause)
	visit()
	visit()
	if asked != store.BreakAfter+1 {
		t.Errorf("after the pause asked %d times, want once", asked-store.BreakAfter)
	}
	down, at = false, at.Add(store.BreakPause)
	for range 3 {
		if reason, _ := session.NobodyReason(visit()); reason != session.NoRecord {
			t.Errorf("the store is back, but got %q", reason)
		}
	}
}

// A visitor who leaves says nothing about the store.
func TestFetchOfAVisitorWhoLeft(t *testing.T) {
	asked := 0
	step := recipe.Fetch(storetest.StoreFunc(func(ctx context.Context, _ string) (store.Record, error) {
		asked++
		return store.Record{}, ctx.Err()
	}), `.*`, recipe.Prefixed(""))
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for range store.BreakAfter + 1 {
		step(gone, &recipe.Visit{Now: time.Unix(1795357041, 0)}, recipe.State{Data: []byte("id")})
	}
	if asked != store.BreakAfter+1 {
		t.Error("visitors who left made the store look dead")
	}
}
