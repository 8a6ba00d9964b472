package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"tawkproxy/config"
	"tawkproxy/session"
	"tawkproxy/session/kinds"
	"tawkproxy/session/recipe"
)

// hintsOf makes the hints for settings beside those of the demo.
func hintsOf(t *testing.T, log *strings.Builder, settings ...string) *sessionHints {
	t.Helper()
	environ := slices.DeleteFunc(demoSettings("http://127.0.0.1:1", "http://127.0.0.1:2"), func(entry string) bool {
		return strings.HasPrefix(entry, "TAWK_SESSION") || strings.HasPrefix(entry, "TAWK_USER")
	})
	cfg, err := load(append(environ, settings...))
	if err != nil {
		t.Fatal(err)
	}
	source, err := openSource(cfg, pageWaits(), http.NotFoundHandler(), nil, func(io.Closer) {}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return newSessionHints(cfg, source.About(), slog.New(slog.NewTextHandler(log, nil)))
}

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
		infos  int
		warns  int
		says   string // in the last line
	}{
		{"users", visits(300, ""), 0, 0, ""},
		{"few guests", visits(fewVisits-1, session.NoUser), 0, 0, ""},
		{"somebody tries", visits(fewVisits, session.NoUser), 1, 0, "TAWK_USER_ID"},
		{"many guests", visits(999, session.NoUser), 1, 1, "TAWK_USER_ID"},
		{"many, many guests", visits(1000, session.NoUser), 1, 2, "visits=1000"},
		{"guests after a user", append(visits(1, ""), visits(1000, session.NoUser)...), 0, 0, ""},
		{"one session that does not count", visits(1, session.Forged), 1, 0, "TAWK_EXPRESS_SECRET"},
		{"another key", visits(50, session.Forged), 1, 1, "TAWK_EXPRESS_SECRET"},
		{"a flood", visits(100_000, session.Forged), 1, 5, "visits=100000"},
		{"an old cookie after a guest", append(visits(1, session.NoUser), visits(50, session.Forged)...), 0, 0, ""},
		{"another folder", visits(20, session.NoRecord), 1, 1, "TAWK_SESSION_STORE"},
		{"another cookie", visits(300, session.NoCookie), 0, 1, "looked_for=connect.sid"},
		{"guests without a session", visits(199, session.NoCookie), 0, 0, ""},
		{"first visits", append(visits(1, session.NoRecord), visits(300, session.NoCookie)...), 1, 0, "no_record"},
		{"another proxy", visits(2, session.Untrusted), 0, 1, "TAWK_TRUSTED_PROXIES"},
		{"two hints", append(visits(10, session.Malformed), visits(20, session.Expired)...), 2, 2, "MAX_AGE"},
		{"a store that is down", []error{errors.New("refused"), errors.New("refused")}, 0, 1, "cause=refused visits=1"},
	} {
		var log strings.Builder
		h := hintsOf(t, &log, "TAWK_SESSION=express", "TAWK_EXPRESS_SECRET=keyboard cat", "TAWK_SESSION_STORE=redis://127.0.0.1:1/3",
			"TAWK_USER_ID=passport.user")
		for _, err := range test.visits {
			h.observe(httptest.NewRequest("GET", "/page", nil), err)
		}
		infos, warns := strings.Count(log.String(), "level=INFO"), strings.Count(log.String(), "level=WARN")
		lines := strings.Split(strings.TrimSpace(log.String()), "\n")
		if infos != test.infos || warns != test.warns || !strings.Contains(lines[len(lines)-1], test.says) {
			t.Errorf("%s: %s", test.name, log.String())
		}
	}
}

// What a session has instead of a user is told in debug lines only: some sites make keys of their users' names.
func TestSessionHintsNameNobody(t *testing.T) {
	var log strings.Builder
	h := hintsOf(t, &log, "TAWK_SESSION=express", "TAWK_EXPRESS_SECRET=keyboard cat", "TAWK_SESSION_STORE=redis://127.0.0.1:1/3",
		"TAWK_USER_ID=passport.user")
	for range 100 {
		_, err := session.Mapping{ID: "passport.user"}.User(map[string]any{"ada_king": "1"})
		h.observe(httptest.NewRequest("GET", "/page", nil), err)
	}
	if strings.Contains(log.String(), "ada_king") || strings.Count(log.String(), "no_user") != 2 {
		t.Errorf("logged %s", log.String())
	}
}

