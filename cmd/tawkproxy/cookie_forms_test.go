package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"tawkproxy/examples/testenv"
)

// compareCookies sends the cookies of members and of nobody in many forms through the program to a site, and compares whom the site
// greets with whom the script hears of. A page that names a member whom the site does not greet is an error; one that names nobody
// where the site greets a member is counted, and must not be more often than allowed, in percent.
func (d *door) compareCookies(allowed int) {
	d.t.Helper()
	people := d.cookieOwners()
	var compared, users, broken, late int
	var missed []string
	for i, lines := range cookieForms(people) {
		tried := testenv.Sampled(i, 4)
		if d.slow {
			tried = i%20 == 0
		}
		if !tried && i > 2 { // everybody's cookies as they are come first
			continue
		}
		site, script, ok := d.bothSee(lines)
		if !ok {
			broken++
			continue
		}
		compared++
		who := person{"stranger", "nobody"}
		for _, member := range []person{d.ada, d.jose} {
			if site == member.name {
				who = member
				users++
			}
		}
		switch {
		case script == who.heard:
		case script == "nothing" && d.stored:
			late++ // the store was, on a busy machine; that says nothing of the cookies
		case script == "nobody" || script == "nothing":
			missed = append(missed, fmt.Sprintf("%s for %q: %q", script, site, shortened(lines, people)))
		default:
			d.t.Errorf("the site greets %q, the script hears of %s: %q", site, script, shortened(lines, people))
		}
	}
	d.t.Logf("%d forms of cookies: the site greets members in %d, and has no page for %d more; the script hears of nobody in %d",
		compared, users, broken, len(missed))
	for i, form := range missed {
		if i < 12 {
			d.t.Log(form)
		}
	}
	if late*10 > compared {
		d.t.Errorf("the store was late for %d of %d forms", late, compared)
	}
	excused := 0
	if !testenv.All() && !d.slow {
		excused = 2 // the percentage of a part may be another
	}
	if len(missed) > excused && len(missed)*100 > users*allowed {
		d.t.Errorf("more than %d in a hundred are not known", allowed)
	}
}

// bothSee gets the front page with these Cookie headers: whom the site greets and of whom the script hears there, at once or when it
// asks. It is not ok if the site has no page for them.
func (d *door) bothSee(lines []string) (site, script string, ok bool) {
	d.t.Helper()
	get := func(path string) (*http.Response, string) {
		r, err := http.NewRequest("GET", d.program.url+path, nil)
		if err != nil {
			d.t.Fatal(err)
		}
		r.Header["Cookie"] = lines
		r.Header.Set("Accept", "text/html")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		answer, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			d.t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			d.t.Fatal(err)
		}
		return answer, string(body)
	}
	answer, page := get("/")
	if answer.StatusCode != http.StatusOK {
		return "", "", false
	}
	b := newBrowser(d.t, d.program.url)
	if insertions([]byte(page)) == nil {
		return "", "", false // what the site says is no page
	}
	script = b.heard(element(d.t, page))
	for try := 0; try < 20 && (script == "ask" || script == "nothing"); try++ {
		if script == "nothing" { // a store that was slow is left alone for a moment
			time.Sleep(time.Duration(try) * 20 * time.Millisecond)
		}
		_, data := get("/.tawkproxy/user")
		script = b.heard(data)
	}
	return d.greeted(page), script, true
}

