package site

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"tawkproxy/session"
	"tawkproxy/session/kind"
	"tawkproxy/session/sessiontest"
)

// Who was nobody is not asked about again until something has passed by which people log in.
func TestAskGuestOnce(t *testing.T) {
	type exchange struct {
		method, cookies string
		status          int
		setCookie       string
	}
	page := exchange{"GET", "s=1", 200, ""}
	for what, c := range map[string]struct {
		between exchange
		wait    time.Duration
		then    func(*http.Request)
		again   bool
	}{
		"a page":                        {between: page},
		"minutes":                       {between: page, wait: keepGuest - time.Second},
		"many minutes":                  {between: page, wait: keepGuest, again: true},
		"a form":                        {between: exchange{"POST", "s=1", 200, ""}, again: true},
		"a redirect":                    {between: exchange{"GET", "s=1", 302, ""}, again: true},
		"the session cookie":            {between: exchange{"GET", "s=1", 200, "s=1"}, again: true},
		"another cookie of the site":    {between: exchange{"GET", "s=1", 200, "theme=dark"}, again: true},
		"a cookie of ours":              {between: exchange{"GET", "s=1", 200, "own_mark=7"}},
		"another visitor's form":        {between: exchange{"POST", "s=2", 200, ""}},
		"another session":               {between: page, then: func(r *http.Request) { r.Header.Set("Cookie", "s=2") }, again: true},
		"another cookie beside it":      {between: page, then: func(r *http.Request) { r.Header.Set("Cookie", "s=1; t=1") }},
		"another cookie of ours":        {between: page, then: func(r *http.Request) { r.Header.Set("Cookie", "s=1; own_mark=7") }},
		"another proxy on the way here": {between: page, then: func(r *http.Request) { r.Header.Set("X-Forwarded-For", "192.0.2.1, 10.0.0.7") }},
		"another browser":               {between: page, then: func(r *http.Request) { r.Header.Set("User-Agent", "other") }, again: true},
	} {
		t.Run(what, func(t *testing.T) {
			clock := time.Unix(1795357041, 0)
			site := &askedSite{}
			source := mustAsk(t, AskOptions{Cookie: "s", Now: func() time.Time { return clock }, Questions: kind.Questions{Site: site, Foreign: []string{"own_"}}})
			ask := func(change func(*http.Request)) {
				r := sessiontest.Visitor("s=1")
				if change != nil {
					change(r)
				}
				if reason, _ := session.NobodyReason(sessiontest.Second(source.Identify(r, nil))); reason != session.NoUser {
					t.Errorf("got %q", reason)
				}
			}
			ask(nil)
			r := sessiontest.Visitor(c.between.cookies)
			r.Method = c.between.method
			source.Guard(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if c.between.setCookie != "" {
					w.Header().Set("Set-Cookie", c.between.setCookie)
				}
				w.WriteHeader(c.between.status)
			})).ServeHTTP(httptest.NewRecorder(), r)
			clock = clock.Add(c.wait)
			ask(c.then)
			if again := site.asked == 2; again != c.again {
				t.Errorf("asked %d times", site.asked)
			}
		})
	}
}

// Who was logged in a moment ago is asked about once more before they stay nobody.
func TestAskFormerMember(t *testing.T) {
	clock := time.Unix(1795357041, 0)
	site := &askedSite{user: "ada"}
	source := mustAsk(t, AskOptions{Cookie: "s", Now: func() time.Time { return clock }, Questions: kind.Questions{Site: site}})
	var heard []string
	for _, user := range []string{"ada", "", "ada", "", "", "ada"} {
		site.user = user
		u, _ := source.Identify(sessiontest.Visitor("s=1"), nil)
		heard = append(heard, u.ID)
		clock = clock.Add(5 * time.Second)
	}
	if got := strings.Join(heard, ","); got != "ada,,ada,,," || site.asked != 5 {
		t.Errorf("heard %s after %d questions", got, site.asked)
	}
}

// What the site gives a guest for a question that the guest did not ask does not reach the guest. The id of a servlet container's
// session does, because it is the old session by a new name.
func TestGuardKeepsGuestsCookies(t *testing.T) {
	for answer, want := range map[string][]string{
		`{"id":null}`: {"own=1"}, `{"id":42}`: {"own=1", "s=2"}, `<form action="j_security_check">`: {"own=1", "s=2"},
	} {
		source := mustAsk(t, AskOptions{Cookie: "s", Questions: kind.Questions{Site: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Set-Cookie", "s=2")
			io.WriteString(w, answer)
		})}})
		endpoint := source.Guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			source.Identify(r, nil)
			w.Header().Set("Set-Cookie", "own=1")
			w.WriteHeader(http.StatusOK)
		}))
		w := httptest.NewRecorder()
		endpoint.ServeHTTP(w, sessiontest.Visitor("s=1"))
		if got := w.Header()["Set-Cookie"]; !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", answer, got, want)
		}
	}
}

// A guest whose session goes on under another id is not asked about for it.
func TestAskContainersGuestOnce(t *testing.T) {
	asked := 0
	source := mustAsk(t, AskOptions{Cookie: "s", Questions: kind.Questions{Site: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		w.Header().Set("Set-Cookie", fmt.Sprintf("s=new%d", asked))
		io.WriteString(w, `<form action="j_security_check">`)
	})}})
	for _, cookies := range []string{"s=1", "s=new1", "s=new1"} {
		source.Identify(sessiontest.Visitor(cookies), nil)
	}
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
}

