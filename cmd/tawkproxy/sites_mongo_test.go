package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tawkproxy/examples/testenv"
)

const (
	mongoOwn    = "TAWK_USER_ID=user.id\nTAWK_USER_NAME=user.name\n"
	mongoSecret = "TAWK_EXPRESS_SECRET=a secret\n"
)

// mongoLeaves adds to options of connect-mongo, which are JSON, that documents which have ended are left alone: FerretDB has no index that would
// remove them.
func mongoLeaves(options string) string {
	return "MONGO_OPTIONS=" + options + `"autoRemove":"disabled"}`
}

// TestMongoSite has the sessions of express-session in documents, as the libraries write them, of which there are old and new ones.
func TestMongoSite(t *testing.T) {
	t.Parallel()
	const ada, jose = "42 Ada Lovelace", `43 José "Pepe" O'Neil`
	for _, s := range []liveSite{
		{name: "connect-mongo", needs: []string{"connect-mongo", "mongodb"}, environ: mongoLeaves("{"), settings: mongoOwn + mongoSecret, ada: ada, jose: jose},
		{name: "connect-mongo, as objects, with passport", needs: []string{"connect-mongo", "mongodb", "passport"},
			environ:  mongoLeaves(`{"stringify":false,"collectionName":"web.visits","touchAfter":3600,`) + "\nPASSPORT=1",
			settings: "TAWK_SESSION_TABLE=web.visits", ada: "42", jose: "43"},
		{name: "connect-mongo 3", needs: []string{"connect-mongo3"}, environ: mongoLeaves("{") + "\nMONGO_STORE=connect-mongo3", settings: mongoOwn, ada: ada, jose: jose},
		{name: "connect-mongo 3, not remembered", needs: []string{"connect-mongo3"},
			environ: mongoLeaves(`{"stringify":false,`) + "\nMONGO_STORE=connect-mongo3\nFORGET=1", settings: mongoOwn + mongoSecret,
			ada: ada, jose: jose},
		{name: "connect-mongodb-session", needs: []string{"connect-mongodb-session"}, environ: "MONGO_STORE=connect-mongodb-session", settings: mongoOwn,
			ada: ada, jose: jose},
	} {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			node := testenv.Node(t, append(s.needs, "express", "express-session")...)
			s.environ += "\nSECRET=a secret\nMONGO=$MONGO"
			s.settings += "\nTAWK_SESSION=express\nTAWK_SESSION_STORE=$MONGO"
			s.stored = true
			d := s.open(p, testenv.Site(t, node, "express/app.js", p.lines(s.environ)...))
			d.journey()
			d.flipped()
		})
	}
}

// flipped flips bits of a member's cookie while another one is there: nobody else ever comes out, and with the bit as it was, the member.
func (d *door) flipped() {
	d.t.Helper()
	ada, jose := d.visitor(), d.visitor()
	ada.logsIn("ada", "secret", d.ada)
	jose.logsIn("jose", "secret", d.jose)
	const name = "connect.sid"
	value := ""
	for _, cookie := range ada.cookies() {
		if cookie.Name == name {
			value = cookie.Value
		}
	}
	for bit := 0; bit < len(value)*8; bit += 7 {
		flipped := []byte(value)
		flipped[bit/8] ^= 1 << (bit % 8)
		r, err := http.NewRequest("GET", d.program.url+"/.tawkproxy/user", nil)
		if err != nil {
			d.t.Fatal(err)
		}
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("Cookie", name+"="+string(flipped))
		answer, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			continue // what is no header does not get through
		}
		text, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != http.StatusOK {
			d.t.Fatalf("bit %d flipped: %s, %v", bit, answer.Status, err)
		}
		switch heard := ada.heard(string(text)); heard {
		case "nobody", "nothing", d.ada.heard:
		default:
			d.t.Errorf("bit %d flipped: %s", bit, heard)
		}
	}
	ada.sees(d.ada)
}