// cookieOwners are the session cookies of Ada, of José, and of nobody: what the site leaves behind a logout, or else the cookies of a
// session that has ended, or that is damaged. Names and values are those that the site sets.
func (d *door) cookieOwners() map[string][]*http.Cookie {
	d.t.Helper()
	session := func(cookies []*http.Cookie) []*http.Cookie {
		return slices.DeleteFunc(cookies, func(c *http.Cookie) bool {
			return strings.HasPrefix(c.Name, "tawkproxy") || c.Name == "wordpress_test_cookie" || strings.HasSuffix(c.Name, ".csrf-token") || strings.HasSuffix(c.Name, ".callback-url")
		})
	}
	people := map[string][]*http.Cookie{}
	for _, name := range []string{"ada", "jose"} {
		v := d.visitor()
		v.read(d.login(v.browser, name, "secret"))
		people[name] = session(v.cookies())
		if len(people[name]) == 0 {
			d.t.Fatalf("%s has no cookies", name)
		}
	}
	v := d.visitor()
	v.read(d.login(v.browser, "ada", "secret"))
	ended := session(v.cookies())
	v.read(d.logout(v.browser))
	guest := session(v.cookies())
	if len(guest) < len(ended) {
		guest = ended
	}
	if d.kept && len(guest) == len(ended) && guest[0].Value == ended[0].Value {
		damaged := *guest[0]
		damaged.Value = "x" + damaged.Value[1:]
		guest = append([]*http.Cookie{&damaged}, guest[1:]...)
	}
	people["nobody"] = guest
	return people
}

