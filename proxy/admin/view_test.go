package admin

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestChecks goes through what the page says first, as it changes with what is counted.
func TestChecks(t *testing.T) {
	f := NewFigures("1", Lists{
		Pages:      []Label{{Inserted, User, ""}, {Skipped, "charset", ""}, {NoPage, "status", ""}},
		Identities: []Label{{User, "recognised", ""}, {Nobody, "no_cookie", "the visit carries no session"}, {Unknown, "failed", ""}},
		Reports:    []Label{{"login", "401", "check the key"}, {"login", "500", "wait"}, {"logout", "401", "check the key"}},
	})
	health, words := http.StatusOK, "ready"
	s := &status{Options{Figures: f, Problems: NewProblems(slog.DiscardHandler), Site: "http://site", Settings: func() []slog.Attr { return nil },
		Health: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method != "GET" || r.URL.Path != "/readyz" {
				t.Errorf("asked is %s %s", r.Method, r.URL)
			}
			w.WriteHeader(health)
			io.WriteString(w, words+"\n")
		})}}
	repeat := func(n int, do func()) func() {
		return func() {
			for range n {
				do()
			}
		}
	}
	for _, step := range []struct {
		name  string
		do    func()
		later time.Duration
		want  []string // of the site, the key, the users and the pages
	}{
		{"at the start", func() {}, 0, []string{"good Yes, it accepts connections at http://site.", "wait Not known yet: nobody has been logged in.",
			"wait Nobody has come by yet.", "wait No page has been asked for yet."}},
		{"the site is down", func() { health, words = 503, "not ready: TAWK_UPSTREAM refused the connection" }, 0,
			[]string{"bad not ready: TAWK_UPSTREAM refused the connection"}},
		{"guests", repeat(3, func() { f.Identities.Inc(Nobody, "no_cookie") }), 0, []string{"", "wait Not known", "wait Nobody yet, in 3 visits. Most often no_cookie: the visit carries no session."}},
		{"only pages that stay as they are", repeat(2, func() { f.Pages.Inc(Skipped, "charset"); f.Pages.Inc(NoPage, "status") }), 0,
			[]string{"", "", "", "bad No: all 2 pages went out as they came"}},
		{"a user", func() { f.Identities.Inc(User, "recognised"); f.Pages.Inc(Inserted, User) }, 0,
			[]string{"", "good Yes, as far as browsers say: none has reported a refusal, and users were named once.", "good Yes: 1 of 4 visits had a user.",
				"good Yes: 1 did, 2 went out as they came."}},
		{"tawk.to is busy", func() { f.Reports.Inc("login", "500") }, 0, []string{"", "good Yes"}},
		{"tawk.to refuses", func() { f.Reports.Inc("login", "401") }, time.Minute,
			[]string{"", "bad No: browsers report a refusal, once so far, last 1 min ago. check the key"}},
		{"and again", func() { f.Reports.Inc("logout", "401") }, 0, []string{"", "bad No: browsers report a refusal, 2 times so far, last just now. check the key"}},
		{"but not any more", func() {}, 2 * believed, []string{"", "wait It was refused 2 times, last 20 min ago"}},
		{"the store is down", func() { f.Identities.Inc(Unknown, "failed") }, 0, []string{"", "", "bad Of 5 visits, 1 could not be told"}},
		{"a report that there is not", func() { f.Reports.Inc("login", "999") }, 0, nil},
	} {
		step.do()
		v := s.view(httptest.NewRequest("HEAD", "/", nil), time.Now().Add(step.later))
		for i, want := range step.want {
			if got := strings.TrimSpace(v.Checks[i].State + " " + v.Checks[i].Says + " " + v.Checks[i].Mend); !strings.HasPrefix(got, want) {
				t.Errorf("%s: %s, want %s", step.name, got, want)
			}
		}
	}
}

func TestNumbers(t *testing.T) {
	for seconds, want := range map[float64]string{25e-6: "25 µs", 1.5e-6: "1.5 µs", 260e-6: "260 µs", 1e-3: "1 ms", 0.0123: "12 ms", 2.5: "2.5 s", 30: "30 s"} {
		if got := short(seconds); got != want {
			t.Errorf("%v: %s, want %s", seconds, got, want)
		}
	}
	for n, want := range map[uint64]string{0: "0", 999: "999", 1000: "1\u202f000", 1234567: "1\u202f234\u202f567"} {
		if got := number(n); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
	for n, want := range map[uint64]uint64{0: 4, 4: 4, 7: 8, 13: 16, 31: 40, 806: 1000, 1001: 1200} {
		if got := roundUp(n); got != want {
			t.Errorf("%d is rounded up to %d, want %d", n, got, want)
		}
	}
}
