package session

import (
	"testing"

	"tawkproxy/examples/testenv"
)

func TestFlaskSite(t *testing.T) {
	own := Setup{Mapping: Mapping{ID: "user.id"}}
	keys := [][]byte{[]byte("a key")}
	for _, site := range []struct {
		name     string
		modules  []string
		environ  []string
		redis    bool
		options  FlaskOptions
		replayed string // who is logged in by the cookie from before the logout
	}{
		{"cookie", []string{"flask"}, nil, false, FlaskOptions{Setup: own, SecretKeys: keys}, "43"},
		{"Flask-Login", []string{"flask_login"}, []string{"LOGIN=1"}, false, FlaskOptions{SecretKeys: keys}, "43"},
		{"Flask-Session", []string{"flask_session", "redis"}, nil, true, FlaskOptions{Setup: own, KeyPrefix: "session:"}, ""},
		{"Flask-Session signed", []string{"flask_session", "redis"}, []string{"SIGNER=1"}, true,
			FlaskOptions{Setup: own, SecretKeys: keys, KeyPrefix: "session:"}, ""},
	} {
		t.Run(site.name, func(t *testing.T) {
			t.Parallel()
			python := testenv.Python(t, site.modules...)
			if site.redis {
				server := testenv.Redis(t)
				site.environ = append(site.environ, "REDIS=redis://"+server.Addr)
				site.options.Store = openRedis(t, "redis://"+server.Addr)
			}
			source, err := Flask(site.options)
			if err != nil {
				t.Fatal(err)
			}
			base := testenv.Site(t, python, "flask/app.py", append(site.environ, "SECRET_KEY=a key")...)
			b := browse(t, base, source)
			b.is("after the logout", b.logInAndOut("42", "43"), nil, site.replayed)
		})
	}
}
