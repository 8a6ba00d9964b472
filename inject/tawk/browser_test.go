package tawk

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tawkproxy/examples/testenv"
	"tawkproxy/examples/testenv/chrome"
	"tawkproxy/examples/widget"
)

// TestBrowser runs the script in a real browser, against the stand-in for the widget: once on pages that hold it, once on pages
// that load it.
func TestBrowser(t *testing.T) {
	t.Parallel()
	chromium := chrome.New(t)
	for _, way := range []string{"held", "loaded"} {
		for name, test := range map[string]func(*testing.T, *chrome.Browser, bool){"page": testPages, "life": testLife} {
			t.Run(name+" "+way, func(t *testing.T) {
				t.Parallel()
				test(t, chromium, way == "loaded")
			})
		}
	}
}

// A need is what a scenario asks for beside a site and visitors.
type need string

const (
	bothWays     need = "never left out"
	wholeBrowser need = "a browser that keeps pages for the way back"
)

// leftOut tells whether scenario i is one of those that are not tried where pages hold the script: loading it is the usual way.
func leftOut(loaded bool, i int, needs []need) bool {
	return !loaded && !testenv.Sampled(i, 3) && !slices.Contains(needs, bothWays)
}

// testPages looks at one page after the other.
func testPages(t *testing.T, chromium *chrome.Browser, loaded bool) {
	const (
		ada     = "Ada Lovelace ✓ verified\nada@example.com"
		bob     = "Bob ✓ verified"
		visitor = "visitor"
	)
	scenarios := 0
	scenario := func(name string, run func(t *testing.T, site *testSite, open func() *browser), needs ...need) {
		if scenarios++; leftOut(loaded, scenarios, needs) {
			return
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			site := newSite(t, loaded)
			run(t, site, func() *browser { return visit(t, chromium.Visitor(t), site) })
		})
	}

	scenario("login once a page", func(t *testing.T, site *testSite, open func() *browser) {
		b := open()
		b.as("ada", "/")
		b.expect("login 42 200")
		b.bubble(ada)
		b.Open(site.URL + "/other")
		b.expect("login 42 200, login 42 200")
		if site.asked.Load() != 0 {
			t.Errorf("asked the proxy %d times what the page said", site.asked.Load())
		}
		if left := b.Text("String(document.querySelectorAll('[data-tawkproxy]').length)"); left != "0" {
			t.Errorf("%s elements with personal data stay in the page", left)
		}
	})

	scenario("nobody is logged in", func(t *testing.T, site *testSite, open func() *browser) {
		b := open()
		b.as("", "/")
		b.bubble(visitor)
		b.expect("")
	})

	scenario("once logs in again only when details change", func(t *testing.T, site *testSite, open func() *browser) {
		site.widget.Once = true
		b := open()
		b.as("ada", "/")
		b.expect("login 42 200")
		b.Open(site.URL + "/other")
		b.bubble(ada)
		b.expect("login 42 200")
		site.users["ada"] = Visitor{ID: "42", Name: "Ada King"}
		b.Open(site.URL + "/")
		b.expect("login 42 200, login 42 200")
		b.bubble("Ada King ✓ verified")
	})

	scenario("logout once", func(t *testing.T, site *testSite, open func() *browser) {
		b := open()
		b.as("ada", "/")
		b.expect("login 42 200")
		b.as("", "/")
		b.expect("login 42 200, logout 200")
		b.bubble(visitor)
		b.Open(site.URL + "/other")
		b.expect("login 42 200, logout 200")
	})

	scenario("another user", func(t *testing.T, site *testSite, open func() *browser) {
		b := open()
		b.as("ada", "/")
		b.expect("login 42 200")
		b.as("bob", "/")
		b.expect("login 42 200, logout 200, login 43 200")
		b.bubble(bob)
	})

	scenario("a form to log in", func(t *testing.T, site *testSite, open func() *browser) {
		site.shared = true
		site.pages["/login"] = strings.Replace(site.pages["/"], "<p>Hello", "<form><input type=Password></form><p>Hello", 1)
		b := open()
		b.Open(site.URL + "/")
		b.soon("a question", func() bool { return site.asked.Load() == 1 })
		b.Open(site.URL + "/login")
		b.soon("another question", func() bool { return site.asked.Load() == 2 })
		if site.atForm.Load() != 1 {
			t.Errorf("%d questions of two say that there is a form", site.atForm.Load())
		}
	})

	scenario("unknown changes nothing", func(t *testing.T, site *testSite, open func() *browser) {
		b := open()
		b.as("ada", "/")
		b.expect("login 42 200")
		site.failing.Store(true)
		b.Open(site.URL + "/other")
		b.bubble(ada)
		b.expect("login 42 200")
	})

	scenario("unknown is asked about again, twice", func(t *testing.T, site *testSite, open func() *browser) {
		b := open()
		b.pace("ms === 3000 || ms > 5000 && ms < 10000 ? ms / 40 : ms > 30000 ? ms / 200 : ms")
		b.as("ada", "/")
		b.expect("login 42 200")
		site.failing.Store(true)
		b.as("", "/other")
		b.soon("two questions", func() bool { return site.asked.Load() == 2 })
		b.Eval("new Promise(function (resolve) { setTimeout(resolve, 2000); })") // a third would come within 1.8 seconds
		if n := site.asked.Load(); n != 2 {
			t.Errorf("asked %d times", n)
		}
		b.bubble(ada)
		b.Open(site.URL + "/")
		b.soon("another question", func() bool { return site.asked.Load() == 3 })
		site.failing.Store(false)
		b.expect("login 42 200, logout 200")
		b.bubble(visitor)
		if n := site.asked.Load(); n != 4 {
			t.Errorf("asked %d times", n)
		}
		site.failing.Store(true)
		b.Open(site.URL + "/other") // nobody is logged in to the widget, so that nobody can be wrong
		b.expect("login 42 200, logout 200")
		b.Eval("new Promise(function (resolve) { setTimeout(resolve, 400); })")
		if n := site.asked.Load(); n != 4 {
			t.Errorf("asked %d times for nobody", n)
		}
	})

	scenario("callback comes twice", func(t *testing.T, site *testSite, open func() *browser) {
		site.standin.Break("login", widget.Twice)
		site.standin.Break("logout", widget.Twice)
		b := open()
		b.as("ada", "/")
		b.expect("login 42 200")
		b.as("bob", "/")
		b.expect("login 42 200, logout 200, login 43 200")
	})

	scenario("callback never comes", func(t *testing.T, site *testSite, open func() *browser) {
		site.standin.Break("login", widget.Mute)
		b := open()
		b.pace("ms / 20")
		b.as("ada", "/")
		b.soon("a report", func() bool { return site.reports.Counts()[Report{408, "login"}] == 1 })
		b.expect("login 42 200")
		// The login may have been heard: whoever comes next must not be taken for Ada.
		b.as("", "/")
		b.expect("login 42 200, logout 200")
		b.bubble(visitor)
	})

	scenario("logout without a callback goes on", func(t *testing.T, site *testSite, open func() *browser) {
		b := open()
		b.pace("ms / 20")
		b.as("ada", "/")
		b.expect("login 42 200")
		site.standin.Break("logout", widget.Mute)
		b.as("bob", "/")
		b.expect("login 42 200, logout 200, login 43 200")
		b.bubble(bob)
	})

	scenario("wrong key", func(t *testing.T, site *testSite, open func() *browser) {
		site.widget.Key = "not the key of this property, at all :-("
		b := open()
		b.as("ada", "/")
		b.expect("login 42 401")
		console := strings.Join(b.Console(), "\n")
		for _, word := range []string{"401", "secret key", "Secure Mode", "Administration > Overview > JavaScript API"} {
			if !strings.Contains(console, word) {
				t.Errorf("the console does not say %q:\n%s", word, console)
			}
		}
		b.soon("a report", func() bool { return site.reports.Counts()[Report{401, "login"}] == 1 })
		// Nobody was logged in, so there is nobody to log out.
		b.as("", "/")
		b.expect("login 42 401")
	})

	scenario("Secure Mode is off", func(t *testing.T, site *testSite, open func() *browser) {
		site.standin.SecureModeOff = true
		b := open()
		b.as("ada", "/")
		b.expect("login 42 401")
	})

	scenario("busy servers are asked again, a few times", func(t *testing.T, site *testSite, open func() *browser) {
		site.standin.Break("login", widget.Busy, widget.Busy)
		b := open()
		b.pace("ms === 12000 ? ms : ms / 5000")
		b.as("ada", "/")
		b.expect("login 42 500, login 42 500, login 42 200")
		b.bubble(ada)
		site.standin.Break("login", widget.Busy, widget.Busy, widget.Busy, widget.Busy, widget.Busy)
		b.Open(site.URL + "/other")
		b.expect("login 42 500, login 42 500, login 42 200, login 42 500, login 42 500, login 42 500, login 42 500")
		b.soon("reports", func() bool { return site.reports.Counts()[Report{500, "login"}] == 6 })
	})

	scenario("Trusted Types", func(t *testing.T, site *testSite, open func() *browser) {
		site.trustedTypes = true
		const watch = `<script>var refused = []; addEventListener('securitypolicyviolation', function (e) { refused.push(e.sample) })</script>`
		site.pages["/other"] = strings.Replace(site.pages["/other"], "ELEMENT", watch+"ELEMENT", 1)
		site.pages["/"] = strings.Replace(site.pages["/"], "ELEMENT", `<script>
			var same = function (text) { return text };
			trustedTypes.createPolicy('default', {createScriptURL: same, createHTML: same, createScript: same})
			</script>ELEMENT`, 1)
		b := open()
		b.as("ada", "/other")
		b.soon("a word on the console", func() bool { return strings.Contains(strings.Join(b.Console(), "\n"), "keeps the widget out") })
		if refused := b.Text("JSON.stringify(refused)"); refused != "[]" || site.calls() != "" {
			t.Errorf("tried, and refused: %s; called %s", refused, site.calls())
		}
		b.Open(site.URL + "/")
		b.expect("login 42 200")
		b.bubble(ada)
	})

	scenario("a detail is refused", func(t *testing.T, site *testSite, open func() *browser) {
		site.standin.Break("login", widget.Bad)
		b := open()
		b.as("ada", "/")
		b.expect("login 42 400")
		if console := strings.Join(b.Console(), "\n"); !strings.Contains(console, "email,hash,name,userId") {
			t.Errorf("the console does not name the details:\n%s", console)
		}
		b.soon("a report", func() bool { return site.reports.Counts()[Report{400, "login"}] == 1 })
	})

	scenario("names are shown as they are", func(t *testing.T, site *testSite, open func() *browser) {
		b := open()
		for _, name := range []string{"</script><script>alert(1)</script>", `José "Pepe" O'Neil 😀`, "{{7*7}}<!--<script>&amp;"} {
			site.users["ada"] = Visitor{ID: "42", Name: name}
			b.as("ada", "/")
			b.bubble(name + " ✓ verified")
		}
		b.clean()
	})

	// A site with a widget of its own.
	snippet := func(site *testSite) string {
		return `<script>var Tawk_API=window.Tawk_API||{}; var Tawk_LoadStart=new Date();
			(function(s1,s0){
			s1.async=true;s1.src='` + site.widget.Origin + "/" + testProperty + `/default';s1.charset='UTF-8';
			s1.setAttribute('crossorigin','*');s0.parentNode.insertBefore(s1,s0);
			})(document.createElement("script"),document.getElementsByTagName("script")[0]);</script>`
	}
	for name, page := range map[string]func(snippet string) string{
		"before": func(snippet string) string { return "<html><head>" + snippet + "ELEMENT</head><body>" },
		"after":  func(snippet string) string { return "<html><head>ELEMENT</head><body><p>Hello</p>" + snippet },
		"when the page is parsed": func(snippet string) string {
			text := strings.NewReplacer("<script>", "", "</script>", "", "var ", "window.").Replace(snippet)
			return "ELEMENT<script>document.addEventListener('DOMContentLoaded', function () {" + text + "})</script>"
		},
		"and replaces Tawk_API": func(snippet string) string { return "ELEMENT" + snippet + "<script>var Tawk_API = {};</script>" },
	} {
		scenario("the site embeds the widget "+name, func(t *testing.T, site *testSite, open func() *browser) {
			const own = "<script>window.loads = 0; Tawk_API.onLoad = function () { loads++; };</script>"
			site.pages["/"] = "<!doctype html>" + page(snippet(site)+own)
			if name == "and replaces Tawk_API" {
				site.pages["/"] += own
			}
			b := open()
			b.as("ada", "/")
			b.expect("login 42 200")
			if n := site.count("loader"); n != 1 {
				t.Errorf("the widget was loaded %d times", n)
			}
			if b.Text("String(loads > 0)") != "true" {
				t.Error("the site's own Tawk_API.onLoad was never called")
			}
		})
	}

	// The script may come between the end of the page and DOMContentLoaded, at which the site embeds the widget.
	scenario("the site embeds the widget after a script that comes late", func(t *testing.T, site *testSite, open func() *browser) {
		text := strings.NewReplacer("<script>", "", "</script>", "", "var ", "window.").Replace(snippet(site))
		site.late = true
		site.pages["/"] = `<!doctype html><html><head>ELEMENT<script>
			document.addEventListener('readystatechange', function () { fetch('/parsed'); });
			document.addEventListener('DOMContentLoaded', function () {` + text + `});
			(function watch() { window.tawkproxy ? fetch('/started') : unhurried(watch, 5); })();
			</script><script defer src="/late"></script></head><body><p>Hello</p></body></html>`
		b := open()
		b.as("ada", "/")
		b.expect("login 42 200")
		if n := b.Text(`String(document.querySelectorAll('script[src*="` + testProperty + `"]').length)`); n != "1" {
			t.Errorf("the widget is in the page %s times", n)
		}
	})

	if !loaded {
		for _, leads := range []bool{true, false} {
			scenario(fmt.Sprintf("a page that tries the script's address, which leads here: %t", leads), func(t *testing.T, site *testSite, open func() *browser) {
				const address = "/.tawkproxy/login.x"
				if leads {
					site.file = NewFile(Script())
				}
				site.trying = address
				b := open()
				b.as("ada", "/")
				b.expect("login 42 200")
				b.soon("the attempt", func() bool { return site.hits(address) == 1 })
				b.expect("login 42 200")
				if left := b.Text(`String(document.querySelectorAll('script[src*="login."]').length)`); left != "0" {
					t.Errorf("%s elements of the attempt stay in the page", left)
				}
			}, bothWays)
		}
	}

	scenario("the site replaces Tawk_API later", func(t *testing.T, site *testSite, open func() *browser) {
		b := open()
		b.as("ada", "/")
		b.expect("login 42 200")
		b.Eval("window.Tawk_API = {onLoaded: true}")
		b.session("bob")
		b.Eval("tawkproxy.refresh()")
		b.bubble(bob)
		b.expect("login 42 200, logout 200, login 43 200")
	})

	scenario("never embed", func(t *testing.T, site *testSite, open func() *browser) {
		site.widget.Embed = false
		b := open()
		b.as("ada", "/")
		b.Eval("idle()")
		if site.count("loader") != 0 || b.Text("typeof Tawk_API") != "undefined" {
			t.Error("embedded nevertheless")
		}
		b.clean()
	})

	scenario("the widget is blocked", func(t *testing.T, site *testSite, open func() *browser) {
		site.widget.Origin = "http://127.0.0.1:1"
		b := open()
		b.Before("addEventListener('error', function (e) { window.blocked = e.target.src; }, true)")
		b.as("ada", "/")
		b.Until("window.blocked")
		b.Eval("idle()")
		b.clean()
		if console := strings.Join(b.Console(), "\n"); strings.Contains(console, "tawkproxy:") {
			t.Errorf("said something about it:\n%s", console)
		}
	})

	scenario("no cookies", func(t *testing.T, site *testSite, open func() *browser) {
		b := open()
		b.Before("Object.defineProperty(document, 'cookie', {get: function () { return ''; }, set: function () {}})")
		b.as("ada", "/")
		b.expect("login 42 200")
		b.session("bob")
		b.Eval("tawkproxy.refresh()")
		b.bubble(bob)
		b.expect("login 42 200, logout 200, login 43 200")
	})

	scenario("a cookie that cannot be changed", func(t *testing.T, site *testSite, open func() *browser) {
		b := open()
		b.Before("Object.defineProperty(document, 'cookie', {get: function () { return 'tawkproxy_user=x.y'; }, set: function () {}})")
		b.as("bob", "/")
		b.expect("logout 200, login 43 200")
		b.session("ada")
		b.Eval("tawkproxy.refresh()")
		b.bubble(ada)
		b.expect("logout 200, login 43 200, logout 200, login 42 200")
	})

	scenario("a widget without a login", func(t *testing.T, site *testSite, open func() *browser) {
		b := open()
		b.Before("addEventListener('tawkBeforeLoad', function () { delete Tawk_API.login; }, true)")
		b.as("ada", "/")
		b.soon("a report", func() bool { return site.reports.Counts()[Report{0, "login"}] == 1 })
		b.expect("")
	})

	scenario("evaluated twice", func(t *testing.T, site *testSite, open func() *browser) {
		site.pages["/"] = "<!doctype html><html><head>ELEMENTELEMENT</head><body>ELEMENT</body></html>"
		b := open()
		b.as("ada", "/")
		b.expect("login 42 200")
		if n := site.count("loader"); n != 1 {
			t.Errorf("the widget was loaded %d times", n)
		}
		// As Turbo and htmx bring another page.
		bring := func() {
			b.Eval(`fetch('/').then(function (r) { return r.text(); }).then(function (text) {
				var from = new DOMParser().parseFromString(text, 'text/html').querySelector('script'), to = document.createElement('script');
				Array.from(from.attributes).forEach(function (a) { to.setAttribute(a.name, a.value); });
				to.textContent = from.textContent;
				document.head.appendChild(to);
			})`)
		}
		bring()
		b.expect("login 42 200")
		b.session("bob")
		bring()
		b.expect("login 42 200, logout 200, login 43 200")
		b.session("")
		bring()
		b.expect("login 42 200, logout 200, login 43 200, logout 200")
	})

	scenario("frames", func(t *testing.T, site *testSite, open func() *browser) {
		site.pages["/"] = `<!doctype html><html><head>ELEMENT</head><body><iframe src="/other"></iframe></body></html>`
		b := open()
		b.as("ada", "/")
		b.expect("login 42 200")
		if n := site.count("loader"); n != 1 {
			t.Errorf("the widget was loaded %d times", n)
		}
	})

	scenario("no body", func(t *testing.T, site *testSite, open func() *browser) {
		site.pages["/"] = `<html><head>ELEMENT</head><frameset cols="50%,50%"><frame src="/other"><frame src="/other"></frameset>`
		b := open()
		b.as("ada", "/")
		b.expect("login 42 200")
	})
}
