package main

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tawkproxy/examples/widget"
	"tawkproxy/session"
)

func TestMarkerAfter(t *testing.T) {
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	isSession := func(name string) bool { return name == "sid" || strings.HasPrefix(name, "sid.") }
	for _, c := range []struct {
		before, page string
		lines        []string
		after        string
		lasts        int
	}{
		{"a", "/", []string{"sid=1; Path=/wiki/"}, "a|%2Fwiki%2F", 0},
		{"a", "/", []string{"sid=1; path=/; HttpOnly"}, "a|%2F", 0},
		{"a", "/shop/buy", []string{"sid=1"}, "a|%2Fshop", 0},
		{"a", "/buy", []string{"sid=1; Path=shop"}, "a|%2F", 0},
		{"a", "/", []string{"other=1; Path=/wiki/", "sidx=1"}, "a", 0},
		{"a", "/", []string{"sid=1; Path=/a|b;c"}, "a|%2Fa%7Cb", 0},
		{"a", "/", []string{"sid=1; Path=/" + strings.Repeat("x", longestPath)}, "a", 0},
		{"a", "/", []string{"sid=1; Path=/; Max-Age=3600"}, "a|%2F", 3600},
		{"a", "/", []string{"sid=1; Path=/; Expires=Sat, 28 Nov 2026 12:01:40 GMT"}, "a|%2F", 100},
		{"a", "/", []string{"sid=1; Path=/; Expires=Sat, 28-Nov-2026 12:01:40 GMT; Max-Age=10"}, "a|%2F", 100},
		{"a", "/", []string{"sid=1; Path=/a", "sid.1=1; Path=/b; Max-Age=5"}, "a|%2Fa|%2Fb", 5},
		{"a|%2Fwiki%2F", "/", []string{"sid=; Path=/wiki/"}, "a", 0},
		{"a|%2Fwiki%2F", "/", []string{"sid=deleted; Path=/wiki/; Max-Age=0"}, "a", 0},
		{"a|%2Fwiki%2F", "/", []string{"sid=deleted; Path=/wiki/; Expires=Thu, 01-Jan-70 00:00:01 GMT"}, "a", 0},
		{"a|%2Fwiki%2F", "/", []string{"sid=deleted; Path=/wiki/; Max-Age=0", "sid=new; Path=/wiki/"}, "a|%2Fwiki%2F", 0},
		{"a|%2Fwiki%2F", "/", []string{"sid=new; Path=/wiki/", "sid=deleted; Path=/wiki/; Max-Age=0"}, "a", 0},
		{"a|%2F", "/", []string{"sid=new; Path=/", "sid.1=; Path=/; Max-Age=0"}, "a|%2F", 0},
		{"a|%2Fwiki%2F", "/", []string{"sid=; Path=/; Max-Age=0"}, "a|%2Fwiki%2F", 0},
		{"a|%2F|%2Fwiki%2F", "/", []string{"sid=; Path=/; Max-Age=0"}, "a|-%2F|%2Fwiki%2F", 0},
		{"a|-%2F|%2Fwiki%2F", "/", []string{"sid=2; Path=/"}, "a|%2F|%2Fwiki%2F", 0},
		{"a|-%2F|%2Fwiki%2F", "/", []string{"sid=; Path=/wiki/"}, "a", 0},
		{"a|%2F|%2Fwiki%2F", "/wiki/logout", []string{"sid=; Max-Age=0"}, "a|%2F|%2Fwiki%2F", 0}, // the default path is /wiki
		{"|no/|%zz|--%2F|%2Fok", "/", nil, "|%2Fok", 0},
		{"a|-%2F", "/", nil, "a", 0},
		{"a|%2F1|%2F2|%2F3|%2F4|%2F5|%2F6|%2F7|%2F8|%2F9", "/", []string{"sid=1; Path=/x"}, "a|%2F1|%2F2|%2F3|%2F4|%2F5|%2F6|%2F7|%2F8", 0},
	} {
		next, lasts := parseMarker(c.before).after(c.page, http.Header{"Set-Cookie": c.lines}, isSession, now)
		if next.String() != c.after || lasts != c.lasts {
			t.Errorf("%.40s, %s, %.80q: %.80s for %d s, want %.80s for %d s", c.before, c.page, c.lines, next, lasts, c.after, c.lasts)
		}
	}
}

