package session

import (
	"path/filepath"
	"testing"

	"tawkproxy/examples/testenv"
)

func TestRailsSite(t *testing.T) {
	own := Setup{Cookie: "_shop_session", Mapping: Mapping{ID: "user.id"}}
	secret := [][]byte{[]byte("a secret_key_base")}
	for _, site := range []struct {
		name     string
		gems     []string
		environ  []string
		redis    bool
		options  RailsOptions
		replayed string // who is logged in by the cookie from before the logout
	}{
		{"Marshal", nil, []string{"SERIALIZER=marshal"}, false, RailsOptions{Setup: own, SecretKeyBases: secret}, "43"},
		{"Devise", []string{"devise", "sqlite3"}, []string{"DEVISE=1"}, false,
			RailsOptions{Setup: Setup{Cookie: "_shop_session"}, SecretKeyBases: secret}, "43"},
		{"cache", []string{"redis"}, nil, true, RailsOptions{Setup: own, KeyPrefix: "_session_id:"}, ""},
	} {
		t.Run(site.name, func(t *testing.T) {
			t.Parallel()
			ruby := testenv.Ruby(t, append(site.gems, "puma", "railties")...)
			if site.redis {
				server := testenv.Redis(t)
				site.environ = append(site.environ, "REDIS=redis://"+server.Addr)
				site.options.Store = openRedis(t, "redis://"+server.Addr)
			}
			if site.name == "Devise" {
				file := filepath.Join(t.TempDir(), "shop.sqlite")
				site.environ = append(site.environ, "DATABASE="+file)
				site.options.Database = openDatabase(t, "sqlite://"+file)
			}
			source, err := Rails(site.options)
			if err != nil {
				t.Fatal(err)
			}
			base := testenv.Site(t, ruby, "rails/app.rb", append(site.environ, "SECRET_KEY_BASE=a secret_key_base")...)
			b := browse(t, base, source)
			b.is("after the logout", b.logInAndOut("42", "43"), nil, site.replayed)
		})
	}
}
