package main

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tawkproxy/examples/testenv/chrome"
)

// TestVisit follows visitors through the shop in a real browser. The bubble says whom the support team would see, and the
// stand-in for the widget what it was told: each thing once, however often tawkLoad comes.
func TestVisit(t *testing.T) {
	t.Parallel()
	chromium := sharedChromium.Get(t)

	t.Run("from login to logout", func(t *testing.T) {
		t.Parallel()
		v := newVisit(t, chromium, newTown(t))
		v.open("/").sees("visitor").told()
		v.open("/login").click("login-ada").sees("Ada Lovelace \u2713 verified").told("login 42")
		v.open("/catalogue").sees("Ada Lovelace \u2713 verified").told("login 42")
		v.open("/login").told("login 42").click("enter-jose").sees("José \"Pepe\" O'Neil 😀 \u2713 verified").told("logout", "login u-7f3")
		v.open("/login").told("login u-7f3").click("login-script").sees("</script><script>alert(1)</script> \u2713 verified").
			told("logout", "login x-1")
		v.click("logout").sees("visitor").told("logout")
		v.open("/terms").sees("visitor").told()
		v.Leave("history.back()")
		v.sees("visitor").told()
		v.quiet()
	})

	t.Run("back to a page of before the logout", func(t *testing.T) {
		t.Parallel()
		v := newVisit(t, wholeChromium.Get(t), newTown(t)) // which may keep the page
		v.open("/login").click("login-ada").sees("Ada Lovelace \u2713 verified").told("login 42")
		v.open("/hours").sees("Ada Lovelace \u2713 verified").told("login 42")
		v.open("/logout").sees("visitor").told("logout")
		v.Leave("history.back()")
		v.sees("visitor")
		// If the page comes back as it was, its widget was told of Ada, and is told once more that she has left.
		if again := v.town.calls(); len(again) > 0 && !slices.Equal(again, []string{"logout"}) {
			t.Errorf("the page of before told the widget %q", again)
		}
		v.quiet()
	})

	t.Run("a page that everybody may keep", func(t *testing.T) {
		t.Parallel()
		v := newVisit(t, chromium, newTown(t))
		v.open("/about").sees("visitor").told()
		v.open("/login").click("login-ada").sees("Ada Lovelace \u2713 verified").told("login 42")
		v.open("/about").sees("Ada Lovelace \u2713 verified").told("login 42")
		v.open("/logout").sees("visitor").told("logout")
		v.open("/about").sees("visitor").told()
		v.quiet()
	})

	t.Run("in and out without a new page", func(t *testing.T) {
		t.Parallel()
		v := &visit{Tab: chromium.Visitor(t), town: newTown(t), t: t} // its page may act before another one comes
		v.open("/").sees("visitor").told()
		v.Eval("fetch('/enter', {method: 'POST', body: new URLSearchParams('person=ada')})")
		v.sees("Ada Lovelace \u2713 verified").told("login 42")
		v.Eval("fetch('/logout')")
		v.sees("visitor").told("logout")
		v.quiet()
	})

	t.Run("the browser's own cache", func(t *testing.T) {
		t.Parallel()
		v := newVisit(t, chromium, newTown(t))
		const ada, jose = "Ada Lovelace \u2713 verified", "José \"Pepe\" O'Neil 😀 \u2713 verified"
		v.open("/terms").sees("visitor").told() // with an ETag and a Last-Modified of the shop's, the same for everybody
		v.open("/login").click("login-ada").sees(ada).told("login 42")
		v.open("/terms").sees(ada).told("login 42")
		v.Leave("location.reload()")
		v.sees(ada).told("login 42")
		v.open("/login").told("login 42").click("login-jose").sees(jose).told("logout", "login u-7f3")
		v.open("/terms").sees(jose).told("login u-7f3")
		v.Leave("location.reload()")
		v.sees(jose).told("login u-7f3")
		v.open("/logout").sees("visitor").told("logout")
		v.open("/terms").sees("visitor").told()
		v.quiet()
	})

	t.Run("pages out of the ordinary", func(t *testing.T) {
		t.Parallel()
		v := newVisit(t, chromium, newTown(t))
		v.open("/login").click("login-jose").told("login u-7f3")
		for _, path := range []string{"/guestbook", "/links", "/bargains", "/letter", "/account", "/news", "/checkout", "/kiln", "/nowhere"} {
			v.open(path).sees("José \"Pepe\" O'Neil 😀 \u2713 verified").told("login u-7f3")
		}
		v.quiet()
	})

	t.Run("once", func(t *testing.T) {
		t.Parallel()
		v := newVisit(t, chromium, newTown(t, "TAWK_LOGIN=once"))
		v.open("/login").click("login-ada").sees("Ada Lovelace \u2713 verified").told("login 42")
		v.open("/catalogue").sees("Ada Lovelace \u2713 verified").told()
		v.open("/logout").sees("visitor").told("logout")
	})

	t.Run("a wrong key", func(t *testing.T) {
		t.Parallel()
		v := newVisit(t, chromium, newTown(t, "TAWK_SECRET_KEY=ffffffffffffffffffffffffffffffffffffffff"))
		v.open("/login").click("login-ada")
		v.Until(`performance.getEntriesByType('resource').some(function (r) { return /report$/.test(r.name) })`)
		v.Eval(`$_Tawk.reconnect()`)
		v.sees("visitor").told("login 42 refused")
		if console := strings.Join(v.Console(), "\n"); !strings.Contains(console, "Secure Mode") {
			t.Errorf("the console says %s", console)
		}
		if log := v.town.Log(); !strings.Contains(log, "TAWK_SECRET_KEY") {
			t.Errorf("the log says %s", log)
		}
	})
}