func TestMarkerOutside(t *testing.T) {
	for _, c := range []struct {
		marker, page string
		outside      bool
	}{
		{"a", "/", false},
		{"", "/", false},
		{"a|%2F", "/x", false},
		{"a|%2Fwiki%2F", "/wiki/doku.php", false},
		{"a|%2Fwiki%2F", "/wiki", true},
		{"a|%2Fwiki", "/wiki", false},
		{"a|%2Fwiki", "/wikipedia", true},
		{"a|%2Fwiki", "/", true},
		{"a|%2Fwiki|%2Fshop", "/shop/.tawkproxy/user", false},
		{"a|%2Fwiki|%2Fshop", "/.tawkproxy/user", true},
		{"a|-%2Fwiki|%2Fshop", "/.tawkproxy/user", true},
		{"a|-%2Fwiki|%2Fshop", "/wiki/", false},
		{"a|-%2Fwiki", "/", false},
	} {
		if got := parseMarker(c.marker).outside(c.page); got != c.outside {
			t.Errorf("%s, %s: %v", c.marker, c.page, got)
		}
	}
}

// A neighbour below the same domain can plant a marker, with a longer path so that it comes first. It must not keep the visitor's own
// logout from being told.
func TestPlantedMarker(t *testing.T) {
	for cookies, want := range map[string]bool{
		"a|%2Fshop":                        true,
		"a|%2F":                            false,
		"planted|%2Felsewhere; NAME=a|%2F": false,
		"a|%2F; NAME=planted|%2Felsewhere": false,
		"planted|%2Fother; NAME=a|%2Fshop": true,
		"x; NAME=a|%2Fshop":                false,
	} {
		r := httptest.NewRequest("GET", "/page", nil)
		r.Header.Set("Cookie", markerName+"="+strings.ReplaceAll(cookies, "NAME", markerName))
		withMarker(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if got := new(identity).kept(r, nil); got != want {
				t.Errorf("%s: the session cookie may be kept: %v", cookies, got)
			}
		})).ServeHTTP(httptest.NewRecorder(), r)
	}
}

// A pathSite sets its session cookie with whatever attributes it is told, and answers who is there.
type pathSite struct {
	mu      sync.Mutex
	members map[string]string // by session
}

func (s *pathSite) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := ""
	if cookie, err := r.Cookie("sid"); err == nil {
		id = cookie.Value
	}
	switch query := r.URL.Query(); {
	case query.Has("as"): // a login, or with an empty name a visit that begins a session
		id = rand.Text()
		s.members[id] = query.Get("as")
		w.Header().Add("Set-Cookie", "sid="+id+"; HttpOnly; "+query.Get("with"))
	case query.Has("leave"):
		delete(s.members, id)
		w.Header().Add("Set-Cookie", "sid=deleted; Max-Age=0; "+query.Get("with"))
	case strings.HasSuffix(r.URL.Path, "/me"):
		if s.members[id] == "" {
			http.Error(w, "nobody", http.StatusUnauthorized)
			return
		}
		json.NewEncoder(w).Encode(map[string]string{"id": s.members[id]})
		return
	}
	w.Header().Set("Content-Type", "text/html")
	fmt.Fprintf(w, "<!doctype html><title>Site</title><p>Hello, %s.", s.members[id])
}

