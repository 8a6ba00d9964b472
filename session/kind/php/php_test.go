package php

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tawkproxy/session"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
	"tawkproxy/session/record/recordtest"
	"tawkproxy/session/seal"
	"tawkproxy/session/sessiontest"
	"tawkproxy/session/store"
)

var phpFixtures = kindtest.FixtureKind{Framework: "php", Open: func(t *testing.T, site kindtest.FixtureSite) session.Source {
	return openPHP(t, site, NewPHP)
}}

// openPHP opens the site of a case with PHP's records.
func openPHP(t *testing.T, site kindtest.FixtureSite, kind func(PHPOptions) (*recipe.Recipe, error)) session.Source {
	t.Helper()
	recipe, err := kind(kindtest.Usual(PHPOptions{Setup: site.Setup, SerializeHandler: site.Config.Text("serialize_handler"),
		Depth: site.Config.Number("depth"), Prefix: site.Config.Text("key_prefix")}))
	if err != nil {
		t.Fatal(err)
	}
	return recipe
}

func TestPHPFixtures(t *testing.T) { kindtest.RunFixtures(t, phpFixtures) }

// phpSite is a folder of PHP session files and a source that reads it.
func phpSite(t testing.TB, change func(*PHPOptions)) (dir string, identify func(cookie string) (session.User, error)) {
	t.Helper()
	dir = t.TempDir()
	o := PHPOptions{Setup: recipe.Setup{Store: &store.Files{Dir: dir, Timeout: sessiontest.Patience}, Mapping: session.Mapping{ID: "id"}}}
	if change != nil {
		change(&o)
	}
	source, err := NewPHP(kindtest.Usual(o))
	if err != nil {
		t.Fatal(err)
	}
	return dir, func(cookie string) (session.User, error) {
		r := httptest.NewRequest("GET", "http://shop.example/", nil)
		r.Header.Set("Cookie", "PHPSESSID="+cookie)
		return source.Identify(r, nil)
	}
}

// Only what PHP gives out as an id becomes a file name, however it is written.
func TestPHPIDs(t *testing.T) {
	const id = "abcdefghijklmnopqrstuv"
	long := strings.Repeat("x", 256)
	dir, identify := phpSite(t, nil)
	for _, name := range []string{"sess_" + id, "sess_ab,-EFGHIJKLMNOPQRSTUV", "sess_" + long[:200], "sess_short", "secret"} {
		recordtest.WriteFile(t, "id|i:42;", dir, name)
	}
	tests := []struct {
		cookie string
		reason session.Reason
	}{
		{id, ""},
		{"ab%2C-EFGHIJKLMNOPQRSTUV", ""},
		{"ab,-EFGHIJKLMNOPQRSTUV", ""},
		{"%61bcdefghijklmnopqrstuv", ""},
		{long[:200], ""},
		{id[:21] + "w", session.NoRecord},
		{"short", session.Malformed},
		{long, session.NoRecord}, // a good id that no file can have
		{long + "x", session.Malformed},
		{id + "%00", session.Malformed},
		{id + "%00.php", session.Malformed},
		{id + "%0a", session.Malformed},
		{id + "+", session.Malformed},
		{id + "%2", session.Malformed},
		{id + "%zz", session.Malformed},
		{"/../secret/../sess_" + id, session.Malformed},
		{"%2e%2e%2f%2e%2e%2f%2e%2e%2fetc%2fpasswd", session.Malformed},
		{"abcdefghijklmnopqrstuv/../../secret", session.Malformed},
		{"%252e%252e%252fabcdefghijklmnop", session.Malformed},
		{`"` + id + `"`, session.Malformed},
		{"äbcdefghijklmnopqrstuvw", session.Malformed},
		{"%C3%A4bcdefghijklmnopqrstuv", session.Malformed},
	}
	for _, test := range tests {
		u, err := identify(test.cookie)
		if reason, _ := session.NobodyReason(err); reason != test.reason || (err == nil) != (u.ID == "42") {
			t.Errorf("%s: got %q, %v, want %q", test.cookie, u.ID, err, test.reason)
		}
	}
}

// A record of another handler is a mistake of the settings, not of the visitor.
func TestPHPOtherHandler(t *testing.T) {
	const id = "abcdefghijklmnopqrstuv"
	dir, identify := phpSite(t, func(o *PHPOptions) { o.SerializeHandler = "php_serialize" })
	for record, want := range map[string]string{
		"id|i:42;":             "unknown",
		"\x02idi:42;":          "unknown",
		`a:1:{s:2:"id";i:42;}`: "user",
		`a:1:{s:2:"id";i:42;`:  "rejected",
		"":                     "anonymous",
	} {
		recordtest.WriteFile(t, record, dir, "sess_"+id)
		if err := os.Chtimes(filepath.Join(dir, "sess_"+id), time.Time{}, time.Now().Add(-time.Minute)); err != nil {
			t.Fatal(err)
		}
		if _, err := identify(id); kindtest.Outcome(err) != want {
			t.Errorf("%q: %v", record, err)
		}
	}
}

