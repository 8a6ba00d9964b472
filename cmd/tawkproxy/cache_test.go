package main

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"tawkproxy/examples/shop"
)

// A look is what came of asking for a page as a browser does.
type look struct {
	*http.Response
	body string
	tag  string // ETag
}

// look asks for a page, with the cookies of a jar if there is one, and with more headers as pairs of name and value.
func (p *program) look(t *testing.T, method, path string, jar http.CookieJar, header ...string) look {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, p.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"Accept": "text/html,*/*;q=0.8", "Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "same-origin",
	} {
		r.Header.Set(name, value)
	}
	if jar != nil {
		for _, cookie := range jar.Cookies(r.URL) {
			r.AddCookie(cookie)
		}
	}
	for i := 0; i < len(header); i += 2 {
		if r.Header.Add(header[i], header[i+1]); header[i] != "Cookie" {
			r.Header.Set(header[i], header[i+1])
		}
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return look{answer, string(body), answer.Header.Get("Etag")}
}

// says returns of whom the script hears in a page: a user id, "nobody", "nothing" or "ask"; "" if there is no element.
func (l look) says(t *testing.T) string {
	t.Helper()
	if insertions([]byte(l.body)) == nil {
		return ""
	}
	id, _, _ := strings.Cut((&browser{t: t}).heard(element(t, l.body)), " ")
	return id
}

// TestConditions asks again for pages that a browser has already.
func TestConditions(t *testing.T) {
	town := newTown(t)
	ada, jose := enter(t, town.shop, "ada"), enter(t, town.shop, "jose")
	own, err := http.Get(town.shop + "/terms")
	if err != nil {
		t.Fatal(err)
	}
	own.Body.Close()
	before := []string{"If-None-Match", own.Header.Get("Etag"), "If-Modified-Since", own.Header.Get("Last-Modified")}

	first := town.look(t, "GET", "/terms", ada)
	if first.says(t) != "42" || first.tag == "" || first.Header.Get("Last-Modified")+first.Header.Get("Accept-Ranges") != "" {
		t.Fatalf("says %s, header %v", first.says(t), first.Header)
	}
	forged := first.tag[:len(first.tag)-2] + "_"
	if strings.HasPrefix(first.tag, forged) {
		forged = first.tag[:len(first.tag)-2] + "A"
	}
	for name, c := range map[string]struct {
		jar    http.CookieJar
		header []string
		says   string // "": 304
	}{
		"the same":              {ada, []string{"If-None-Match", first.tag}, ""},
		"by date, too":          {ada, append(before[2:], "If-None-Match", first.tag), ""},
		"among others":          {ada, []string{"If-None-Match", before[1] + ", " + first.tag}, ""},
		"another user":          {jose, []string{"If-None-Match", first.tag}, "u-7f3"},
		"nobody":                {nil, []string{"If-None-Match", first.tag}, "nobody"},
		"from before the proxy": {ada, before, "42"},
		"by date only":          {ada, before[2:], "42"},
		"whatever there is":     {ada, []string{"If-None-Match", "*"}, "42"},
		"a forged print":        {ada, []string{"If-None-Match", forged + `"`}, "42"},
		"a part":                {ada, []string{"Range", "bytes=0-9"}, "42"},
		"a part of an old copy": {ada, []string{"Range", "bytes=0-9", "If-Range", before[1]}, "42"},
		"plain http, as before": {ada, append(before, "Sec-Fetch-Dest", ""), "42"},
		"without W/":            {ada, []string{"If-None-Match", strings.TrimPrefix(first.tag, "W/")}, ""},
	} {
		for _, method := range []string{"GET", "HEAD"} {
			got := town.look(t, method, "/terms", c.jar, c.header...)
			status := 200
			if c.says == "" {
				status = 304
			}
			if got.StatusCode != status || method == "GET" && got.says(t) != c.says {
				t.Errorf("%s %s: %d, says %q", method, name, got.StatusCode, got.says(t))
			}
			if control := got.Header.Get("Cache-Control"); control != "private, no-cache" || (got.tag == first.tag) != (c.jar == ada) {
				t.Errorf("%s %s: Cache-Control %q, ETag %s", method, name, control, got.tag)
			}
		}
	}

	// A page for everybody.
	about := town.look(t, "GET", "/about", ada)
	if about.says(t) != "ask" || about.tag == "" || about.Header.Get("Cache-Control") != "public, max-age=600" {
		t.Fatalf("says %s, header %v", about.says(t), about.Header)
	}
	for _, jar := range []http.CookieJar{nil, ada, jose} {
		got := town.look(t, "GET", "/about", jar, "If-None-Match", about.tag)
		if got.StatusCode != 304 || got.tag != about.tag || got.Header.Get("Cache-Control") != "public, max-age=600" {
			t.Errorf("got %d, header %v", got.StatusCode, got.Header)
		}
	}

	// Replicas agree, unless they have another key.
	for key, status := range map[string]int{demoKey: 304, strings.Repeat("f", 40): 200} {
		settings := append(demoSettings(town.shop, "http://127.0.0.1:1"),
			"TAWK_LISTEN=127.0.0.1:0", "TAWK_ADMIN_LISTEN=off", "TAWK_LOG_LEVEL=info")
		one, other := start(t, settings...), start(t, append(settings, "TAWK_SECRET_KEY="+key)...)
		tag := one.look(t, "GET", "/terms", ada).tag
		if got := other.look(t, "GET", "/terms", ada, "If-None-Match", tag); got.StatusCode != status {
			t.Errorf("another replica: %d, want %d", got.StatusCode, status)
		}
	}
}