// TestPathCookies has visitors whose session cookie belongs to a part of the site. What the script hears, below each page, is
// what the site itself knows there; where the cookie does not come along, it is nothing.
func TestPathCookies(t *testing.T) {
	site := httptest.NewServer(&pathSite{members: map[string]string{}})
	t.Cleanup(site.Close)
	program := front(t, site.URL, "TAWK_SESSION=site", "TAWK_SESSION_COOKIE=sid", "TAWK_SESSION_URL=/app/me", "TAWK_USER_ID=id")
	type step struct{ open, want string } // a page, and what is heard below it
	for name, steps := range map[string][]step{
		"of a folder": {
			{"/app/login?as=42&with=Path=/app/", "42"}, {"/app/page", "42"}, {"/app/", "42"}, {"/app", "42"}, {"/", "nothing"},
			{"/other/page", "nothing"}, {"/app/login?leave&with=Path=/app/", "nobody"}, {"/", "nobody"}, {"/app/", "nobody"},
		},
		"of a folder, by default": {
			{"/app/login?as=42", "42"}, {"/app", "42"}, {"/", "nothing"}, {"/app/login?leave", "nobody"}, {"/", "nobody"},
		},
		"of one page": {
			{"/app/page.php?as=42&with=Path=/app/page.php", "42"}, {"/app/page.php", "42"}, {"/app/other.php", "nothing"},
			{"/app/page.php?leave&with=Path=/app/page.php", "nobody"}, {"/app/other.php", "nobody"},
		},
		"of the whole site": {
			{"/app/login?as=42&with=Path=/", "42"}, {"/", "42"}, {"/other", "42"}, {"/other?leave&with=Path=/", "nobody"}, {"/", "nobody"},
		},
		"begun elsewhere": {{"/?as=42&with=Path=/app/", "nothing"}, {"/app/x", "42"}, {"/", "nothing"}},
		"ended elsewhere": {
			{"/app/x?as=42&with=Path=/app/", "42"}, {"/?leave&with=Path=/app/", "nobody"}, {"/app/x", "nobody"},
		},
		"ended on the wrong path": {
			{"/app/x?as=42&with=Path=/app/", "42"}, {"/?leave&with=Path=/", "nothing"}, {"/app/x", "42"},
		},
		"two, one ends": {
			{"/app/x?as=42&with=Path=/app/", "42"}, {"/shop/x?as=43&with=Path=/shop/", "43"}, {"/app/x", "42"}, {"/", "nothing"},
			{"/app/x?leave&with=Path=/app/", "nobody"}, {"/shop/x", "43"}, {"/", "nothing"},
			{"/shop/x?leave&with=Path=/shop/", "nobody"}, {"/", "nobody"},
		},
		"that lasts": {{"/app/x?as=42&with=Path=/app/%3B+Max-Age=1000", "42"}, {"/", "nothing"}},
		"of a guest": {{"/app/x?as=&with=Path=/app/", "nobody"}, {"/", "nothing"}, {"/app/x", "nobody"}},
		"none":       {{"/", "nobody"}, {"/app/x", "nobody"}},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBrowser(t, program.url)
			for _, s := range steps {
				b.page(s.open, "ask")
				path, _, _ := strings.Cut(s.open, "?")
				if got := b.heardBelow(path); got != s.want {
					t.Errorf("%s: the script hears of %s, want %s", s.open, got, s.want)
				}
			}
		})
	}

	t.Run("removed by a script of the site", func(t *testing.T) {
		b := newBrowser(t, program.url)
		b.open("/app/x?as=42&with=Path=/app/")
		jar := b.client.Jar
		markers := jar.Cookies(b.at("/"))
		b = newBrowser(t, program.url)
		b.client.Jar.SetCookies(b.at("/"), markers)
		if got := b.heardBelow("/app/x"); got != "nobody" {
			t.Errorf("under its path: %s", got)
		}
		if got := b.heardBelow("/"); got != "nothing" {
			t.Errorf("elsewhere: %s", got)
		}
	})

	t.Run("ended by itself", func(t *testing.T) {
		b := newBrowser(t, program.url)
		answer := b.open("/app/x?as=42&with=Path=/app/%3B+Max-Age=1000")
		i := slices.IndexFunc(answer.Cookies(), func(c *http.Cookie) bool { return c.Name == markerName })
		if i < 0 || answer.Cookies()[i].MaxAge != 1000 {
			t.Errorf("the marker does not end with the session: %q", answer.Header["Set-Cookie"])
		}
	})

	t.Run("made up", func(t *testing.T) {
		b := newBrowser(t, program.url)
		for value, want := range map[string]string{
			"a|%2Fapp%2F": "nothing", "a|%2F": "nobody", "a": "nobody", "||%zz|x": "nobody", strings.Repeat("|%2Fapp", 500): "nothing",
		} {
			got := b.heard(b.read(b.open("/.tawkproxy/user", "Sec-Fetch-Site", "same-origin", "Cookie", markerName+"="+value)))
			if got != want {
				t.Errorf("%.20s: %s, want %s", value, got, want)
			}
		}
	})
}

// TestPathCookiesWithoutPages has scripts of the site log in and out: under the cookie's path, at the page it is for alone, and from
// a page outside.
func TestPathCookiesWithoutPages(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Parallel()
	chromium := sharedChromium.Get(t)
	site := httptest.NewServer(&pathSite{members: map[string]string{}})
	t.Cleanup(site.Close)
	for _, c := range []struct{ page, path string }{{"/app/page", "/app/"}, {"/app/page", "/app/page"}, {"/other", "/app/"}} {
		t.Run(c.page+" for "+c.path, func(t *testing.T) {
			t.Parallel()
			standin := &widget.Server{Key: demoKey}
			chat := httptest.NewServer(standin)
			t.Cleanup(chat.Close)
			program := front(t, site.URL, "TAWK_SESSION=site", "TAWK_SESSION_COOKIE=sid", "TAWK_SESSION_URL=/app/me", "TAWK_USER_ID=id",
				"TAWK_EMBED_ORIGIN="+chat.URL)
			v := &visit{Tab: chromium.Visitor(t), town: &town{program: program, widget: standin}, t: t}
			inside := "/app/page"
			v.open(inside).sees("visitor").told()
			v.Eval("fetch('" + inside + "?as=42&with=Path=" + c.path + "').then(function () {})")
			v.sees("42 \u2713 verified").told("login 42")
			if c.page != inside {
				v.open(c.page).sees("42 \u2713 verified").told()
			}
			v.Eval("fetch('" + inside + "?leave&with=Path=" + c.path + "').then(function () {})")
			v.sees("visitor").told("logout")
			v.quiet()
		})
	}
}

