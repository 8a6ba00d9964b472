package main

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tawkproxy/inject"
	"tawkproxy/inject/tawk"
	"tawkproxy/session"
	"tawkproxy/session/recipe"
)

// always is a source that knows one user.
type always session.User

func (a always) Identify(*http.Request, http.Header) (session.User, error) {
	return session.User(a), nil
}

func (a always) About() session.About { return session.About{} }

func TestWayOfTelling(t *testing.T) {
	const sets, other = "session=1; Path=/", "basket=1"
	for _, c := range []struct {
		name string
		identity
		method, from, cookie string
		shared, asks         bool
	}{
		{"usual", identity{}, "GET", "", "", false, false},
		{"from the same origin", identity{about: session.About{Late: true}}, "GET", "same-origin", "", false, false},
		{"typed in", identity{about: session.About{Late: true}}, "GET", "none", "", false, false},
		{"shared", identity{}, "GET", "", "", true, true},
		{"another site", identity{}, "GET", "cross-site", "", false, true},
		{"another host of the site", identity{}, "GET", "same-site", "", false, true},
		{"form of another site", identity{}, "POST", "cross-site", "", false, true},
		{"form, session in the cookie", identity{}, "POST", "same-origin", sets, false, false},
		{"form, session in a store", identity{about: session.About{Late: true}}, "POST", "same-origin", "", false, true},
		{"cookie set, session in a store", identity{about: session.About{Late: true}}, "GET", "", sets, false, true},
		{"another cookie set", identity{about: session.About{Late: true}}, "GET", "", other, false, false},
		{"nobody to ask", identity{about: session.About{Mute: true}}, "GET", "cross-site", sets, false, false},
		{"nobody to ask, shared", identity{about: session.About{Mute: true}}, "GET", "", "", true, true},
		{"page, shared", identity{way: "page"}, "GET", "", "", true, false},
		{"page, another site", identity{way: "page", about: session.About{Late: true}}, "POST", "cross-site", sets, false, false},
		{"endpoint", identity{way: "endpoint"}, "GET", "none", "", false, true},
		{"the site is asked", identity{way: "page", about: session.About{Deferred: true}}, "GET", "none", "", false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest(c.method, "/", nil)
			r.Header.Set("Sec-Fetch-Site", c.from)
			answer := &http.Response{Request: r, Header: http.Header{}}
			if c.cookie != "" {
				answer.Header.Set("Set-Cookie", c.cookie)
			}
			i := c.identity
			i.about.Reads = (&recipe.Recipe{Cookie: "session"}).Reads
			if got := i.asks(answer, c.shared); got != c.asks {
				t.Errorf("asks: %v", got)
			}
			if i.about.Deferred {
				return
			}
			i.source, i.widget, i.hints = always{ID: "42"}, &tawk.Widget{Key: demoKey}, &sessionHints{log: slog.New(slog.DiscardHandler)}
			i.count = func(*http.Request, string, string) {}
			payload := i.page(answer, c.shared)
			if payload.Private == c.asks || strings.Contains(string(payload.Data), `"42"`) == c.asks {
				t.Errorf("private: %v, says %s", payload.Private, payload.Data)
			}
			i.privacy.consent = "agreed"
			if payload := i.page(answer, c.shared); payload.Data != nil || !payload.Private {
				t.Errorf("before consent: private: %v, says %s", payload.Private, payload.Data)
			}
			r.Header.Set("Cookie", "agreed=1")
			if payload := i.page(answer, c.shared); payload.Data == nil || !payload.Private {
				t.Errorf("after consent: private: %v, says %s", payload.Private, payload.Data)
			}
		})
	}
}

func TestPrivacy(t *testing.T) {
	for _, c := range []struct {
		privacy
		cookie, set, gpc string
		allows           bool
	}{
		{privacy{}, "", "", "1", true},
		{privacy{gpc: true}, "", "", "", true},
		{privacy{gpc: true}, "", "", "0", true},
		{privacy{gpc: true}, "", "", "1", false},
		{privacy{consent: "ok"}, "", "", "", false},
		{privacy{consent: "ok"}, "ok=", "", "", false},
		{privacy{consent: "ok"}, "ok=no", "", "", true},
		{privacy{consent: "ok"}, "okay=1", "", "", false},
		{privacy{consent: "ok=yes"}, "a=b; ok=yes", "", "", true},
		{privacy{consent: "ok=yes"}, "ok=no", "", "", false},
		{privacy{consent: "ok=yes"}, "ok=no", "ok=yes; Path=/", "", true},
		{privacy{consent: "ok=yes"}, "ok=yes", "ok=; Max-Age=0; Path=/", "", false},
		{privacy{consent: "ok=a|b"}, "ok=a%7Cb", "", "", true},
		{privacy{consent: "ok=a%7Cb"}, "ok=a%7Cb", "", "", true},
		{privacy{consent: "ok=yes", gpc: true}, "ok=yes", "", "1", false},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Cookie", c.cookie)
		r.Header.Set("Sec-GPC", c.gpc)
		answer := http.Header{}
		if c.set != "" {
			answer.Set("Set-Cookie", c.set)
		}
		if got := c.privacy.allows(r, answer); got != c.allows {
			t.Errorf("%+v, cookie %q, set %q, GPC %q: %v", c.privacy, c.cookie, c.set, c.gpc, got)
		}
	}
}

func TestSets(t *testing.T) {
	named := session.NamedOrPiece
	for line, want := range map[string]bool{
		"session=1": true, "session=; Max-Age=0": true, " session =1": true, "session.1=x": true,
		"sessions=1": false, "session": false, "Session=1": false, "a=session=1": false, "": false,
	} {
		answer := http.Header{"Set-Cookie": {"a=b", line}}
		if got := sets(answer, named("session")); got != want {
			t.Errorf("%q: %v", line, got)
		}
		if sets(answer, named("")) {
			t.Errorf("%q sets a cookie that is not known", line)
		}
	}
}

// TestPatterns holds that the settings take the patterns that can be used, and no others.
func TestPatterns(t *testing.T) {
	for _, pattern := range []string{
		"/", "*", "/a/*", "*/a", "a", "a b", "a/b c", "example.com", "example.com:80/x", "http://example.com", "https://a/*", "ftp://a",
		"http:///x", ":80/x", "*.example.com", "https://*.example.com", "u@h", "#x", "?x", "http://", "a#b@c", "[::1]:80", "HTTP://a",
	} {
		_, err := inject.ParsePattern(pattern)
		_, refused := load(aside("TAWK_INCLUDE=" + pattern))
		if (err != nil) != (refused != nil) {
			t.Errorf("%q: used with %v, set with %v", pattern, err, refused)
		}
	}
}

// TestLate tells sessions in a store, however it was set, from those in a cookie.
func TestLate(t *testing.T) {
	folder := t.TempDir()
	for settings, want := range map[string]bool{
		"TAWK_LOGIN=always":                             false,
		"TAWK_SESSION_STORE=file://" + folder:           true,
		"TAWK_SESSION=php TAWK_PHP_SAVE_PATH=" + folder: true,
		"TAWK_SESSION=site TAWK_SESSION_URL=/me":        false,
	} {
		cfg, err := load(aside(strings.Fields(settings)...))
		if err != nil {
			t.Errorf("%s: %v", settings, err)
			continue
		}
		source, err := openSource(cfg, pageWaits(), http.NotFoundHandler(), nil, func(io.Closer) {}, nil)
		if err != nil {
			t.Errorf("%s: %v", settings, err)
			continue
		}
		if got := source.About().Late; got != want {
			t.Errorf("%s: late: %v", settings, got)
		}
	}
}