// A visit in a story: the cookies of the request, those that the answer sets, and what the source says.
type hintVisit struct {
	method, cookies string
	sets            []string
	reason          session.Reason
}

// TestSessionHintsOfCookies has what is said about the names of cookies.
func TestSessionHintsOfCookies(t *testing.T) {
	const none = session.NoCookie
	for _, test := range []struct {
		name   string
		visits []hintVisit
		lines  []string // parts that each must hold, separated by " & "
	}{
		{"another name comes", []hintVisit{{"GET", "_ga=1; express.sid=2; basket=3", nil, none}, {"GET", "express.sid=2", nil, none}},
			[]string{`looked_for=connect.sid & request_has="express.sid, basket" & TAWK_SESSION_COOKIE`}},
		{"the site sets another name", []hintVisit{{"GET", "", []string{"express.sid=s%3A1; Path=/; HttpOnly"}, none}},
			[]string{`looked_for=connect.sid & site_sets=express.sid`}},
		{"both", []hintVisit{{"GET", "", []string{"DokuWiki=1; HttpOnly", "lang=de; HttpOnly", "note=1"}, none}, {"GET", "a=1; DokuWiki=1", nil, none}},
			[]string{"site_sets=DokuWiki"}},
		{"the same comes and is set", []hintVisit{{"GET", "shop_session=1", []string{"shop_session=2; HttpOnly"}, none}}, []string{"site_sets=shop_session"}},
		{"the site sets the right one", []hintVisit{{"GET", "authfoo=1", []string{"connect.sid=1; HttpOnly"}, none}, {"GET", "sessfoo=1", nil, none}}, nil},
		{"the right one came once", []hintVisit{{"GET", "connect.sid=1", nil, session.NoUser}, {"GET", "sessfoo=1", nil, none}}, nil},
		{"nothing like a session", []hintVisit{{"GET", "_ga=1; a=1", nil, none}, {"GET", "a=1", nil, none}}, nil},
		{"nothing like a session, but a form was sent", []hintVisit{{"POST", "a=1", nil, ""}, {"GET", "_ga=1; a=1", nil, none}},
			[]string{"request_has=a"}},
		{"nothing like a session, five times", slices.Repeat([]hintVisit{{"GET", "a=1", nil, none}}, 6), []string{"request_has=a"}},
		{"analytics alone", slices.Repeat([]hintVisit{{"GET", "_ga=1; cookieconsent=1", nil, none}}, 50), nil},
		{"after a login that sets nothing new", []hintVisit{{"GET", "connect.sid=1", nil, session.NoUser}, {"POST", "connect.sid=1", nil, ""},
			{"GET", "connect.sid=1", nil, session.NoUser}, {"GET", "connect.sid=1", nil, session.NoUser}},
			[]string{"reason=no_user & TAWK_LOG_LEVEL=debug"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var log strings.Builder
			h := hintsOf(t, &log, "TAWK_SESSION=express", "TAWK_EXPRESS_SECRET=keyboard cat", "TAWK_SESSION_STORE=redis://127.0.0.1:1/3",
				"TAWK_USER_ID=passport.user")
			for _, v := range test.visits {
				r := httptest.NewRequest(v.method, "/page", nil)
				r.Header.Set("Cookie", v.cookies)
				h.answered(&http.Response{Request: r, StatusCode: 200, Header: http.Header{"Set-Cookie": v.sets}})
				if v.reason != "" {
					h.observe(r, &session.Nobody{Reason: v.reason})
				}
			}
			lines := slices.Collect(strings.Lines(log.String()))
			if len(lines) != len(test.lines) {
				t.Fatalf("%d lines, want %d:\n%s", len(lines), len(test.lines), log.String())
			}
			for i, line := range lines {
				for part := range strings.SplitSeq(test.lines[i], " & ") {
					if !strings.Contains(line, part) || !strings.Contains(line, "level=INFO") {
						t.Errorf("no %s in %s", part, line)
					}
				}
				if strings.Contains(line, "_ga") {
					t.Errorf("names a cookie of no interest: %s", line)
				}
			}
		})
	}
}

