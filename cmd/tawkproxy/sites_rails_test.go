package main

import (
	"testing"

	"tawkproxy/examples/testenv"
)

// TestRailsSite has the session in the cookie, in Rails' cache and in the Redis of redis-rails.
func TestRailsSite(t *testing.T) {
	t.Parallel()
	const (
		secret = "TAWK_RAILS_SECRET_KEY_BASE=a secret_key_base\n"
		own    = "TAWK_USER_ID=user.id\nTAWK_USER_NAME=user.name\n"
		ada    = "42 Ada Lovelace"
		jose   = `43 José "Pepe" O'Neil`
	)
	for i, s := range []liveSite{
		{name: "JSON", settings: secret + own, ada: ada, jose: jose, kept: true},
		{name: "Marshal", environ: "SERIALIZER=marshal", settings: secret + own, ada: ada, jose: jose, kept: true},
		{name: "Devise", needs: []string{"devise", "sqlite3"}, environ: "DEVISE=1\nDATABASE=$FOLDER/shop.sqlite",
			settings: secret + "TAWK_USER_DSN=sqlite://$FOLDER/shop.sqlite", ada: "42 ada@example.com", jose: "43 jose@example.com",
			kept: true},
		{name: "cache", needs: []string{"redis"}, environ: "REDIS=redis://$REDIS",
			settings: own + "TAWK_SESSION_STORE=redis://$REDIS", ada: ada, jose: jose, stored: true},
		{name: "redis-rails", needs: []string{"redis-actionpack"}, environ: "REDIS_STORE=redis://$REDIS/0/shop",
			settings: own + "TAWK_SESSION_STORE=redis://$REDIS\nTAWK_RAILS_KEY_PREFIX=shop:", ada: ada, jose: jose, stored: true},
	} {
		if !testenv.Sampled(i, 2) {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			ruby := testenv.Ruby(t, append(s.needs, "puma", "railties")...)
			s.environ += "\nSECRET_KEY_BASE=a secret_key_base"
			s.settings += "\nTAWK_SESSION=rails\nTAWK_SESSION_COOKIE=_shop_session"
			d := s.open(p, testenv.Site(t, ruby, "rails/app.rb", p.lines(s.environ)...))
			d.journey()
			if s.name != "Devise" {
				return
			}
			ada := d.visitor()
			ada.logsIn("ada", "secret", d.ada)
			inSQLite(t, p.find("FOLDER")+"/shop.sqlite",
				`UPDATE users SET encrypted_password = '$2a$04$aaaaaaaaaaaaaaaaaaaaaa' WHERE id = 42`)
			ada.hears(d.stranger) // before the site itself ends the session
			ada.sees(d.stranger)
		})
	}
}
