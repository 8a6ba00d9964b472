package tawk

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tawkproxy/examples/testenv/chrome"
	"tawkproxy/examples/widget"
)

const testProperty = "0123456789abcdef01234567"

// A testSite is a site whose pages have the element, the proxy's own addresses beside it, and a stand-in for the widget on
// another origin. The cookie "sid" says who is logged in.
type testSite struct {
	*httptest.Server
	widget       Widget
	file         *File // nil: pages hold the script
	standin      *widget.Server
	reports      *Reports
	users        map[string]Visitor // by the value of the cookie
	pages        map[string]string  // by path; ELEMENT stands for the element
	asked        atomic.Int32       // how often the script asked
	atForm       atomic.Int32       // how often it said that there is a form to log in
	failing      atomic.Bool        // the session cannot be read
	ready        atomic.Bool        // /go says so
	shared       bool               // pages name nobody
	trying       string             // the script's address, if pages that hold it try that
	trustedTypes bool               // pages demand them
	late         bool               // the script comes when /parsed was asked for
	marking      bool               // a login or logout changes the cookie tawkproxy_session

	mu       sync.Mutex
	requests map[string]int // by path
}

// newSite makes a site whose pages hold the script, or load it.
func newSite(t testing.TB, loaded bool) *testSite {
	t.Helper()
	site := &testSite{
		standin:  &widget.Server{Key: testKey},
		requests: make(map[string]int),
		reports:  NewReports(slog.New(slog.DiscardHandler)),
		users: map[string]Visitor{
			"ada": {ID: "42", Name: "Ada Lovelace", Email: "ada@example.com"},
			"bob": {ID: "43", Name: "Bob"},
		},
		pages: map[string]string{
			"/":      "<!doctype html><html><head>ELEMENT<title>Site</title></head><body><p>Hello</p></body></html>",
			"/other": "<!doctype html><html><head>ELEMENT<title>Other</title></head><body><p>Hello</p></body></html>",
		},
	}
	standin := httptest.NewServer(site.standin)
	t.Cleanup(standin.Close)
	site.widget = Widget{
		PropertyID: testProperty, WidgetID: "default", Key: testKey, Origin: standin.URL, Embed: true, Own: "/.tawkproxy/",
	}
	if loaded {
		site.file = NewFile(Script())
	}
	own := &Handler{Widget: &site.widget, Reports: site.reports, Identify: func(r *http.Request) Identity {
		who := site.who(r)
		site.asked.Add(1)
		if r.URL.Query().Has("form") {
			site.atForm.Add(1)
		}
		return who
	}}
	site.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case site.widget.Owns(r):
			site.note(r.URL.Path)
			if site.late && strings.Contains(r.URL.Path, "login.") {
				site.await("/parsed")
			}
			own := *own
			own.File = site.file
			own.ServeHTTP(w, r)
		case r.URL.Path == "/session":
			site.setSession(w, r.FormValue("sid"))
			if to := r.FormValue("to"); to != "" {
				w.Header().Set("Location", site.URL+to)
				w.WriteHeader(http.StatusSeeOther)
			}
		case r.URL.Path == "/go" && site.ready.Load():
		case r.URL.Path == "/late": // a script that comes when the login script runs
			site.await("/started")
			w.Header().Set("Content-Type", "text/javascript")
		default:
			site.servePage(w, r)
		}
	}))
	t.Cleanup(site.Close)
	return site
}

func (site *testSite) who(r *http.Request) Identity {
	if site.failing.Load() {
		return Identity{}
	}
	sid, err := r.Cookie("sid")
	if err != nil {
		return Identity{Known: true}
	}
	return Identity{Known: true, Visitor: site.users[sid.Value]}
}

func (site *testSite) setSession(w http.ResponseWriter, sid string) {
	http.SetCookie(w, &http.Cookie{Name: "sid", Value: sid, Path: "/", HttpOnly: true})
	if site.marking {
		http.SetCookie(w, &http.Cookie{Name: "tawkproxy_session", Value: "for-" + sid, Path: "/"})
	}
}

