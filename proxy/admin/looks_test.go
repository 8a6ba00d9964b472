package admin

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"tawkproxy/examples/testenv/chrome"
)

// pictures is where the pictures go that the tests of looks take; the one in README is one of them.
var pictures = flag.String("pictures", "", "write pictures of the status page to this folder")

// busy is an admin listener that has seen a day of visitors.
func busy(t *testing.T) (*Figures, http.Handler) {
	t.Helper()
	f := NewFigures("v1.4.0", Lists{
		Pages: []Label{
			{Inserted, User, "it names the user"}, {Inserted, Nobody, "nobody is logged in"}, {Inserted, Ask, "its script asks who is logged in"},
			{Unmodified, "unmodified", "the browser has the page as it would be now"},
			{Skipped, "no_transform", "Cache-Control: no-transform forbids changes"}, {Skipped, "window", "its head begins too far down: TAWK_PAGE_WINDOW"},
			{NoPage, "status", "no page is expected under its status, as with a redirect"}, {NoPage, "attachment", "a download"},
			{NoPage, "fragment", "not a whole page"},
		},
		Identities: []Label{
			{User, "recognised", "somebody is logged in"}, {Nobody, "no_cookie", "the visit carries no session"},
			{Nobody, "no_user", "a session in which nobody is logged in"}, {Nobody, "expired", "genuine, but too old"},
			{Unknown, "failed", "a store, the database or the site did not answer"},
		},
		Reports: []Label{{"login", "401", "check the key"}, {"login", "408", "the widget never called back: nothing to do unless it goes on"}},
		Stores:  []string{"sessions", "users"},
		Caches:  []string{"sessions"},
	})
	random := rand.New(rand.NewPCG(1, 4))
	add := func(c *Counters, first, second string, n float64) {
		c.counts[[2]string{first, second}].Add(uint64(n + random.Float64()))
	}
	now := time.Now()
	for minute := range day {
		at := now.Add(time.Duration(minute-day) * time.Minute)
		hour := float64(minute) / 60
		load := 14*math.Exp(-math.Pow(hour-11, 2)/9) + 17*math.Exp(-math.Pow(hour-22, 2)/9) + 1.2
		load *= 3 * (0.7 + 0.6*random.Float64())
		add(f.Pages, Inserted, User, load*0.42)
		add(f.Pages, Inserted, Nobody, load*0.38)
		add(f.Pages, Inserted, Ask, load*0.14)
		add(f.Pages, Skipped, "no_transform", load*0.015)
		add(f.Pages, Skipped, "window", load*0.006)
		add(f.Pages, Unmodified, "unmodified", load*0.05)
		add(f.Pages, NoPage, "status", load*0.2)
		add(f.Pages, NoPage, "attachment", load*0.04)
		add(f.Identities, User, "recognised", load*0.47)
		add(f.Identities, Nobody, "no_cookie", load*0.3)
		add(f.Identities, Nobody, "no_user", load*0.12)
		add(f.Identities, Nobody, "expired", load*0.02)
		f.history.look(at)
		f.FirstByte(time.Duration(float64(30+random.IntN(90)) * float64(time.Millisecond)))
		f.Own(time.Duration(60+random.IntN(70)) * time.Microsecond)
		f.Cache("sessions", random.IntN(12) > 0)
		f.Store("sessions", time.Duration(300+random.IntN(900))*time.Microsecond)
		f.Requests.Inc([]int{200, 200, 200, 200, 200, 302, 304, 404}[random.IntN(8)])
	}
	f.Identities.counts[[2]string{Unknown, "failed"}].Add(3)
	f.Reports.Inc("login", "408")
	f.began = now.Add(-9 * day * time.Minute)
	problems := NewProblems(slog.DiscardHandler, "verdict", "cause", "visits", "times")
	log := slog.New(problems)
	log.Warn("a page went out without the login script; this is said once", "verdict", "window", "path", "/customers/ada",
		"remedy", "the head begins too far down: raise TAWK_PAGE_WINDOW")
	log.Error("cannot tell who is logged in; the pages are told nothing", "cause", "redis: dial tcp 10.0.4.7:6379: connect: connection refused",
		"visits", 3, "remedy", "can what TAWK_SESSION_STORE names be reached and read?")
	settings := []slog.Attr{
		slog.String("TAWK_UPSTREAM", "http://127.0.0.1:3000"), slog.String("TAWK_PROPERTY_ID", "64b0c0ffee64b0c0ffee64b0"),
		slog.String("TAWK_SECRET_KEY", "set, 40 characters"), slog.String("TAWK_SESSION", "express"),
		slog.String("TAWK_SESSION_STORE", "redis://10.0.4.7:6379/0"), slog.String("TAWK_EXPRESS_SECRET", "set, 1 in number"),
		slog.String("TAWK_USER_ID", "user.id"), slog.String("TAWK_USER_NAME", "user.name"), slog.String("TAWK_CSP", "extend"),
	}
	return f, New(t.Context(), Options{
		Health: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "ready") }), Figures: f, Problems: problems,
		Settings: func() []slog.Attr { return settings }, Site: "http://127.0.0.1:3000", Token: func() string { return "" }, Local: true,
	})
}

