package session

import (
	"testing"

	"tawkproxy/examples/testenv"
)

func TestExpressSite(t *testing.T) {
	for _, site := range []struct {
		name    string
		modules []string
		environ []string
		redis   bool
		path    string // to the user's id; "": of passport
	}{
		{"Redis", []string{"connect-redis", "redis"}, nil, true, "user.id"},
		{"passport", []string{"connect-redis", "redis", "passport"}, []string{"PASSPORT=1"}, true, ""},
		{"files", []string{"session-file-store"}, nil, false, "user.id"},
	} {
		t.Run(site.name, func(t *testing.T) {
			t.Parallel()
			node := testenv.Node(t, append(site.modules, "express", "express-session")...)
			o := ExpressOptions{Secrets: [][]byte{[]byte("a secret")}, KeyPrefix: "sess:", Setup: Setup{Mapping: Mapping{ID: site.path}}}
			if site.redis {
				server := testenv.Redis(t)
				o.Store = openRedis(t, "redis://"+server.Addr)
				site.environ = append(site.environ, "REDIS=redis://"+server.Addr)
			} else {
				dir := t.TempDir()
				o.Store = &Files{Dir: dir, Timeout: patience}
				site.environ = append(site.environ, "FILES="+dir)
			}
			source, err := Express(o)
			if err != nil {
				t.Fatal(err)
			}
			base := testenv.Site(t, node, "express/app.js", append(site.environ, "SECRET=a secret")...)
			b := browse(t, base, source)
			b.is("after the logout", b.logInAndOut("42", "43"), nil, "")
		})
	}
}
