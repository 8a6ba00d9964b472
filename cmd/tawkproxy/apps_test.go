package main

import (
	"html"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tawkproxy/examples/testenv"
)

// loginNames are those of the members where an application knows no more of them, or shows no more.
var loginNames = map[string]string{"ada": "Ada Lovelace", "jose": `José "Pepe" O'Neil`}

// documented checks that the pages for operators have what a site is tried with, to the letter.
func documented(t *testing.T, settings string) {
	t.Helper()
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, page := range pages {
		written, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		text.Write(written)
	}
	for line := range strings.Lines(settings) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		if name == "TAWK_SESSION_COOKIE" || name == "TAWK_USER_DSN" || name == "TAWK_RAILS_SECRET_KEY_BASE" {
			continue
		}
		if !slices.ContainsFunc([]string{"", "'", `"`}, func(quote string) bool { return strings.Contains(text.String(), name+"="+quote+value+quote) }) {
			t.Errorf("no page in docs has %s=%s", name, value)
		}
	}
}

// shows is a page that greets its visitor by their login name, which is the group of an expression.
func shows(expression string) func(page string) string {
	name := regexp.MustCompile(expression)
	return func(page string) string {
		found := name.FindStringSubmatch(page)
		if found == nil {
			return "stranger"
		}
		return loginNames[found[1]]
	}
}

// token finds on a page what its forms send along against forgery: the group of an expression.
func (b *browser) token(path, expression string) string {
	b.t.Helper()
	page := b.read(b.open(path))
	found := regexp.MustCompile(expression).FindStringSubmatch(page)
	if found == nil {
		b.t.Fatalf("%s: there is no token: %s", path, page)
	}
	return html.UnescapeString(found[1])
}

// forgotten waits until nobody is known who was known a moment ago: what a database says of a user counts for some seconds.
func (v *visitor) forgotten() {
	v.t.Helper()
	v.inTime(func() bool { return v.asked() == v.door.stranger.heard })
	v.read(v.open(v.door.front)) // it may be a redirection, or the message that the session has ended
	v.sees(v.door.stranger)
}

// reads makes an account of a MariaDB that may read some tables, or columns, and names its address $DATABASE.
func (p *place) reads(server *testenv.DatabaseServer, what ...string) {
	p.t.Helper()
	server.Exec("CREATE USER 'reader'@'%' IDENTIFIED BY 'p@ss'")
	for _, name := range what {
		table, columns, some := strings.Cut(name, " ")
		if some {
			columns = " " + columns
		}
		server.Exec("GRANT SELECT" + columns + " ON shop." + table + " TO 'reader'@'%'")
	}
	p.named["DATABASE"] = server.URL("reader", "p@ss")
}

// linkAll fills a folder with links to what is in another one, but for some names.
func linkAll(t *testing.T, to, from string, but ...string) {
	t.Helper()
	names, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(to, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if slices.Contains(but, name.Name()) {
			continue
		}
		if err := os.Symlink(filepath.Join(from, name.Name()), filepath.Join(to, name.Name())); err != nil {
			t.Fatal(err)
		}
	}
}
