package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestQuestionFlood: one client invents sessions on 150 connections, and hangs up. Honest visitors, who come by a proxy, are told
// who they are nevertheless. The site takes a second for an answer.
func TestQuestionFlood(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Parallel()
	const connections, honest = 150, 16
	var asked atomic.Int64
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		select {
		case <-time.After(time.Second):
		case <-r.Context().Done():
		}
		login, _ := r.Cookie("s")
		fmt.Fprintf(w, `{"id":%q}`, login.Value)
	}))
	t.Cleanup(site.Close)
	program := front(t, site.URL, "TAWK_SESSION=site", "TAWK_SESSION_URL=/api/me", "TAWK_SESSION_COOKIE=s", "TAWK_USER_ID=id")
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	ask := func(ctx context.Context, from, session string) string {
		r, err := http.NewRequestWithContext(ctx, "GET", program.url+"/.tawkproxy/user", nil)
		if err != nil {
			t.Error(err)
			return ""
		}
		r.Header.Set("Cookie", "s="+session)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("X-Forwarded-For", from) // loopback is a trusted proxy
		answer, err := client.Do(r)
		if err != nil {
			return err.Error()
		}
		defer answer.Body.Close()
		body, _ := io.ReadAll(answer.Body)
		return string(body)
	}

	flood, end := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for _, how := range []string{"who hang up", "who stay"} {
		stay := map[string]time.Duration{"who hang up": 200 * time.Millisecond, "who stay": time.Minute}[how]
		for i := range connections / 2 {
			all.Go(func() {
				for n := 0; flood.Err() == nil; n++ {
					ctx, cancel := context.WithTimeout(flood, stay)
					ask(ctx, "203.0.113.66", fmt.Sprintf("%s-%d-%d", how[4:5], i, n))
					cancel()
				}
			})
		}
	}
	for asked.Load() < 100 {
		time.Sleep(10 * time.Millisecond)
	}
	var visitors sync.WaitGroup
	var known, slowest atomic.Int64
	for i := range honest {
		visitors.Go(func() {
			start, id := time.Now(), fmt.Sprint("honest", i)
			if said := ask(t.Context(), fmt.Sprintf("198.51.100.%d", i), id); strings.Contains(said, `"`+id+`"`) {
				known.Add(1)
			} else {
				t.Logf("%s heard %s", id, said)
			}
			slowest.Store(max(slowest.Load(), int64(time.Since(start))))
		})
	}
	visitors.Wait()
	end()
	all.Wait()
	t.Logf("%d of %d honest visitors were told who they are, the last after %v, while %d questions reached the site", known.Load(), honest,
		time.Duration(slowest.Load()).Round(10*time.Millisecond), asked.Load())
	if known.Load() < honest {
		t.Error("one client silences the others")
	}
}
