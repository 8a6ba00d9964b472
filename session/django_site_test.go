package session

import (
	"net/url"
	"path/filepath"
	"testing"

	"tawkproxy/examples/testenv"
)

func TestDjangoSite(t *testing.T) {
	python := testenv.Python(t, "django")
	for _, engine := range []struct{ name, serializer, replayed string }{
		{"signed_cookies", "JSONSerializer", "43"}, // nothing on the server ends it
		{"signed_cookies", "PickleSerializer", "43"},
		{"file", "JSONSerializer", ""},
		{"db", "JSONSerializer", ""},
	} {
		t.Run(engine.name+" "+engine.serializer, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			o := DjangoOptions{Engine: engine.name, SecretKeys: [][]byte{[]byte("a key")}}
			if engine.name == "file" {
				o.Store = &Files{Dir: dir, Timeout: patience}
			}
			if engine.name == "db" {
				o.Database = openDatabase(t, "sqlite://"+filepath.Join(dir, "shop.sqlite"))
			}
			source, err := Django(o)
			if err != nil {
				t.Fatal(err)
			}
			base := testenv.Site(t, python, "django/app.py", "SECRET_KEY=a key", "DATA="+dir,
				"SESSION_ENGINE="+engine.name, "SESSION_SERIALIZER="+engine.serializer)
			b := browse(t, base, source)
			b.is("after the logout", b.logInAndOut("42", "43"), nil, engine.replayed)
			if o.Database == nil {
				return
			}
			// Whoever changes the password stays logged in, and is logged out everywhere else.
			here, elsewhere := browse(t, base, source), browse(t, base, source)
			for _, b := range []*siteBrowser{here, elsewhere} {
				b.does("/login", url.Values{"user": {"ada"}, "password": {"secret"}}, "", "42")
			}
			here.does("/password", url.Values{"password": {"other"}}, "42", "42")
			elsewhere.does("/", nil, "", "")
			if u, err := source.Identify(here.request("/"), nil); u.Name != "Ada Lovelace" || u.Email != "ada@example.com" {
				t.Errorf("got %+v, %v", u, err)
			}
		})
	}
}