// TestMongoEncrypted has connect-mongo encrypt the sessions, which are not read: it says so, and nobody is told to be nobody.
func TestMongoEncrypted(t *testing.T) {
	t.Parallel()
	for _, s := range []liveSite{
		{name: "connect-mongo", needs: []string{"connect-mongo", "mongodb"}, environ: mongoLeaves(`{"crypto":{"secret":"squirrel"},`)},
		{name: "connect-mongo 3", needs: []string{"connect-mongo3"}, environ: mongoLeaves(`{"secret":"squirrel",`) + "\nMONGO_STORE=connect-mongo3"},
	} {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			node := testenv.Node(t, append(s.needs, "express", "express-session")...)
			s.environ += "\nMONGO=$MONGO"
			s.settings = mongoOwn + "TAWK_SESSION=express\nTAWK_SESSION_STORE=$MONGO"
			d := s.open(p, testenv.Site(t, node, "express/app.js", p.lines(s.environ)...))
			ada := d.visitor()
			if page := ada.read(d.login(ada.browser, "ada", "secret")); d.greeted(page) != d.ada.name {
				t.Fatalf("the site greets %s", d.greeted(page))
			}
			if heard := ada.asked(); heard != "nothing" {
				t.Errorf("the script hears of %s", heard)
			}
			args := []string{"check", d.program.url + "/"}
			for _, cookie := range ada.cookies() {
				args = append(args, "--cookie", cookie.Name+"="+cookie.Value)
			}
			var out, stderr strings.Builder
			run(t.Context(), args, append([]string{"TAWK_PROPERTY_ID=" + demoProperty, "TAWK_SECRET_KEY=" + demoKey}, d.settings...), &out, &stderr)
			for _, want := range []string{"cannot tell who is logged in", "encrypts its sessions", "crypto", "TAWK_SESSION=site"} {
				if !strings.Contains(out.String(), want) {
					t.Errorf("check does not say %q:\n%s%s", want, out.String(), stderr.String())
				}
			}
		})
	}
}

// The server is killed in the middle and comes back: members are unknown at once, never nobody, and are known again without a restart.
func TestMongoKilled(t *testing.T) {
	t.Parallel()
	node := testenv.Node(t, "connect-mongo", "mongodb", "express", "express-session")
	server := testenv.FerretDB(t)
	p := newPlace(t)
	p.named["MONGO"] = server.URL()
	s := liveSite{environ: "SECRET=a secret\nMONGO=$MONGO\n" + mongoLeaves("{"), settings: mongoOwn + mongoSecret + "TAWK_SESSION=express\nTAWK_SESSION_STORE=$MONGO",
		ada: "42 Ada Lovelace", stored: true}
	d := s.open(p, testenv.Site(t, node, "express/app.js", p.lines(s.environ)...))
	ada := d.visitor()
	ada.logsIn("ada", "secret", d.ada)

	// The site itself waits long for its server; this one does not.
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, usualPage)
	}))
	t.Cleanup(page.Close)
	before := front(t, page.URL, p.lines(s.settings)...)
	browser := newBrowser(t, before.url)
	browser.client.Jar.SetCookies(ada.address(), ada.cookies())
	hears := func(want string) {
		t.Helper()
		(&visitor{browser, d}).inTime(func() bool {
			answer := browser.open("/")
			heard := browser.heard(element(t, browser.read(answer)))
			if heard == "nobody" {
				t.Errorf("a page says that nobody is logged in, want %s", want)
			}
			return heard == want
		})
	}
	hears(d.ada.heard)
	for range 2 {
		server.Kill()
		hears("nothing")
		server.Start()
		hears(d.ada.heard)
	}
	before.awaits(t, "WARN", "cannot tell who is logged in")
}

// TestCheckOfMongo has a real server refuse what a site's owner may have got wrong.
func TestCheckOfMongo(t *testing.T) {
	t.Parallel()
	server := testenv.FerretDB(t, "--test-enable-new-auth", "--setup-database=shop", "--setup-username=reader", "--setup-password=p@ss")
	check := func(account, rest string, code int, want ...string) {
		t.Helper()
		s := &checkedSite{t: t, settings: []string{"TAWK_SESSION=express", "TAWK_USER_ID=user.id",
			"TAWK_SESSION_STORE=mongodb://" + account + server.Addr + rest}}
		s.says("store ", code, want...)
	}
	check("reader:p%40ss@", "/shop", exitFailure, "nothing at all", "TAWK_SESSION_TABLE", "database behind the host")
	check("reader:wrong@", "/shop", exitUsage, "are the user and the password in TAWK_SESSION_STORE right?", "authSource")
	server.Kill()
	check("reader:p%40ss@", "/shop", exitUsage, "nothing listens where TAWK_SESSION_STORE says")
	s := &checkedSite{t: t, settings: []string{"TAWK_SESSION=express", "TAWK_USER_ID=user.id", "TAWK_SESSION_STORE=mongodb://user:hunter2@h:x/shop"}}
	if code, out := s.check(); code != exitUsage || !strings.Contains(out, "TAWK_SESSION_STORE") || strings.Contains(out, "hunter2") {
		t.Errorf("exit code %d: %s", code, out)
	}
}