// However often a visitor asks for what cannot be read, the others are served.
func TestPHPRefusals(t *testing.T) {
	const id, link = "abcdefghijklmnopqrstuv", "aaaaaaaaaaaaaaaaaaaaaa"
	dir, identify := phpSite(t, nil)
	recordtest.WriteFile(t, "id|i:42;", dir, "sess_"+id)
	if err := os.Symlink("sess_"+id, filepath.Join(dir, "sess_"+link)); err != nil {
		t.Skip(err)
	}
	for range 2 * store.BreakAfter {
		if u, err := identify(link); err == nil {
			t.Fatalf("a link leads to %q", u.ID)
		}
	}
	if u, err := identify(id); u.ID != "42" {
		t.Errorf("got %q, %v", u.ID, err)
	}
}

func TestPHPDepth(t *testing.T) {
	const id = "abcdefghijklmnopqrstuv"
	for depth, folders := range []string{"", "a", "a/b", "a/b/c"} {
		dir, identify := phpSite(t, func(o *PHPOptions) { o.Depth = depth })
		recordtest.WriteFile(t, "id|i:42;", dir, folders, "sess_"+id)
		if u, err := identify(id); err != nil || u.ID != "42" {
			t.Errorf("depth %d: got %q, %v", depth, u.ID, err)
		}
	}
}

// A file counts as long as it is there, as for PHP itself; a maximum age ends it by its time.
func TestPHPMaxAge(t *testing.T) {
	const id = "abcdefghijklmnopqrstuv"
	for maxAge, want := range map[time.Duration]session.Reason{0: "", time.Hour: "", 20 * time.Minute: session.Expired} {
		dir, identify := phpSite(t, func(o *PHPOptions) { o.MaxAge = maxAge })
		recordtest.WriteFile(t, "id|i:42;", dir, "sess_"+id)
		old := time.Now().Add(-30 * time.Minute)
		if err := os.Chtimes(filepath.Join(dir, "sess_"+id), old, old); err != nil {
			t.Fatal(err)
		}
		_, err := identify(id)
		if reason, _ := session.NobodyReason(err); reason != want {
			t.Errorf("%s: got %v", maxAge, err)
		}
	}
}

// Each word that a setting allows is one that the readers know.
func TestPHPWords(t *testing.T) {
	for _, word := range kindtest.Words[PHPOptions]("SerializeHandler") {
		if _, err := record.PhpHandler(word); (err == nil) == (word == "another") {
			t.Errorf("serialize handler %s: %v", word, err)
		}
	}
	crypt := func(cipher, form string) error {
		_, err := seal.NewLaravelCrypt(cipher, form, [][]byte{make([]byte, seal.LaravelKeySize(cipher))})
		return err
	}
	for _, word := range kindtest.Words[LaravelOptions]("Cipher") {
		if err := crypt(word, "bare"); (err == nil) == (word == "another") {
			t.Errorf("cipher %s: %v", word, err)
		}
	}
	for _, word := range kindtest.Words[LaravelOptions]("CookieForm") {
		if err := crypt("AES-256-CBC", word); (err == nil) == (word == "another") {
			t.Errorf("form %s: %v", word, err)
		}
	}
}

func TestPHPOptions(t *testing.T) {
	good := kindtest.Usual(PHPOptions{Setup: recipe.Setup{Store: &store.Files{}, Mapping: session.Mapping{ID: "id"}}})
	if _, err := NewPHP(good); err != nil {
		t.Fatal(err)
	}
	bad := map[string]func(o *PHPOptions){
		"no store":        func(o *PHPOptions) { o.Store = nil },
		"unknown handler": func(o *PHPOptions) { o.SerializeHandler = "json" },
		"no path":         func(o *PHPOptions) { o.Mapping.ID = "" },
		"an age in Redis": func(o *PHPOptions) { o.Store, o.MaxAge = &store.Redis{}, time.Hour },
	}
	for name, change := range bad {
		o := good
		change(&o)
		if _, err := NewPHP(o); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := NewSymfony(kindtest.Usual(SymfonyOptions{})); err == nil {
		t.Error("symfony without a store: accepted")
	}
}

func BenchmarkPHP(b *testing.B) {
	const id = "abcdefghijklmnopqrstuv"
	user := `logged_in|b:1;user|a:5:{s:2:"id";i:42;s:4:"name";s:12:"Ada Lovelace";s:5:"email";s:15:"ada@example.com";` +
		`s:5:"roles";a:2:{i:0;s:5:"admin";i:7;s:1:"x";}s:4:"last";N;}`
	dir, _ := phpSite(b, nil)
	recordtest.WriteFile(b, user, dir, "sess_"+id)
	files, err := NewPHP(kindtest.Usual(PHPOptions{Setup: recipe.Setup{Store: &store.Files{Dir: dir, Timeout: sessiontest.Patience}, Mapping: session.Mapping{ID: "user.id"}}}))
	if err != nil {
		b.Fatal(err)
	}
	r := httptest.NewRequest("GET", "http://shop.example/", nil)
	r.Header.Set("Cookie", "PHPSESSID="+id)
	b.Run("file", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if u, err := files.Identify(r, nil); err != nil || u.ID != "42" {
				b.Fatal(u, err)
			}
		}
	})
	b.Run("record", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := record.ParsePHPVariables([]byte(user)); err != nil {
				b.Fatal(err)
			}
		}
	})
}
