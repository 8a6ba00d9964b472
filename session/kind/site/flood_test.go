package site

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tawkproxy/session/kind"
	"tawkproxy/session/sessiontest"
)

// A question ends with the last who waits for its answer.
func TestAskEndsWithLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked, ended atomic.Int32
		source := mustAsk(t, AskOptions{Questions: kind.Questions{Site: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked.Add(1)
			select {
			case <-r.Context().Done():
				ended.Add(1)
			case <-time.After(time.Second):
				io.WriteString(w, `{"id":42}`)
			}
		})}})
		ask := func(stay time.Duration, want string) {
			ctx, cancel := context.WithTimeout(t.Context(), stay)
			defer cancel()
			if u, err := source.Identify(sessiontest.Visitor("s=1").WithContext(ctx), nil); u.ID != want || (err == nil) != (want != "") {
				t.Errorf("after %v: got %+v, %v", stay, u, err)
			}
		}
		ask(300*time.Millisecond, "")
		synctest.Wait()
		if asked.Load() != 1 || ended.Load() != 1 {
			t.Errorf("%d questions, %d ended with their asker", asked.Load(), ended.Load())
		}
		go ask(300*time.Millisecond, "")
		go ask(500*time.Millisecond, "")
		ask(2*time.Second, "42")
		if asked.Load() != 2 || ended.Load() != 1 {
			t.Errorf("%d questions, %d ended, although somebody waited", asked.Load(), ended.Load())
		}
	})
}

// Whoever invents browsers and languages for one session asks one question at a time, and hears of their own answers only.
func TestAskOneSessionAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var at, most atomic.Int32
		source := mustAsk(t, AskOptions{Questions: kind.Questions{Site: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			most.Store(max(most.Load(), at.Add(1)))
			time.Sleep(100 * time.Millisecond)
			at.Add(-1)
			fmt.Fprintf(w, `{"id":%q}`, r.UserAgent())
		})}})
		for i := range 20 {
			go func() {
				r := sessiontest.Visitor("s=1")
				r.Header.Set("User-Agent", fmt.Sprint("browser ", i))
				if u, err := source.Identify(r, nil); err != nil || u.ID != r.UserAgent() {
					t.Errorf("%s: got %+v, %v", r.UserAgent(), u, err)
				}
			}()
		}
		start := time.Now()
		time.Sleep(10 * time.Millisecond)
		other := sessiontest.Visitor("s=2")
		other.Header.Set("User-Agent", "other")
		if u, err := source.Identify(other, nil); err != nil || time.Since(start) > 200*time.Millisecond {
			t.Errorf("another session: got %+v, %v after %v", u, err, time.Since(start))
		}
		time.Sleep(5 * time.Second)
		if most.Load() != 2 {
			t.Errorf("%d questions at once about two sessions", most.Load())
		}
	})
}

// One client has at most half of the places, and the others do not wait behind it.
func TestPlacesAreShared(t *testing.T) {
	testOrderOfPlaces(t)
	synctest.Test(t, func(t *testing.T) {
		p := newPlaces(4)
		var has [3]atomic.Int32
		come := func(client int, stay time.Duration) {
			leave, ok := p.take(t.Context(), fmt.Sprint(client))
			if !ok {
				return
			}
			has[client].Add(1)
			time.Sleep(stay)
			has[client].Add(-1)
			leave()
			leave() // does nothing more
		}
		check := func(what string, want ...int32) {
			t.Helper()
			synctest.Wait()
			for client, n := range want {
				if got := has[client].Load(); got != n {
					t.Errorf("%s: client %d has %d places, want %d", what, client, got, n)
				}
			}
		}
		for range 100 {
			go come(0, time.Second)
		}
		check("one alone", 2, 0, 0)
		for range 50 {
			go come(1, time.Second)
		}
		check("two", 2, 2, 0)
		go come(2, time.Second)
		check("a third who waits", 2, 2, 0)
		time.Sleep(time.Second)
		synctest.Wait()
		if first, second, third := has[0].Load(), has[1].Load(), has[2].Load(); third != 1 || first+second != 3 {
			t.Errorf("a third whose turn it is: the clients have %d, %d and %d places", first, second, third)
		}
		for range 10 { // who give up
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if leave, ok := p.take(ctx, "2"); ok {
				leave()
			}
		}
		time.Sleep(time.Hour)
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.free != 4 || len(p.clients) != 0 {
			t.Errorf("in the end %d places are free, %d clients remembered", p.free, len(p.clients))
		}
	})
}

// A place goes to who has the fewest, even if that one had one last, and among equals to who had one least lately.
func testOrderOfPlaces(t *testing.T) {
	for _, test := range []struct {
		places int
		first  []string // take places; the last of them leaves
		wait   []string
		next   string
	}{
		{4, []string{"a", "x", "x", "b"}, []string{"a", "b"}, "b"},
		{2, []string{"x", "b"}, []string{"b", "a"}, "a"},
	} {
		synctest.Test(t, func(t *testing.T) {
			for range 20 { // the order in which clients are looked at is by chance
				p := newPlaces(test.places)
				var leaves []func()
				for _, client := range test.first {
					leave, _ := p.take(t.Context(), client)
					leaves = append(leaves, leave)
				}
				ctx, cancel := context.WithCancel(t.Context())
				got := make(chan string, len(test.wait))
				for _, client := range test.wait {
					go func() {
						if _, ok := p.take(ctx, client); ok {
							got <- client
						}
					}()
					synctest.Wait()
				}
				leaves[len(leaves)-1]()
				synctest.Wait()
				if next := <-got; next != test.next {
					t.Errorf("of %v the place went to %s, want %s", test.wait, next, test.next)
				}
				cancel()
				synctest.Wait()
			}
		})
	}
}