// Where the page says itself who is there, a page outside the cookie's Path says nothing, nor does one to which another site led
// with a cookie that is for the site's own requests only.
func TestPathCookiesOnPages(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/app/logout" {
			w.Header().Set("Set-Cookie", "shop=; Path=/app/; Max-Age=0")
		}
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "<!doctype html><title>Site</title>")
	}))
	t.Cleanup(site.Close)
	for _, way := range []string{"auto", "page"} {
		program := front(t, site.URL, "TAWK_SESSION=gorilla", "TAWK_SESSION_COOKIE=shop", "TAWK_USER_ID=id",
			"TAWK_SESSION_KEY="+strings.Repeat("k", 32), "TAWK_IDENTITY="+way)
		b := newBrowser(t, program.url)
		b.page("/", "nobody")
		b.client.Jar.SetCookies(b.at("/"), []*http.Cookie{{Name: markerName, Value: "a|%2Fapp%2F"}})
		b.page("/", "nothing")
		b.page("/app/x", "nobody") // its cookie is gone
		b.page("/", map[string]string{"auto": "ask", "page": "nothing"}[way], "Sec-Fetch-Site", "cross-site")
		b.page("/app/logout", "nobody")
		b.page("/", "nobody")
	}
}

// The marker ends with the session cookie, also where that is only renewed; the script hears nothing then.
func TestMarkerIsRenewed(t *testing.T) {
	for _, c := range []struct {
		before, set string
		changes     bool
		text, value string // of the marker that is set: "same", "new", or "" for none; and what is behind it
		maxAge      int
	}{
		{"", "sid=1; Path=/app", true, "new", "|%2Fapp", 0},
		{"", "sid=1; Path=/app", false, "new", "|%2Fapp", 0}, // a session from before the marker
		{"a|%2Fapp", "sid=2; Path=/app", true, "new", "|%2Fapp", 0},
		{"a|%2Fapp", "sid=1; Path=/app; Max-Age=60", false, "same", "|%2Fapp", 60},
		{"a|%2Fapp", "sid=1; Path=/app", false, "", "", 0},
		{"a|%2F", "sid=1; Path=/; Max-Age=60", false, "", "", 0},
		{"a|%2F", "sid=1; Path=/; Max-Age=60", true, "new", "|%2F", 60},
		{"a|%2Fapp", "sid=; Path=/app", true, "new", "", 0},
		{"a|%2Fapp", "other=1; Path=/", true, "", "", 0},
	} {
		transport := markerTransport{
			base: roundTrip(func(r *http.Request) (*http.Response, error) {
				return &http.Response{Request: r, Header: http.Header{"Set-Cookie": {c.set}}}, nil
			}),
			about: session.About{
				Reads: func(name string) bool { return name == "sid" },
				Same:  func(*http.Request, http.Header) bool { return !c.changes },
			},
		}
		r := httptest.NewRequest("GET", "/", nil)
		if c.before != "" {
			r.Header.Set("Cookie", markerName+"="+c.before)
		}
		var answer *http.Response
		withMarker(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			answer, _ = transport.RoundTrip(r)
		})).ServeHTTP(httptest.NewRecorder(), r)
		text, value, maxAge := "", "", 0
		for _, cookie := range answer.Cookies() {
			if cookie.Name == markerName {
				before, _, _ := strings.Cut(c.before, "|")
				found, _, _ := strings.Cut(cookie.Value, "|")
				text = map[bool]string{true: "same", false: "new"}[found == before]
				value, maxAge = strings.TrimPrefix(cookie.Value, found), cookie.MaxAge
			}
		}
		if text != c.text || value != c.value || maxAge != c.maxAge {
			t.Errorf("%q, then %s: %q %s for %d s, want %q %s for %d s", c.before, c.set, text, value, maxAge, c.text, c.value, c.maxAge)
		}
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