func (site *testSite) servePage(w http.ResponseWriter, r *http.Request) {
	site.note(r.URL.Path)
	page, ok := site.pages[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	data := site.widget.Data(site.who(r))
	if site.shared {
		data = site.widget.Ask()
	}
	text := element(data)
	switch {
	case site.trying != "":
		text = strings.Replace(text, " ", " data-"+Name+"-src="+site.trying+" ", 1)
	case site.file != nil:
		text = strings.Replace(text[:strings.Index(text, ">")+1]+"</script>", " ", " async src="+site.file.Path(site.widget.Own)+" ", 1)
	}
	if site.trustedTypes {
		w.Header().Set("Content-Security-Policy", "require-trusted-types-for 'script'")
		text = strings.Replace(text, "<script", "<script data-"+Name+"-trusted", 1)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "private, no-cache")
	fmt.Fprint(w, strings.ReplaceAll(page, "ELEMENT", text))
}

func (site *testSite) note(path string) {
	site.mu.Lock()
	defer site.mu.Unlock()
	site.requests[path]++
}

// await waits until a path was asked for.
func (site *testSite) await(path string) {
	for deadline := time.Now().Add(15 * time.Second); site.hits(path) == 0 && time.Now().Before(deadline); {
		time.Sleep(20 * time.Millisecond)
	}
}

func (site *testSite) hits(path string) int {
	site.mu.Lock()
	defer site.mu.Unlock()
	return site.requests[path]
}

func element(data []byte) string {
	return "<script data-" + Name + "='" + string(data) + "'>" + string(Script()) + "</script>"
}

// calls returns the logins and logouts at the stand-in: "login 42 200".
func (site *testSite) calls() string {
	var calls []string
	for _, c := range site.standin.Calls() {
		switch c.Kind {
		case "login":
			calls = append(calls, fmt.Sprintf("login %s %d", c.UserID, c.Status))
		case "logout":
			calls = append(calls, fmt.Sprintf("logout %d", c.Status))
		}
	}
	return strings.Join(calls, ", ")
}

func (site *testSite) count(kind string) (n int) {
	for _, c := range site.standin.Calls() {
		if c.Kind == kind {
			n++
		}
	}
	return n
}

// A browser is a visitor's tab on a testSite.
type browser struct {
	*chrome.Tab
	t    *testing.T
	site *testSite
}

// visit makes a tab a visitor's on the site. The script's pauses take a twentieth of their time there, but it waits for answers
// as long as it would.
func visit(t *testing.T, tab *chrome.Tab, site *testSite) *browser {
	t.Helper()
	b := &browser{Tab: tab, t: t, site: site}
	b.Before(hurry)
	return b
}

// hurry sets the pace of timers, and lets idle() run all those ahead of their time that are due within a second, and those which
// they set, until no answer is awaited and nothing is left to happen. So absence needs no pause to be proven.
const hurry = `window.pace = function (ms) { return ms === 12000 ? ms : ms / 20; };
(function (later, cancel, every, send) {
	var due = {}, again = [], asking = 0;
	window.unhurried = later;
	window.setTimeout = function (f, ms) {
		var id = later(function () { delete due[id]; f(); }, pace(ms || 0));
		if (pace(ms || 0) <= 1000) due[id] = f;
		return id;
	};
	window.clearTimeout = function (id) { delete due[id]; cancel(id); };
	window.setInterval = function (f, ms) { again.push(f); return every(f, pace(ms)); };
	XMLHttpRequest.prototype.send = function () {
		asking++;
		this.addEventListener('loadend', function () { asking--; });
		return send.apply(this, arguments);
	};
	window.idle = async function () {
		for (var quiet = 0; quiet < 3; quiet++) {
			await new Promise(function (turn) { later(turn, 2); });
			if (asking || window.$_Tawk && !($_Tawk.busy === 0 && Tawk_API.onLoaded)) {
				quiet = -1;
				continue;
			}
			for (var id in due) {
				var f = due[id];
				clearTimeout(id);
				f();
				quiet = -1;
			}
			again.forEach(function (f) { f(); });
		}
	};
})(window.setTimeout.bind(window), window.clearTimeout.bind(window), window.setInterval.bind(window), XMLHttpRequest.prototype.send);`

// pace sets how long a timer of ms takes in the pages to come.
func (b *browser) pace(expression string) {
	b.t.Helper()
	b.Before("window.pace = function (ms) { return " + expression + "; };")
}

// session makes the site log somebody in or, without a name, out: without a page, as a script of the site would.
func (b *browser) session(sid string) {
	b.t.Helper()
	b.Eval("fetch('/session?sid=" + sid + "').then(function () {})")
}

// as logs this user in, or out, and opens a page.
func (b *browser) as(sid, path string) {
	b.t.Helper()
	b.Open(b.site.URL + "/session?" + url.Values{"sid": {sid}, "to": {path}}.Encode())
}

// expect waits for these logins and logouts since the site began, then loses the connection twice and takes care that none is
// added: the widget raises tawkLoad each time.
func (b *browser) expect(calls string) {
	b.t.Helper()
	b.soon("calls "+calls, func() bool { return b.site.calls() == calls })
	b.Until("window.$_Tawk && 'busy' in $_Tawk")
	b.Eval(`(async function () {
		await idle();
		for (var i = 0; i < 2; i++) {
			await new Promise(function (done) {
				window.addEventListener('tawkLoad', done, {once: true});
				$_Tawk.reconnect();
			});
			await idle();
		}
	})()`)
	if got := b.site.calls(); got != calls {
		b.t.Fatalf("calls\n got %s\nwant %s\nconsole: %q", got, calls, b.Console())
	}
	b.clean()
}

// bubble waits until the stand-in says that support staff see this.
func (b *browser) bubble(text string) {
	b.t.Helper()
	const seen = `(document.getElementById('tawk-standin') || {}).innerText`
	b.soon("bubble "+text, func() bool { return b.Text("String("+seen+")") == text })
}

// clean fails the test if the page threw.
func (b *browser) clean() {
	b.t.Helper()
	if thrown := b.Thrown(); len(thrown) > 0 {
		b.t.Fatalf("thrown: %q", thrown)
	}
}

func (b *browser) soon(what string, condition func() bool) {
	b.t.Helper()
	for deadline := time.Now().Add(time.Minute); !condition(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.t.Fatalf("never: %s\ncalls: %s\nconsole: %q\nthrown: %q", what, b.site.calls(), b.Console(), b.Thrown())
		}
	}
}