// A visit is one visitor in the town.
type visit struct {
	*chrome.Tab
	town *town
	t    *testing.T
}

// newVisit begins a visit on which pages are patient from the first.
func newVisit(t *testing.T, chromium *chrome.Browser, town *town) *visit {
	t.Helper()
	v := &visit{Tab: chromium.Visitor(t), town: town, t: t}
	v.patient()
	return v
}

// patient lets no page from now on act while the next one is on its way. A page gives that one a second before it tells the widget
// of a new session itself; where that is too short, it is left in the middle of its call, and the next page calls once more. That
// does no harm, but a busy machine would decide what the widget is told.
func (v *visit) patient() {
	v.t.Helper()
	v.Before(`(function (later) {
		window.setTimeout = function (f, ms, ...more) { return later(f, ms === 1000 ? 60000 : ms, ...more); };
	})(window.setTimeout.bind(window));`)
}

func (v *visit) open(path string) *visit {
	v.t.Helper()
	v.Open(v.town.url + path)
	return v
}

// click clicks on an element and waits for the page to which that leads.
func (v *visit) click(id string) *visit {
	v.t.Helper()
	v.Leave("document.getElementById(" + strconv.Quote(id) + ").click()")
	return v
}

// sees waits until the bubble names somebody.
func (v *visit) sees(who string) *visit {
	v.t.Helper()
	v.Until("document.getElementById('tawk-standin').firstChild.textContent === " + strconv.Quote(who))
	return v
}

// told waits until the widget was told these things since it was last asked, and checks that nothing follows.
func (v *visit) told(want ...string) *visit {
	v.t.Helper()
	if got := v.hears(len(want)); !slices.Equal(got, want) {
		v.t.Errorf("the widget was told %q, want %q", got, want)
	}
	return v
}

// toldAgain is told where pages may be left in the middle of their call, and the next one calls once more. That does no harm.
func (v *visit) toldAgain(want ...string) *visit {
	v.t.Helper()
	if got := v.hears(len(want)); len(got) > len(want)+1 || !slices.Equal(slices.Compact(got), want) {
		v.t.Errorf("the widget was told %q, want %q, and the last perhaps twice", got, want)
	}
	return v
}

// hears waits until the widget has heard that many things since it was last asked, and returns all that it then has.
func (v *visit) hears(atLeast int) (got []string) {
	v.t.Helper()
	for deadline := time.Now().Add(time.Minute); len(got) < atLeast && time.Now().Before(deadline); {
		got = append(got, v.town.calls()...)
		time.Sleep(20 * time.Millisecond)
	}
	// A page that is left before the widget has heard its answer makes the next one call once more.
	const idle = "window.$_Tawk && $_Tawk.busy === 0 && Tawk_API.onLoaded"
	v.Until(idle)
	time.Sleep(200 * time.Millisecond) // in which a login loop would show
	v.Until(idle)
	return append(got, v.town.calls()...)
}

// quiet checks that no page of the visit has thrown anything.
func (v *visit) quiet() {
	v.t.Helper()
	if thrown := v.Thrown(); len(thrown) > 0 {
		v.t.Errorf("thrown: %q", thrown)
	}
}

// calls returns the logins and logouts since it was last called.
func (t *town) calls() []string {
	all := t.widget.Calls()
	var told []string
	for _, call := range all[t.heard:] {
		if call.Kind != "login" && call.Kind != "logout" {
			continue
		}
		words := strings.TrimSpace(call.Kind + " " + call.UserID)
		if call.Status != 200 {
			words += " refused"
		}
		told = append(told, words)
	}
	t.heard = len(all)
	return told
}
