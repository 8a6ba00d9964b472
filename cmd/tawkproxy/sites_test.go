package main

import (
	"cmp"
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// A liveSite is a real one, with two members whose password is secret.
type liveSite struct {
	name     string
	needs    []string // modules of its language
	environ  string   // what it is started with: lines of NAME=VALUE, in which $FOLDER and the like stand for what a place has
	settings string   // what its owner sets to have it read, and nothing else

	ada, jose string // what the script hears of them: id, name and e-mail address, as far as this kind of session tells
	stored    bool   // sessions are in a store: pages that answer a form, or begin another one, let the script ask
	slow      bool   // its pages cost a tenth of a second and more
	kept      bool   // after a logout the site itself still believes a copy of the cookies, which say everything
	quiet     bool   // a login or a logout leaves the session's cookie as it is, so that pages which are open do not hear of it
	renews    bool   // the session's cookie comes anew with every answer
	bound     bool   // the site ends the session of who comes with another browser, as check does
	late      bool   // the end of a login is known by a question to a database, whose answers count for some seconds
	front     string // a page that greets whoever opens it; "": /

	// How members come and go, and how a page greets them; nil: as most of the examples have it.
	login   func(b *browser, member, password string) *http.Response
	logout  func(b *browser) *http.Response
	greeted func(page string) string
}

// form is a login by two fields.
func form(path, member, password string) func(*browser, string, string) *http.Response {
	return func(b *browser, m, p string) *http.Response {
		return b.post(path, url.Values{member: {m}, password: {p}}.Encode())
	}
}

// link is a logout by a link.
func link(path string) func(*browser) *http.Response {
	return func(b *browser) *http.Response { return b.open(path) }
}

// button is a logout by a form without fields.
func button(path string) func(*browser) *http.Response {
	return func(b *browser) *http.Response { return b.post(path, "") }
}

var greeting = regexp.MustCompile(`Hello, ([^<\n]*)\.`)

// hello is how the examples greet their visitors.
func hello(page string) string {
	found := greeting.FindStringSubmatch(page)
	if found == nil {
		return "nobody at all"
	}
	return html.UnescapeString(found[1])
}

// A person is somebody as the site greets them, and as the script hears of them.
type person struct{ name, heard string }

// A door is the program in front of a site.
type door struct {
	liveSite
	t                   *testing.T
	program             *program
	settings            []string
	ada, jose, stranger person
}

// open starts the program in front of the site, which runs at that place, with nothing but what the owner sets.
func (s liveSite) open(p *place, url string) *door {
	p.t.Helper()
	if s.login == nil {
		s.login, s.logout = form("/login", "user", "password"), button("/logout")
	}
	if s.greeted == nil {
		s.greeted = hello
	}
	s.front = cmp.Or(s.front, "/")
	p.named["SITE"] = url
	settings := p.lines(s.settings)
	d := &door{liveSite: s, t: p.t, program: front(p.t, url, settings...), settings: append(settings, "TAWK_UPSTREAM="+url),
		ada: person{"Ada Lovelace", s.ada}, jose: person{`José "Pepe" O'Neil`, s.jose}, stranger: person{"stranger", "nobody"}}
	d.t.Cleanup(func() {
		if d.t.Failed() {
			d.t.Log(d.program.Log())
		}
	})
	return d
}

// journey is two members and a stranger who come and go at the same time.
func (d *door) journey() {
	d.t.Helper()
	other, ada, jose := d.visitor(), d.visitor(), d.visitor()
	ada.sees(d.stranger)
	ada.logsIn("ada", "wrong", d.stranger)
	ada.logsIn("ada", "secret", d.ada)
	other.sees(d.stranger)
	jose.logsIn("jose", "secret", d.jose)
	before := mark(ada.cookies())
	ada.sees(d.ada)
	if d.stored && !d.renews && mark(ada.cookies()) != before {
		d.t.Error("a session that stays what it was is marked as another")
	}
	if !d.bound {
		d.checks(ada, d.ada)
	}
	thief := ada.copied()
	ada.logsOut()
	jose.sees(d.jose)
	other.sees(d.stranger)
	switch {
	case d.kept:
		thief.sees(d.ada)
	case d.late:
		thief.forgotten()
	default:
		thief.sees(d.stranger)
	}
}

// checks has check say of a member's cookies who that is, and nothing that has failed.
func (d *door) checks(v *visitor, who person) {
	d.t.Helper()
	args := []string{"check", "--json", d.program.url + d.front}
	for _, cookie := range v.cookies() {
		args = append(args, "--cookie", cookie.Name+"="+cookie.Value)
	}
	var out, stderr strings.Builder
	code := run(d.t.Context(), args, append([]string{"TAWK_PROPERTY_ID=" + demoProperty, "TAWK_SECRET_KEY=" + demoKey}, d.settings...), &out, &stderr)
	var said struct{ Steps []struct{ Step, Says string } }
	if err := json.Unmarshal([]byte(out.String()), &said); err != nil || code == exitUsage {
		d.t.Errorf("check: exit code %d, %v: %s%s", code, err, out.String(), stderr.String())
		return
	}
	id, _, _ := strings.Cut(who.heard, " ")
	for _, step := range said.Steps {
		if step.Step == "visitor" && strings.HasPrefix(step.Says, "id "+id) && strings.HasSuffix(step.Says, " would be logged in") {
			return
		}
	}
	d.t.Errorf("check says of %s\n%s", who.heard, out.String())
}

// A visitor is a browser on the site. Whatever it opens, the site and the script must be of one mind about who is there.
type visitor struct {
	*browser
	door *door
}

func (d *door) visitor() *visitor {
	d.t.Helper()
	return &visitor{newBrowser(d.t, d.program.url), d}
}

// copied is another browser with the same cookies.
func (v *visitor) copied() *visitor {
	v.t.Helper()
	other := v.door.visitor()
	other.client.Jar.SetCookies(v.address(), v.cookies())
	return other
}

// logsIn sends the site's form, and checks who is there then.
func (v *visitor) logsIn(member, password string, who person) {
	v.t.Helper()
	before := mark(v.cookies())
	v.meets(v.door.login(v.browser, member, password), who)
	if who != v.door.stranger && !v.door.quiet && mark(v.cookies()) == before {
		v.t.Error("the login was not marked: pages that are open already do not hear of it")
	}
	v.sees(who)
}

func (v *visitor) logsOut() {
	v.t.Helper()
	before := mark(v.cookies())
	v.meets(v.door.logout(v.browser), v.door.stranger)
	if !v.door.quiet && mark(v.cookies()) == before {
		v.t.Error("the logout was not marked: pages that are open already do not hear of it")
	}
	v.sees(v.door.stranger)
}

// sees opens the front page. A store may be too slow for a page on a busy machine, which then is told nothing; but not for all.
func (v *visitor) sees(who person) {
	v.t.Helper()
	v.inTime(func() bool {
		answer := v.open(v.door.front)
		if answer.StatusCode != http.StatusOK {
			v.t.Fatalf("the front page: %s", answer.Status)
		}
		return v.meets(answer, who)
	})
}

// meets checks whom an answer greets, if it is a page, and of whom the script hears, on it and when it asks behind it. It
// reports whether the page was told something.
func (v *visitor) meets(answer *http.Response, who person) bool {
	v.t.Helper()
	page := v.read(answer) // to its end: by then the site has written the session
	told := true
	if answer.StatusCode == http.StatusOK {
		want := who
		if get := answer.Request.Method == http.MethodGet; v.door.stored && (!get || mark(answer.Cookies()) != "") {
			want.heard = "ask"
		}
		if strings.Contains(answer.Header.Get("Cache-Control"), "public") { // where the page is for everybody
			want.heard = "ask"
		}
		got := person{v.door.greeted(page), v.heard(element(v.t, page))}
		// A session that has just been emptied may be in the middle of a write: the page asks, and is told by and by.
		unsettled := got.heard == "ask" && want.heard == "nobody" && v.door.stored
		if told = got.heard != "nothing" && !unsettled; told && got != want {
			v.t.Errorf("%s %s: the site and the script know %q, want %q", answer.Request.Method, answer.Request.URL.Path, got, want)
		}
	}
	v.hears(who)
	return told
}

// hears checks of whom the script hears when it asks.
func (v *visitor) hears(who person) {
	v.t.Helper()
	v.inTime(func() bool {
		heard := v.asked()
		if heard != "nothing" && heard != who.heard {
			v.t.Errorf("the script asks and hears of %s, want %s", heard, who.heard)
		}
		return heard != "nothing"
	})
}

// inTime repeats what may be too early, or what a store was too slow for.
func (v *visitor) inTime(try func() bool) {
	v.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !try(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			v.t.Fatal("nothing is known, again and again")
		}
	}
}

// mark is the cookie by which scripts learn of a new session.
func mark(cookies []*http.Cookie) string {
	for _, cookie := range cookies {
		if cookie.Name == "tawkproxy_session" {
			return cookie.Value
		}
	}
	return ""
}

func (v *visitor) cookies() []*http.Cookie { return v.client.Jar.Cookies(v.address()) }

// address is where the site seems to be.
func (v *visitor) address() *url.URL {
	at, err := url.Parse(v.base)
	if err != nil {
		v.t.Fatal(err)
	}
	return at
}