// TestConsent inserts nothing before the visitor has agreed, and does at once when they have, also where the browser has the
// page.
func TestConsent(t *testing.T) {
	town := newTown(t, "TAWK_CONSENT_COOKIE=cookies=chat", "TAWK_RESPECT_GPC=true")
	ada := enter(t, town.shop, "ada")
	for _, path := range []string{"/terms", "/about"} {
		without := town.look(t, "GET", path, ada)
		for _, header := range [][]string{{"Cookie", "cookies=none"}, {"Cookie", "cookies=chat", "Sec-GPC", "1"}} {
			if got := town.look(t, "GET", path, ada, header...); got.says(t) != "" || got.body != without.body || got.tag != without.tag {
				t.Errorf("%s %q: says %q", path, header, got.says(t))
			}
		}
		with := town.look(t, "GET", path, ada, "Cookie", "cookies=chat", "If-None-Match", without.tag)
		if want := map[string]string{"/terms": "42", "/about": "ask"}[path]; with.says(t) != want {
			t.Errorf("%s: says %q", path, with.says(t))
		}
		for _, got := range []look{without, with} {
			if control := got.Header.Get("Cache-Control"); control != "private, no-cache" {
				t.Errorf("%s: Cache-Control %q", path, control)
			}
		}
		if again := town.look(t, "GET", path, ada, "If-None-Match", without.tag); again.StatusCode != 304 {
			t.Errorf("%s: %d", path, again.StatusCode)
		}
		if again := town.look(t, "GET", path, ada, "If-None-Match", with.tag); again.StatusCode != 200 || again.says(t) != "" {
			t.Errorf("%s, consent withdrawn: %d", path, again.StatusCode)
		}
	}
	const asked = "/.tawkproxy/user"
	if got := town.look(t, "GET", asked, ada); got.body != `{"user":null}` {
		t.Errorf("the script hears %s", got.body)
	}
	if got := town.look(t, "GET", asked, ada, "Cookie", "cookies=chat"); !strings.Contains(got.body, "Ada") {
		t.Errorf("the script hears %s", got.body)
	}
}