// Each fault of a store is said when it first keeps somebody unknown, whatever has been said before.
func TestSessionHintsOfFaults(t *testing.T) {
	var log strings.Builder
	h := hintsOf(t, &log, "TAWK_SESSION=express", "TAWK_EXPRESS_SECRET=keyboard cat", "TAWK_SESSION_STORE=redis://127.0.0.1:1/3",
		"TAWK_USER_ID=passport.user")
	r := httptest.NewRequest("GET", "/", nil)
	for _, err := range []error{context.DeadlineExceeded, context.DeadlineExceeded, syscall.ECONNREFUSED, errors.New("odd"), syscall.ECONNREFUSED} {
		h.observe(r, fmt.Errorf("redis: %w", err))
	}
	for text, want := range map[string]int{"deadline exceeded": 1, "connection refused": 1, "nothing listens where TAWK_SESSION_STORE says": 1, "odd": 1, "\n": 3} {
		if got := strings.Count(log.String(), text); got != want {
			t.Errorf("%q %d times, want %d:\n%s", text, got, want, log.String())
		}
	}
}

// Strangers may send cookies of any name: they can neither fill the log nor keep the warning away.
func TestSessionHintsOfJunk(t *testing.T) {
	var log strings.Builder
	h := hintsOf(t, &log, "TAWK_SESSION=express", "TAWK_EXPRESS_SECRET=keyboard cat", "TAWK_SESSION_STORE=redis://127.0.0.1:1/3",
		"TAWK_USER_ID=passport.user")
	for i := range 5000 {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Cookie", "sess"+strconv.Itoa(i)+"=1; sess\x1b[2J=2; "+strings.Repeat("sid", 100)+"=3")
		h.answered(&http.Response{Request: r, StatusCode: 200, Header: http.Header{"Set-Cookie": {"sid" + strconv.Itoa(i) + "=1"}}})
		h.observe(r, &session.Nobody{Reason: session.NoCookie})
	}
	if lines := strings.Count(log.String(), "\n"); lines > mostHintKeys+mostNames+2 || !strings.Contains(log.String(), "level=WARN") {
		t.Errorf("%d lines:\n%s", lines, log.String())
	}
	if strings.Contains(log.String(), "x1b") || len(log.String()) > 100*lineOfLog {
		t.Errorf("%d bytes:\n%s", len(log.String()), log.String())
	}
}

const lineOfLog = 1000 // bytes that a line has at most, generously

// TestSessionRemedies holds that remedies name the settings that are in force.
func TestSessionRemedies(t *testing.T) {
	folder := t.TempDir()
	for _, c := range []struct {
		settings string
		reason   session.Reason
		says     []string
		not      string
	}{
		{"TAWK_SESSION=php TAWK_PHP_SAVE_PATH=" + folder + " TAWK_USER_ID=uid", session.NoRecord, []string{"TAWK_PHP_SAVE_PATH", "folder"}, "TAWK_SESSION_STORE"},
		{"TAWK_SESSION=php TAWK_SESSION_STORE=file://" + folder + " TAWK_USER_ID=uid", session.NoRecord, []string{"TAWK_SESSION_STORE", "folder"}, "TAWK_PHP_SAVE_PATH"},
		{"TAWK_SESSION=php TAWK_PHP_SAVE_PATH=tcp://127.0.0.1:6379 TAWK_USER_ID=uid", session.NoRecord,
			[]string{"TAWK_PHP_SAVE_PATH", "number of the database", "prefix= in TAWK_PHP_SAVE_PATH"}, "folder"},
		{"TAWK_SESSION=express TAWK_EXPRESS_SECRET=cat TAWK_SESSION_STORE=redis://127.0.0.1:1/3 TAWK_USER_ID=u", session.NoRecord,
			[]string{"number of the database", "TAWK_EXPRESS_PREFIX"}, "folder"},
		{"TAWK_SESSION=express TAWK_EXPRESS_SECRET=cat TAWK_SESSION_STORE=redis://127.0.0.1:1/3 TAWK_USER_ID=u", session.NoCookie,
			[]string{"TAWK_SESSION_COOKIE", "usual name of TAWK_SESSION=express"}, ""},
		{"TAWK_SESSION=express TAWK_EXPRESS_SECRET=cat TAWK_SESSION_COOKIE=sid TAWK_SESSION_STORE=redis://127.0.0.1:1/3 TAWK_USER_ID=u", session.NoCookie,
			[]string{"TAWK_SESSION_COOKIE, which has another"}, "usual"},
		{"TAWK_SESSION=laravel TAWK_LARAVEL_APP_KEY=0123456789abcdef0123456789abcdef TAWK_SESSION_STORE=cookie", session.Forged,
			[]string{"TAWK_LARAVEL_APP_KEY", "TAWK_LARAVEL_CIPHER"}, ""},
		{"TAWK_SESSION=django TAWK_USER_DSN=sqlite://" + folder + "/db", session.NoRecord, []string{"TAWK_USER_DSN", "TAWK_SESSION_TABLE"}, "STORE"},
		{"TAWK_SESSION=site TAWK_SESSION_URL=/me TAWK_USER_ID=id", session.NoUser, []string{"TAWK_SESSION_URL"}, ""},
		{"TAWK_SESSION=php TAWK_PHP_SAVE_PATH=" + folder + " TAWK_USER_ID=uid", session.NoUser, []string{"TAWK_USER_ID", "TAWK_LOG_LEVEL=debug"}, "URL"},
	} {
		h := hintsOf(t, new(strings.Builder), strings.Fields(c.settings)...)
		got := h.remedies[c.reason]
		for _, part := range c.says {
			if !strings.Contains(got, part) {
				t.Errorf("%s, %s: no %q in %q", c.settings, c.reason, part, got)
			}
		}
		if c.not != "" && strings.Contains(got, c.not) {
			t.Errorf("%s, %s: %q in %q", c.settings, c.reason, c.not, got)
		}
	}
	// Every kind has remedies for all reasons.
	for _, kind := range kinds.Variants() {
		for reason := range warnAfter {
			if (sessionRemedies{cfg: &config.Config{}, kind: kind}).all()[reason] == "" {
				t.Errorf("%s has no remedy for %s", kind.Name, reason)
			}
		}
		for _, name := range slices.Concat(kind.Keys, kind.Forms) {
			if !strings.HasPrefix(name, "TAWK_") {
				t.Errorf("%s: %s is no setting", kind.Name, name)
			}
		}
	}
}

// Where it cannot be told who is there, the setting is named by which that is asked.
func TestUnknownRemedies(t *testing.T) {
	folder := t.TempDir()
	for _, c := range []struct {
		settings string
		err      error
		says     []string
	}{
		{"TAWK_SESSION=django TAWK_USER_DSN=sqlite://" + folder + "/db TAWK_DJANGO_USER_TABLE=shop_user",
			&recipe.QueryError{Table: "shop_user", Err: errors.New("no such column: first_name")},
			[]string{"shop_user (TAWK_DJANGO_USER_TABLE)", "TAWK_USER_QUERY", "TAWK_USER_DSN", "no such column: first_name"}},
		{"TAWK_SESSION=django TAWK_USER_DSN=sqlite://" + folder + "/db TAWK_USER_QUERY=SELECT", &recipe.QueryError{Err: errors.New("x")},
			[]string{"TAWK_USER_QUERY, asked of"}},
		{"TAWK_SESSION=php TAWK_USER_ID=id TAWK_PHP_SAVE_PATH=" + folder, fs.ErrPermission, []string{"TAWK_PHP_SAVE_PATH names"}},
		{"TAWK_SESSION=site TAWK_SESSION_URL=/me TAWK_USER_ID=id", errors.New("x"), []string{"TAWK_SESSION_URL"}},
	} {
		var log strings.Builder
		settings := strings.Fields(c.settings)
		for i, setting := range settings {
			settings[i] = strings.Replace(setting, "=SELECT", "=SELECT name FROM u WHERE id = ?", 1)
		}
		h := hintsOf(t, &log, settings...)
		h.observe(httptest.NewRequest("GET", "/", nil), c.err)
		for _, part := range c.says {
			if !strings.Contains(log.String(), part) {
				t.Errorf("%s: no %q in %s", c.settings, part, log.String())
			}
		}
	}
}

// A key that is not the site's is told at the first visit, and the program says what to do.
func TestSessionHintsAtWork(t *testing.T) {
	town := newTown(t, "TAWK_SESSION_KEY=not the key of the shop, as it happens", "TAWK_LOG_LEVEL=debug")
	b := newBrowser(t, town.url)
	b.post("/login", "person=ada")
	for range warnAfter[session.Forged] {
		b.page("/", "nobody")
	}
	town.stop()
	for _, line := range []string{
		`"level":"INFO","msg":"a session does not count, and nobody has been recognised yet","reason":"forged","visits":1,`,
		`"level":"WARN","msg":"nobody has been recognised yet","reason":"forged","visits":10,`,
		`"reason":"forged","path":"/","cause":"`,
	} {
		if found := town.lines(t, line); len(found) == 0 {
			t.Errorf("there is no %s in\n%s", line, town.Log())
		}
	}
}