// lookOf has a tab show pages in a colour scheme and at a width, as a screen of that density does.
func lookOf(tab *chrome.Tab, scheme string, width, height int64) {
	tab.Run(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
		if err == nil {
			_, err = cdp.Call(ctx, t, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
				Width: width, Height: height, DeviceScaleFactor: 1, Mobile: false})
		}
		return chromedp.Void{}, err
	})
}

// picture writes what a tab shows, if pictures are asked for.
func picture(t *testing.T, tab *chrome.Tab, name string, whole bool) {
	if *pictures == "" {
		return
	}
	tab.Run(func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		shot, err := cdp.Call(ctx, target, page.CaptureScreenshot, page.CaptureScreenshotParams{Format: "png", CaptureBeyondViewport: &whole})
		if err == nil {
			err = os.WriteFile(filepath.Join(*pictures, name+".png"), shot.Data, 0o644)
		}
		return chromedp.Void{}, err
	})
}

// faint lists texts that are hard to read, by the contrast that WCAG 2.2 section 1.4.3 asks for.
const faint = `(function () {
	const numbers = c => c.match(/[\d.]+/g).map(Number);
	const light = c => { const [r, g, b] = numbers(c).map(v => { v /= 255; return v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; });
		return .2126 * r + .7152 * g + .0722 * b; };
	const behind = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; const [, , , a] = numbers(c);
		if (a === undefined || a === 1) return c; } return 'rgb(255, 255, 255)'; };
	return [...document.querySelectorAll('body *')].filter(e => e.checkVisibility() && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
		.filter(e => !e.closest('svg, script, style')).filter(e => { const a = light(getComputedStyle(e).color), b = light(behind(e));
			return (Math.max(a, b) + .05) / (Math.min(a, b) + .05) < 4.5; }).map(e => e.outerHTML.slice(0, 80)).join('\n');
}())`

// TestLooks opens the page in a real browser, light and dark, wide and narrow: all of it fits, can be read, and is allowed by its policy.
func TestLooks(t *testing.T) {
	t.Parallel()
	chromium := sharedChromium.Get(t)
	figures, handler := busy(t)
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	tab := chromium.Visitor(t)
	tab.Before("(function (each) { window.setInterval = function (f, ms) { return each(f, ms / 50) } })(window.setInterval.bind(window))")
	for _, scheme := range []string{"light", "dark"} {
		for width, height := range map[int64]int64{1200: 1000, 360: 800} {
			lookOf(tab, scheme, width, height)
			tab.Open(server.URL)
			name := fmt.Sprintf("status-%s-%d", scheme, width)
			if wide := tab.Text("String(document.scrollingElement.scrollWidth)"); wide != fmt.Sprint(width) {
				t.Errorf("%s: it is %s wide", name, wide)
			}
			if texts := tab.Text(faint); texts != "" {
				t.Errorf("%s: too faint:\n%s", name, texts)
			}
			if colour := tab.Text("getComputedStyle(document.querySelector('rect.login')).fill"); colour == "rgb(0, 0, 0)" {
				t.Errorf("%s: the charts have no colours", name)
			}
			picture(t, tab, name, true)
		}
	}
	lookOf(tab, "light", 1000, 715)
	tab.Open(server.URL)
	picture(t, tab, "status", false) // README has it, with fewer colours: examples/status.png
	if console := tab.Console(); len(console) > 0 {
		t.Errorf("the console says %q", console)
	}

	const logins = "document.querySelector('.tiles .login b').textContent"
	before := tab.Text(logins)
	tab.Eval("window.same = true")
	figures.Pages.Inc(Inserted, User)
	tab.Until(logins + " !== " + fmt.Sprintf("%q", before) + " && window.same")

	still := chromium.Visitor(t)
	still.DisableScripts()
	still.Open(server.URL)
	if now := still.Text(logins); now == before || now == "" {
		t.Errorf("without scripts there are %s pages with a login", now)
	}
	server.Close()
	tab.Until("document.getElementById('badge').className === 'bad'")
}

// TestDoorLooks types the token into the page.
func TestDoorLooks(t *testing.T) {
	t.Parallel()
	tab := sharedChromium.Get(t).Visitor(t)
	at := listener(t, token, Options{})
	lookOf(tab, "light", 800, 500)
	tab.Open(at)
	picture(t, tab, "door", false)
	if texts := tab.Text(faint); texts != "" {
		t.Errorf("too faint:\n%s", texts)
	}
	tab.Eval("document.getElementById('token').value = 'not the token'; document.forms[0].requestSubmit()")
	tab.Until("document.body.textContent.includes('That is not the token')")
	tab.Eval("document.getElementById('token').value = " + fmt.Sprintf("%q", token) + "; document.forms[0].requestSubmit()")
	tab.Until("document.querySelector('.tiles')")
}