// cookieForms are Cookie headers with these people's cookies: spelled in other ways, several of a name, beside other cookies and
// broken ones, in one line and in several.
func cookieForms(people map[string][]*http.Cookie) (forms [][]string) {
	ada, jose, nobody := people["ada"], people["jose"], people["nobody"]
	plain := func(cookies []*http.Cookie) string { return spelledCookies(cookies, 0, sameCookie) }
	// A spelling may change nothing in the cookies of this site, so that many forms come out the same.
	added := map[string]bool{}
	add := func(lines ...string) {
		if form := strings.Join(lines, "\n"); !added[form] {
			added[form] = true
			forms = append(forms, lines)
		}
	}
	add(plain(ada))
	add(plain(jose))
	add(plain(nobody))
	var spelled []string
	for _, owner := range [][]*http.Cookie{ada, nobody} {
		for at := range min(len(owner), 2) {
			for _, spell := range cookieSpellings {
				spelled = append(spelled, spelledCookies(owner, at, spell))
			}
		}
	}
	for _, cookie := range spelled {
		add(cookie)
		add(cookie + "; " + plain(jose))
		add(plain(jose) + "; " + cookie)
		add(cookie + "; " + plain(nobody))
		add(plain(nobody) + "; " + cookie)
		add(cookie, plain(jose))
	}
	for _, by := range cookieSeparators {
		for _, pair := range [][2]string{{plain(nobody), plain(ada)}, {plain(ada), plain(nobody)}, {plain(ada), plain(jose)}} {
			add(pair[0] + by + pair[1])
		}
	}
	for _, beside := range otherCookies {
		for _, owner := range [][]*http.Cookie{ada, nobody} {
			add(beside + "; " + plain(owner))
			add(plain(owner) + "; " + beside)
			add(beside, plain(owner), plain(jose))
			add(beside + "; " + plain(owner) + `; z="`)
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	pick := func(texts []string) string { return texts[random.IntN(len(texts))] }
	parts := slices.Concat(spelled, otherCookies, []string{plain(ada), plain(jose), plain(nobody)})
	for range 100 {
		line := pick(parts)
		for range 1 + random.IntN(3) {
			line += pick(cookieSeparators) + pick(parts)
		}
		add(line)
	}
	return forms
}

// spelledCookies are cookies in a row, one of them spelled in another way.
func spelledCookies(cookies []*http.Cookie, at int, spell func(name, value string) string) string {
	var pairs []string
	for i, c := range cookies {
		if i != at {
			pairs = append(pairs, sameCookie(c.Name, c.Value))
			continue
		}
		pairs = append(pairs, spell(c.Name, c.Value))
	}
	return strings.Join(pairs, "; ")
}

func sameCookie(name, value string) string { return name + "=" + value }

var cookieSpellings = []func(name, value string) string{
	sameCookie,
	func(n, v string) string { return n + `="` + v + `"` },
	func(n, v string) string { return n + `="` + v },
	func(n, v string) string { return n + `=` + v + `"` },
	func(n, v string) string { return n + `='` + v + `'` },
	func(n, v string) string { return n + `=""` + v + `""` },
	func(n, v string) string { return n + `="` + v + `" x` },
	func(n, v string) string { return n + `="\` + v + `"` },
	func(n, v string) string { return n + fmt.Sprintf(`="\%03o%s"`, v[0], v[1:]) },
	func(n, v string) string { return n + `="` + v + ` "` },
	func(n, v string) string { return n + `= ` + v },
	func(n, v string) string { return n + ` =` + v },
	func(n, v string) string { return n + " \t=\t " + v + "\t" },
	func(n, v string) string { return "\t" + n + "=" + v },
	func(n, v string) string { return n + "=" + v + "\xa0" },
	func(n, v string) string { return n + "=\u00a0" + v },
	func(n, v string) string { return n + "=" + v + "\u3000" },
	func(n, v string) string { return "\xa0" + n + "=" + v },
	func(n, v string) string { return n + "=" + v + "\xff" },
	func(n, v string) string { return n + fmt.Sprintf("=%%%02x%s", v[0], v[1:]) },
	func(n, v string) string { return n + "=" + strings.ReplaceAll(v, "%", "%25") },
	func(n, v string) string { return n + "=%" + v },
	func(n, v string) string { return n + "=" + v + "%E9" },
	func(n, v string) string { return n + "=" + strings.ReplaceAll(v, "%2B", "+") },
	func(n, v string) string { return n + "=" + v + "+" },
	func(n, v string) string { return n + "=" + v + "," },
	func(n, v string) string { return n + "=" + v + `\` },
	func(n, v string) string { return n + "=" + v[1:] },
	func(n, v string) string { return n + "=" },
	func(n, v string) string { return n + `=""` },
	func(n, v string) string { return n + `="` },
	func(n, v string) string { return n },
	func(n, v string) string { return n + "=x" },
	func(n, v string) string { return n + "==" + v },
	func(n, v string) string { return "=" + n + "=" + v },
	func(n, v string) string { return "$" + n + "=" + v },
	func(n, v string) string { return strings.ToUpper(n) + "=" + v },
	func(n, v string) string { return fmt.Sprintf("%%%02x%s=%s", n[0], n[1:], v) },
	func(n, v string) string { return n + "[]=" + v },
	func(n, v string) string { return n + "[x]=" + v },
	func(n, v string) string { return "x[" + n + "]=" + v },
	func(n, v string) string { return n + "[=" + v },
	func(n, v string) string { return n + ".0=" + v },
	func(n, v string) string { return strings.ReplaceAll(n, "_", ".") + "=" + v },
	func(n, v string) string { return strings.ReplaceAll(n, "_", "[") + "=" + v },
	func(n, v string) string { return strings.ReplaceAll(n, ".", "_") + "=" + v },
	func(n, v string) string { return n + "=" + v + "; " + n + ".sig=x" },
	func(n, v string) string { return n + "=" + v + "; " + n + "=" + v },
}

var cookieSeparators = []string{"; ", ";", ";  ", ";\t", " ; ", "; ;", ";;", ", ", ",", "&", " ", "; x=1; ", "; x; "}

var otherCookies = []string{"x=1", "x", "=", "=x", `x="`, `x="a`, `x="a;b"`, `x="; y="`, `x=a"b`, `x=\"`, `x="\"`, `x="\"; y="`, "x=%", "x=%zz",
	"x=\xe9", "x=ü", ",", "x=a,b", `"`, `";`, "$Version=1", "__proto__=x", "constructor=x", "x[]=1", "é=1", "x y=1", "(x)=1"}

// shortened is a form with the values of cookies cut to what tells them apart.
func shortened(lines []string, people map[string][]*http.Cookie) []string {
	var pairs []string
	for name, cookies := range people {
		for _, c := range cookies {
			for _, value := range []string{c.Value, strings.ReplaceAll(c.Value, "%2B", "+"), c.Value[1:]} {
				pairs = append(pairs, value, strings.ToUpper(name))
			}
		}
	}
	cut := strings.NewReplacer(pairs...)
	short := slices.Clone(lines)
	for i := range short {
		short[i] = cut.Replace(short[i])
	}
	return short
}

// TestCookieForms has sites in every framework, each with its own reader of cookies.
func TestCookieForms(t *testing.T) {
	if testing.Short() {
		t.Skip("hundreds of pages from each of many sites")
	}
	t.Parallel()
	const (
		own    = "TAWK_USER_ID=user.id\nTAWK_USER_NAME=user.name\n"
		secret = "a secret of the site, of 32 characters or more"
		ada    = "42 Ada Lovelace"
		jose   = `43 José "Pepe" O'Neil`
	)
	mail := own + "TAWK_USER_EMAIL=user.email\n"
	for _, test := range []struct {
		liveSite
		run func(t *testing.T, p *place, s liveSite) string
		// Of what the site takes for a member, how much in percent is not known: little, where releases of a framework differ; half of
		// these forms and more, where some sites take the first of several cookies of a name and others the last, or where, as with
		// libsodium in Node, a value counts in whatever marks that are no base 64.
		allowed int
	}{
		{liveSite: liveSite{name: "gorilla", settings: "TAWK_SESSION=gorilla\nTAWK_SESSION_COOKIE=shop\nTAWK_USER_ID=user.ID\nTAWK_USER_NAME=user.Name\n" +
			"TAWK_SESSION_KEY=" + goFormsKey, kept: true}, run: runGorilla, allowed: 2},
		{liveSite: liveSite{name: "scs", settings: "TAWK_SESSION=scs\nTAWK_SESSION_COOKIE=session\nTAWK_SESSION_STORE=redis://$MINIREDIS\n" +
			"TAWK_USER_ID=id\nTAWK_USER_NAME=name", stored: true}, run: runSCS, allowed: 2},
		{liveSite: liveSite{name: "flask", settings: "TAWK_SESSION=flask\nTAWK_FLASK_SECRET_KEY=a key\n" + own, kept: true,
			environ: "SECRET_KEY=a key"}, run: runFlask, allowed: 6},
		{liveSite: liveSite{name: "django", settings: "TAWK_SESSION=django\nTAWK_DJANGO_SECRET_KEY=a key\nTAWK_USER_DSN=sqlite://$FOLDER/shop.sqlite",
			environ: "SESSION_ENGINE=db\nSECRET_KEY=a key\nDATA=$FOLDER", stored: true,
			ada: "42 Ada Lovelace ada@example.com", jose: `43 José "Pepe" O'Neil jose@example.com`}, run: runDjango, allowed: 2},
		{liveSite: liveSite{name: "rails", settings: "TAWK_SESSION=rails\nTAWK_SESSION_COOKIE=_shop_session\nTAWK_RAILS_SECRET_KEY_BASE=a secret_key_base\n" + own,
			environ: "SECRET_KEY_BASE=a secret_key_base", kept: true}, run: runRails, allowed: 3},
		{liveSite: liveSite{name: "express", settings: "TAWK_SESSION=express\nTAWK_EXPRESS_SECRET=a secret\nTAWK_SESSION_STORE=redis://$REDIS\n" + own,
			needs: []string{"express", "express-session", "connect-redis", "redis"}, environ: "SECRET=a secret\nREDIS=redis://$REDIS", stored: true},
			run: runNode("express/app.js"), allowed: 2},
		{liveSite: liveSite{name: "cookie-session", settings: "TAWK_SESSION=cookie-session\nTAWK_KEYGRIP_KEYS=the new key,the key\n" + mail,
			needs: []string{"cookie-session"}, environ: "KIND=cookie-session", kept: true}, run: runNode("node/site.js"), allowed: 4},
		{liveSite: liveSite{name: "koa", settings: "TAWK_SESSION=koa\nTAWK_KEYGRIP_KEYS=the new key,the key\n" + mail,
			needs: []string{"koa", "koa-session"}, environ: "KIND=koa", kept: true}, run: runNode("node/site.js"), allowed: 4},
		{liveSite: liveSite{name: "fastify", settings: "TAWK_SESSION=fastify\nTAWK_FASTIFY_KEY=base64:a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=\n" + mail,
			needs: []string{"fastify", "@fastify/secure-session"}, environ: "KIND=fastify", kept: true}, run: runNode("node/site.js"), allowed: 70},
		{liveSite: liveSite{name: "iron", settings: "TAWK_SESSION=iron\nTAWK_SESSION_COOKIE=sid\nTAWK_IRON_PASSWORD=" + secret + "\n" + mail,
			needs: []string{"iron-session"}, environ: "KIND=iron", kept: true}, run: runNode("node/site.js"), allowed: 65},
		{liveSite: liveSite{name: "iron in Next.js", settings: "TAWK_SESSION=iron\nTAWK_SESSION_COOKIE=sid\nTAWK_IRON_PASSWORD=" + secret + "\n" + mail,
			needs: []string{"iron-session", "next"}, environ: "KIND=iron\nCOOKIES=next", kept: true}, run: runNode("node/site.js"), allowed: 70},
		{liveSite: liveSite{name: "hapi", settings: "TAWK_SESSION=iron\nTAWK_SESSION_COOKIE=sid\nTAWK_IRON_PASSWORD=" + secret + "\n" + mail,
			needs: []string{"@hapi/hapi", "@hapi/cookie"}, environ: "KIND=hapi", kept: true}, run: runNode("node/site.js"), allowed: 65},
		{liveSite: liveSite{name: "jwt", settings: "TAWK_SESSION=jwt\nTAWK_SESSION_COOKIE=token\nTAWK_JWT_ALGORITHM=ES256\n" +
			"TAWK_JWT_JWKS=$SITE/.well-known/jwks.json\nTAWK_JWT_ISSUER=http://site\nTAWK_JWT_AUDIENCE=shop",
			needs: []string{"jose", "cookie"}, environ: "KIND=jwt", kept: true}, run: runNode("node/site.js"), allowed: 65},
		{liveSite: liveSite{name: "authjs", settings: "TAWK_SESSION=authjs\nTAWK_AUTHJS_SECRET=" + secret, login: authLogin, logout: authLogout,
			needs: []string{"@auth/core"}, environ: "KIND=authjs", kept: true}, run: runNode("node/site.js"), allowed: 2},
		{liveSite: liveSite{name: "nextauth", settings: "TAWK_SESSION=authjs\nTAWK_AUTHJS_SECRET=" + secret, login: authLogin, logout: authLogout,
			needs: []string{"next-auth", "next"}, environ: "KIND=nextauth", kept: true}, run: runNode("node/site.js"), allowed: 68},
		{liveSite: liveSite{name: "nextauth in Next.js", settings: "TAWK_SESSION=authjs\nTAWK_AUTHJS_SECRET=" + secret, login: authLogin,
			logout: authLogout, needs: []string{"next-auth", "next"}, environ: "KIND=nextauth\nCOOKIES=next", kept: true},
			run: runNode("node/site.js"), allowed: 65},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			s := test.liveSite
			if s.ada == "" {
				s.ada, s.jose = ada, jose
			}
			if strings.HasPrefix(s.environ, "KIND=") {
				s.ada, s.jose = "42 Ada Lovelace ada@example.com", `u-7f3 José "Pepe" O'Neil jose@example.com`
			}
			s.open(p, test.run(t, p, s)).compareCookies(test.allowed)
		})
	}
}

func runFlask(t *testing.T, p *place, s liveSite) string {
	return testenv.Site(t, testenv.Python(t, "flask"), "flask/app.py", p.lines(s.environ)...)
}

func runDjango(t *testing.T, p *place, s liveSite) string {
	return testenv.Site(t, testenv.Python(t, "django"), "django/app.py", p.lines(s.environ)...)
}

func runRails(t *testing.T, p *place, s liveSite) string {
	return testenv.Site(t, testenv.Ruby(t, "puma", "railties"), "rails/app.rb", p.lines(s.environ)...)
}

func runNode(file string) func(t *testing.T, p *place, s liveSite) string {
	return func(t *testing.T, p *place, s liveSite) string {
		return testenv.Site(t, testenv.Node(t, s.needs...), file, p.lines(s.environ)...)
	}
}