func TestAskTellsHarm(t *testing.T) {
	const field, form = `<p><input name=p type="password">`, `<form action='j_security_check'>`
	for what, c := range map[string]struct {
		kind, cookie string
		status       int
		body         string
		setCookie    string
		want         []kind.Harm
	}{
		"null":                       {"json", "s", 200, `{"id":null}`, "", nil},
		"401":                        {"json", "s", 401, field, "", nil},
		"a redirect":                 {"json", "s", 302, "", "", []kind.Harm{HarmRedirect}},
		"a form for JSON":            {"json", "s", 200, field, "", []kind.Harm{HarmLoginForm}},
		"a form of a container":      {"html", "s", 200, form + field, "", []kind.Harm{HarmLoginForm}},
		"a box on the page":          {"html", "s", 200, `<INPUT Type=PASSWORD>`, "", []kind.Harm{HarmLoginBox}},
		"a page":                     {"html", "s", 200, "<p>password", "", nil},
		"another session":            {"json", "s", 200, `{}`, "s=2", []kind.Harm{HarmNewSession}},
		"the same session":           {"json", "s", 200, `{}`, "s=1", nil},
		"another cookie":             {"json", "s", 200, `{}`, "t=2", nil},
		"another cookie that counts": {"json", "", 200, `{}`, "t=2", []kind.Harm{HarmNewSession}},
		"the end of the session":     {"json", "s", 200, `{}`, "s=; Max-Age=0", nil},
		"a user":                     {"json", "s", 200, `{"id":42}`, "s=2", nil},
		"an error":                   {"json", "s", 500, field, "s=2", nil},
	} {
		t.Run(what, func(t *testing.T) {
			var told []kind.Harm
			source := mustAsk(t, AskOptions{Answer: c.kind, Cookie: c.cookie, Questions: kind.Questions{Harm: func(h kind.Harm) { told = append(told, h) }, Site: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if c.setCookie != "" {
					w.Header().Set("Set-Cookie", c.setCookie)
				}
				w.WriteHeader(c.status)
				io.WriteString(w, c.body)
			})}})
			source.Identify(sessiontest.Visitor("s=1; t=1"), nil)
			again := sessiontest.Visitor("s=1; t=1")
			again.Header.Set("User-Agent", "other")
			source.Identify(again, nil)
			if !slices.Equal(told, c.want) {
				t.Errorf("told %q, want %q", told, c.want)
			}
		})
	}
}

// formSite is asked about guests, and answers as a site would whose pages only members see.
type formSite struct {
	askedSite
	harmless bool
	cookies  []string // of the questions
}

func (s *formSite) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.cookies = append(s.cookies, r.Header.Get("Cookie"))
	if s.user == "" && !s.harmless {
		http.Redirect(w, r, "/login", http.StatusFound)
		return
	}
	s.askedSite.ServeHTTP(w, r)
}

// Somebody with a form to log in before their eyes is not asked about, if that may harm. That it may is found out without them.
func TestAskAtForm(t *testing.T) {
	const nothing, unknown, nobody = "", "unknown", string(session.NoUser)
	clock := time.Unix(1795357041, 0)
	var site *formSite
	var source *Asker
	begin := func(harmless bool) {
		site = &formSite{harmless: harmless}
		source = mustAsk(t, AskOptions{Cookie: "s", Now: func() time.Time { return clock }, Questions: kind.Questions{Site: site}})
	}
	open := func(page string) {
		answer := http.Header{"Content-Type": {"text/html"}}
		source.Guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			copied := source.Look(&http.Response{Header: answer, Request: r})
			for _, part := range strings.SplitAfter(page, "pass") {
				io.WriteString(copied, part)
				io.WriteString(w, part)
			}
		})).ServeHTTP(httptest.NewRecorder(), sessiontest.Visitor("s=1"))
	}
	see := func(what string, atForm bool, who string, asked ...string) {
		t.Helper()
		r := sessiontest.Visitor("s=1")
		if atForm {
			r = r.WithContext(AtForm(r.Context()))
		}
		u, err := source.Identify(r, nil)
		got := u.ID
		if reason, certain := session.NobodyReason(err); certain {
			got = string(reason)
		} else if err != nil {
			got = unknown
		}
		if got != who || !slices.Equal(site.cookies, asked) {
			t.Errorf("%s: got %q, asked with %q; want %q, %q", what, got, site.cookies, who, asked)
		}
		site.cookies = nil
	}
	begin(true)
	see("a site that does no harm", true, nobody, nothing, "s=1")
	begin(false)
	see("at a form", true, unknown, nothing)
	see("at a form again", true, unknown)
	clock = clock.Add(keepGuest)
	see("at a form for long", true, nobody, "s=1")
	begin(false)
	open(`<html><input type="password">`)
	see("with a form that we saw", false, unknown, nothing)
	open(`<html><input type="text">`)
	see("with another page", false, nobody, "s=1")
	open(`<html><input type="password">`)
	see("nobody with a form", false, nobody)
	begin(false)
	site.user = "ada"
	see("a member", false, "ada", "s=1")
	clock = clock.Add(4 * time.Second)
	site.user = ""
	see("somebody who was a member, at a form", true, nobody, "s=1")
}