// TestWays follows TAWK_IDENTITY through the front door.
func TestWays(t *testing.T) {
	for way, want := range map[string][3]string{
		"auto": {"42", "ask", "ask"}, "page": {"42", "42", "42"}, "endpoint": {"ask", "ask", "ask"},
	} {
		town := newTown(t, "TAWK_IDENTITY="+way)
		ada := enter(t, town.shop, "ada")
		for i, got := range []look{
			town.look(t, "GET", "/terms", ada),
			town.look(t, "GET", "/about", ada),
			town.look(t, "GET", "/terms", ada, "Sec-Fetch-Site", "cross-site"),
		} {
			if got.says(t) != want[i] {
				t.Errorf("%s: page %d says %s, want %s", way, i, got.says(t), want[i])
			}
			control := got.Header.Get("Cache-Control")
			if named := got.says(t) == "42"; named != (control == "private, no-cache") {
				t.Errorf("%s: page %d says %s under %q", way, i, got.says(t), control)
			}
		}
	}
}

// TestSettings looks at what the other settings of pages do.
func TestSettings(t *testing.T) {
	town := newTown(t, "TAWK_OWN_PREFIX=/chat/own/", "TAWK_EXCLUDE=/terms, /frames*", "TAWK_COMPRESS=proxy", "TAWK_CSP=keep")
	ada := enter(t, town.shop, "ada")
	if got := town.look(t, "GET", "/chat/own/user", ada); !strings.Contains(got.body, "Ada") {
		t.Errorf("the script hears %s", got.body)
	}
	if got := town.look(t, "GET", "/.tawkproxy/user", ada); got.StatusCode != http.StatusNotFound {
		t.Errorf("the default prefix answers %d", got.StatusCode)
	}
	got := town.look(t, "GET", "/about", ada)
	if !strings.Contains(got.body, `"own":"/own/"`) || got.Header.Get("Vary") != "Accept-Encoding" {
		t.Errorf("got %v %s", got.Header, got.body)
	}
	if got := town.look(t, "GET", "/terms", ada); got.says(t) != "" {
		t.Errorf("an excluded page says %s", got.says(t))
	}
	if got := town.look(t, "GET", "/about", ada, "Accept-Encoding", "gzip"); got.Header.Get("Content-Encoding") != "gzip" {
		t.Errorf("not compressed: %v", got.Header)
	}
	for range 2 {
		policy := town.look(t, "GET", "/checkout", ada).Header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "'sha256-") || strings.Contains(policy, "tawk.to") {
			t.Errorf("policy %s", policy)
		}
	}
	if log := town.Log(); strings.Count(log, "img-src lacks") != 1 || !strings.Contains(log, "TAWK_CSP=extend") {
		t.Errorf("the log says\n%s", log)
	}
	extended := newTown(t, "TAWK_CSP=extend")
	policy := extended.look(t, "GET", "/checkout", ada).Header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "img-src 'self' https://*.tawk.to") {
		t.Errorf("policy %s", policy)
	}
	if log := extended.Log(); strings.Contains(log, "img-src lacks") {
		t.Errorf("the log says\n%s", log)
	}
}

// TestMark looks for the cookie that tells the script of a login.
func TestMark(t *testing.T) {
	town := newTown(t)
	marks := map[string]bool{}
	for _, page := range shop.Pages() {
		var with []string
		if page.Path == "/logout" {
			with = []string{"X-Forwarded-Proto", "https"}
		}
		if page.Form != nil || strings.HasPrefix(page.Path, "/parrot/") {
			continue
		}
		answer := town.look(t, page.Method, page.Path, nil, with...)
		session, mark := "", ""
		for _, cookie := range answer.Cookies() {
			switch cookie.Name {
			case shop.Cookie:
				session = cookie.Value
			case "tawkproxy_session":
				mark = cookie.Value
				if cookie.Path != "/" || cookie.HttpOnly || cookie.Secure != (page.Path == "/logout") {
					t.Errorf("%s: %s", page.Path, cookie.Raw)
				}
			}
		}
		if (mark != "") != (answer.Header["Set-Cookie"] != nil) || marks[mark] && mark != "" {
			t.Errorf("%s: session %q, mark %q", page.Path, session, mark)
		}
		marks[mark] = true
	}
	if len(marks) < 2 {
		t.Error("no page sets a session")
	}
}
