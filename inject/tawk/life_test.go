package tawk

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"tawkproxy/examples/testenv/chrome"
	"tawkproxy/examples/widget"
)

// testLife follows logins that change while pages live on, and pages that outlive a login.
func testLife(t *testing.T, chromium *chrome.Browser, loaded bool) {
	const (
		ada     = "Ada Lovelace ✓ verified\nada@example.com"
		bob     = "Bob ✓ verified"
		visitor = "visitor"
	)
	scenarios := 1
	scenario := func(name string, run func(t *testing.T, site *testSite, b *browser), needs ...need) {
		if scenarios++; leftOut(loaded, scenarios, needs) {
			return
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			site := newSite(t, loaded)
			chromium := chromium
			if slices.Contains(needs, wholeBrowser) {
				chromium = wholeChromium.Get(t)
			}
			run(t, site, visit(t, chromium.Visitor(t), site))
		})
	}

	scenario("a page for everybody asks", func(t *testing.T, site *testSite, b *browser) {
		site.shared = true
		b.as("ada", "/")
		b.expect("login 42 200")
		b.bubble(ada)
		if n := site.asked.Load(); n != 1 {
			t.Errorf("asked %d times", n)
		}
		b.as("", "/")
		b.expect("login 42 200, logout 200")
	})

	scenario("an endpoint that fails changes nothing", func(t *testing.T, site *testSite, b *browser) {
		b.as("ada", "/")
		b.expect("login 42 200")
		site.failing.Store(true)
		b.Eval("tawkproxy.refresh()")
		b.soon("the question", func() bool { return site.asked.Load() == 1 })
		b.expect("login 42 200")
		site.failing.Store(false)
		b.Before("XMLHttpRequest.prototype.open = function () { throw new Error('not on this site'); }")
		b.Open(site.URL + "/other")
		b.expect("login 42 200, login 42 200")
		b.Eval("tawkproxy.refresh()")
		b.expect("login 42 200, login 42 200")
	})

	scenario("refresh", func(t *testing.T, site *testSite, b *browser) {
		b.as("", "/")
		b.bubble(visitor)
		b.session("ada")
		b.Eval("tawkproxy.refresh()")
		b.bubble(ada)
		b.session("bob")
		b.Eval("tawkproxy.refresh()")
		b.bubble(bob)
		b.session("")
		b.Eval("tawkproxy.refresh()")
		b.bubble(visitor)
		b.expect("login 42 200, logout 200, login 43 200, logout 200")
	})

	for name, setup := range map[string]string{"is told of": "", "looks for": "delete window.cookieStore"} {
		scenario("the script "+name+" a session that changes without a page", func(t *testing.T, site *testSite, b *browser) {
			site.marking = true
			b.Before(setup)
			b.as("", "/")
			b.bubble(visitor)
			b.session("ada")
			b.bubble(ada)
			b.session("")
			b.bubble(visitor)
			b.expect("login 42 200, logout 200")
		})
	}

	// The callback came, tawkLoad did not: the widget's connection failed, say.
	scenario("a widget that does not connect anew hears of the next session", func(t *testing.T, site *testSite, b *browser) {
		site.marking = true
		site.standin.Break("login", widget.Stay)
		b.as("ada", "/")
		b.soon("the login", func() bool { return site.calls() == "login 42 200" })
		b.session("")
		b.expect("login 42 200, logout 200")
		site.standin.Break("login", widget.Stay)
		b.session("bob")
		b.expect("login 42 200, logout 200, login 43 200")
	})

	// A connection of before a call says nothing about the one after it.
	scenario("a late connection", func(t *testing.T, site *testSite, b *browser) {
		b.pace("ms === 5000 || ms === 12000 ? 1e6 : ms / 20")
		b.Before(`window.logins = 0;
			addEventListener('tawkBeforeLoad', function () {
				var login = Tawk_API.login, logout = Tawk_API.logout;
				Tawk_API.login = function (who, back) { logins++; login(who, back); };
				Tawk_API.logout = function (back) { logout(function () { window.release = back; }); };
			}, true)`)
		b.as("ada", "/")
		b.bubble(ada)
		site.standin.Break("logout", widget.Stay)
		b.session("bob")
		b.Eval("tawkproxy.refresh()")
		b.Until("window.release")
		b.Eval(`new Promise(function (done) {
			addEventListener('tawkLoad', function () { done(); }, {once: true});
			$_Tawk.reconnect();
		})`)
		if logins := b.Text("release(), String(logins)"); logins != "1" {
			t.Errorf("%s logins before the widget has connected anew", logins)
		}
		b.Eval("$_Tawk.reconnect()")
		b.expect("login 42 200, logout 200, login 43 200")
	})

	// Whether the widget's servers have heard of a logout, a page that is left at that moment cannot say. The next one makes sure.
	scenario("a page that is left in the middle of a logout", func(t *testing.T, site *testSite, b *browser) {
		b.as("ada", "/")
		b.expect("login 42 200")
		b.Eval("var logout = Tawk_API.logout; Tawk_API.logout = function () { logout(); }") // which never calls back
		b.session("")
		b.Eval("tawkproxy.refresh()")
		b.soon("the logout", func() bool { return site.calls() == "login 42 200, logout 200" })
		b.Open(site.URL + "/other")
		b.bubble(visitor)
		b.expect("login 42 200, logout 200, logout 200")
		b.Open(site.URL + "/")
		b.bubble(visitor)
		b.expect("login 42 200, logout 200, logout 200")
	})

	scenario("asks and reports below the page", func(t *testing.T, site *testSite, b *browser) {
		site.shared = true
		site.widget.Own = "/shop/chat/" // an ordinary word: known by the script's header
		site.standin.Break("login", widget.Bad)
		// A base element behind the place of one that loads the script does not lead its address astray; in front of it, pages hold the script.
		head := `<base href="https://evil.example/">ELEMENT`
		if loaded {
			head = `ELEMENT<base href="https://evil.example/">`
		}
		paths := []string{"/wiki/doku.php", "/wiki/", "//evil.example/x", "/a;b=c/%C3%A9%2Fd"}
		for _, path := range paths {
			plain, err := url.PathUnescape(path)
			if err != nil {
				t.Fatal(err)
			}
			site.pages[plain] = "<!doctype html><html><head>" + head + "</head><body></body></html>"
			b.as("ada", path)
			question := strings.TrimSuffix(plain, "/") + "/chat/user"
			b.soon(question, func() bool { return site.hits(question) > 0 })
			b.soon("login", func() bool { return strings.Count(site.calls(), "login") == slices.Index(paths, path)+1 })
			b.soon("the report", func() bool { return site.reports.Counts()[Report{400, "login"}] == 1 })
		}
		if n := site.hits("/wiki/doku.php/chat/report"); n != 1 {
			t.Errorf("%d reports below the page", n)
		}
	}, bothWays)

	for _, kept := range []struct {
		where, setup string
		needs        []need
	}{
		{"back/forward", "", []need{wholeBrowser}},
		{"HTTP", "addEventListener('unload', function () {})", nil},
	} {
		scenario("back after logout, from the "+kept.where+" cache", func(t *testing.T, site *testSite, b *browser) {
			b.Before(kept.setup + ";addEventListener('pageshow', function (e) { window.persisted = e.persisted; })")
			b.as("ada", "/")
			b.expect("login 42 200")
			b.Eval("window.old = true")
			b.Open(site.URL + "/other")
			b.expect("login 42 200, login 42 200")
			b.as("", "/other")
			b.expect("login 42 200, login 42 200, logout 200")
			b.Leave("history.go(-2)") // over /other, twice
			if persisted := b.Text("String(window.persisted && window.old)"); (persisted == "true") != (kept.setup == "") {
				t.Errorf("persisted: %s", persisted)
			}
			b.bubble(visitor)
			if kept.setup == "" {
				// This page's widget still showed Ada's chats.
				b.expect("login 42 200, login 42 200, logout 200, logout 200")
			} else {
				b.expect("login 42 200, login 42 200, logout 200")
			}
		}, kept.needs...)
	}

	scenario("two tabs", func(t *testing.T, site *testSite, b *browser) {
		b.as("ada", "/")
		b.expect("login 42 200")
		other := visit(t, b.Sibling(), site)
		other.Open(site.URL + "/other")
		other.expect("login 42 200, login 42 200")

		b.Hide()
		b.Until("document.hidden")
		other.as("bob", "/other")
		other.expect("login 42 200, login 42 200, logout 200, login 43 200")
		b.Show()
		b.bubble(bob)
		b.expect("login 42 200, login 42 200, logout 200, login 43 200, login 43 200")

		b.Hide()
		b.Until("document.hidden")
		other.as("", "/other")
		other.bubble(visitor)
		b.Show()
		b.bubble(visitor)
	})

	scenario("two tabs that log in once", func(t *testing.T, site *testSite, b *browser) {
		site.widget.Once = true
		b.as("ada", "/")
		b.expect("login 42 200")
		other := visit(t, b.Sibling(), site)
		other.as("bob", "/")
		other.expect("login 42 200, logout 200, login 43 200")
		b.Eval("tawkproxy.refresh()")
		b.bubble(bob) // this page's widget still showed Ada's chats
		b.expect("login 42 200, logout 200, login 43 200, login 43 200")
	})

	scenario("a hidden tab asks nothing", func(t *testing.T, site *testSite, b *browser) {
		b.as("", "/")
		b.bubble(visitor)
		b.Hide()
		b.Until("document.hidden")
		b.session("ada")
		b.Eval("tawkproxy.refresh()")
		b.expect("")
		if n := site.asked.Load(); n != 0 {
			t.Errorf("asked %d times", n)
		}
		b.Show()
		b.bubble(ada)
	})

	scenario("a page that was fetched ahead", func(t *testing.T, site *testSite, b *browser) {
		site.pages["/"] += `<script type="speculationrules">{"prefetch":[{"urls":["/other"],"eagerness":"immediate"}]}</script>
			<a href="/other">other</a>`
		b.as("ada", "/")
		b.expect("login 42 200")
		b.soon("the fetching", func() bool { return site.hits("/other") == 1 })
		b.session("bob")
		b.Leave("document.querySelector('a').click()")
		b.bubble(bob)
		b.expect("login 42 200, logout 200, login 43 200")
		if n := site.hits("/other"); n != 1 {
			t.Errorf("the page was fetched %d times", n)
		}
	})

	// Chromium does not prerender under a debugger, so this page is on its own. It says by requests where it is.
	scenario("a page that was rendered ahead", func(t *testing.T, site *testSite, b *browser) {
		site.pages["/alone"] = `<script type="speculationrules">{"prerender":[{"urls":["/ahead"],"eagerness":"immediate"}]}</script>
			<a href="/ahead">ahead</a>
			<script>setInterval(function () {
				fetch('/go').then(function (r) { if (r.ok) document.querySelector('a').click(); });
			}, 100)</script>`
		site.pages["/ahead"] = `<!doctype html>ELEMENT<script>
			if (document.prerendering) fetch('/prerendering');
			document.addEventListener('prerenderingchange', function () { fetch('/activated'); });
			</script>`
		b.as("ada", "/")
		b.expect("login 42 200")
		b.Eval("window.open('/alone', '_blank', 'noopener')")
		b.soon("prerendering", func() bool { return site.hits("/prerendering") == 1 })
		b.session("bob")
		site.ready.Store(true)
		b.soon("activation", func() bool { return site.hits("/activated") == 1 })
		b.soon("login", func() bool { return site.calls() == "login 42 200, logout 200, login 43 200" })
	})
}
