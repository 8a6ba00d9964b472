package main

import (
	"errors"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tawkproxy/session"
)

func TestSessionHints(t *testing.T) {
	visits := func(n int, reason session.Reason) []error {
		all := make([]error, n)
		for i := range all {
			if reason != "" {
				all[i] = &session.Nobody{Reason: reason}
			}
		}
		return all
	}
	for _, test := range []struct {
		name   string
		visits []error
		lines  int
		says   string
	}{
		{"users", visits(300, ""), 0, ""},
		{"few guests", visits(99, session.NoUser), 0, ""},
		{"many guests", visits(1000, session.NoUser), 1, "TAWK_USER_ID"},
		{"guests after a user", append(visits(1, ""), visits(1000, session.NoUser)...), 0, ""},
		{"another key", visits(50, session.Forged), 1, "another key"},
		{"an old cookie after a guest", append(visits(1, session.NoUser), visits(50, session.Forged)...), 0, ""},
		{"another folder", visits(20, session.NoRecord), 1, "TAWK_SESSION_STORE"},
		{"another cookie", visits(300, session.NoCookie), 1, "cookie=shop"},
		{"first visits", append(visits(1, session.NoRecord), visits(300, session.NoCookie)...), 0, ""},
		{"another proxy", visits(2, session.Untrusted), 1, "TAWK_TRUSTED_PROXIES"},
		{"two doubts", append(visits(10, session.Malformed), visits(20, session.Expired)...), 2, "MAX_AGE"},
		{"a store that is down", []error{errors.New("refused"), errors.New("refused")}, 1, "cause=refused visits=1"},
	} {
		var log strings.Builder
		h := &sessionHints{cookie: "shop", log: slog.New(slog.NewTextHandler(&log, nil))}
		for _, err := range test.visits {
			h.observe(httptest.NewRequest("GET", "/page", nil), err)
		}
		if lines := strings.Count(log.String(), "\n"); lines != test.lines || !strings.Contains(log.String(), test.says) {
			t.Errorf("%s: %s", test.name, log.String())
		}
	}
}

// A key that is not the site's is told from visitors with old cookies, and the program says what to do.
func TestSessionHintsAtWork(t *testing.T) {
	town := newTown(t, "TAWK_SESSION_KEY=not the key of the shop, as it happens", "TAWK_LOG_LEVEL=debug")
	b := newBrowser(t, town.url)
	b.post("/login", "person=ada")
	for range doubtful[session.Forged].after {
		b.page("/", "nobody")
	}
	town.stop()
	for deadline := time.Now().Add(10 * time.Second); !strings.Contains(town.Log(), "visits so far") && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond) // until the last line has been read
	}
	for _, line := range []string{
		`"msg":"nobody has been recognised yet; this is said once","reason":"forged"`, `"msg":"visits so far"`, `"reason":"forged","path":"/","cause":"`,
	} {
		if !strings.Contains(town.Log(), line) {
			t.Errorf("there is no %s in\n%s", line, town.Log())
		}
	}
}
