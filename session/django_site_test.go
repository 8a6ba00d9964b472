package session

import (
	"testing"

	"tawkproxy/examples/testenv"
)

func TestDjangoSite(t *testing.T) {
	python := testenv.Python(t, "django")
	for _, engine := range []struct{ name, serializer, replayed string }{
		{"signed_cookies", "JSONSerializer", "43"}, // nothing on the server ends it
		{"signed_cookies", "PickleSerializer", "43"},
		{"file", "JSONSerializer", ""},
	} {
		t.Run(engine.name+" "+engine.serializer, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			o := DjangoOptions{Engine: engine.name, SecretKeys: [][]byte{[]byte("a key")}}
			if engine.name == "file" {
				o.Store = &Files{Dir: dir, Timeout: patience}
			}
			source, err := Django(o)
			if err != nil {
				t.Fatal(err)
			}
			base := testenv.Site(t, python, "django/app.py", "SECRET_KEY=a key", "DATA="+dir,
				"SESSION_ENGINE="+engine.name, "SESSION_SERIALIZER="+engine.serializer)
			b := browse(t, base, source)
			b.is("after the logout", b.logInAndOut("42", "43"), nil, engine.replayed)
		})
	}
}
