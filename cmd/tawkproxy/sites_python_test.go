package main

import (
	"strings"
	"testing"

	"tawkproxy/examples/testenv"
)

// TestDjangoSite logs in Django's own users, by every session engine. With the site's database, names are known, and whoever
// changes the password stays logged in and is logged out everywhere else.
func TestDjangoSite(t *testing.T) {
	t.Parallel()
	const (
		key   = "TAWK_DJANGO_SECRET_KEY=a key\n"
		users = key + "TAWK_USER_DSN=sqlite://$FOLDER/shop.sqlite\n"
		ada   = "42 Ada Lovelace ada@example.com"
		jose  = `43 José "Pepe" O'Neil jose@example.com`
	)
	for i, s := range []liveSite{
		{name: "signed cookies", environ: "SESSION_ENGINE=signed_cookies",
			settings: key + "TAWK_DJANGO_SESSION_ENGINE=signed_cookies", ada: "42", jose: "43", kept: true},
		{name: "signed cookies of pickles", environ: "SESSION_ENGINE=signed_cookies\nSESSION_SERIALIZER=PickleSerializer",
			settings: key + "TAWK_DJANGO_SESSION_ENGINE=signed_cookies", ada: "42", jose: "43", kept: true},
		{name: "signed cookies, users", environ: "SESSION_ENGINE=signed_cookies",
			settings: users + "TAWK_DJANGO_SESSION_ENGINE=signed_cookies", ada: ada, jose: jose, kept: true},
		{name: "files", environ: "SESSION_ENGINE=file", ada: "42", jose: "43", stored: true,
			settings: "TAWK_DJANGO_SESSION_ENGINE=file\nTAWK_SESSION_STORE=file://$FOLDER"},
		{name: "a table", environ: "SESSION_ENGINE=db", settings: users, ada: ada, jose: jose, stored: true},
		{name: "a table of pickles", environ: "SESSION_ENGINE=db\nSESSION_SERIALIZER=PickleSerializer", settings: users,
			ada: ada, jose: jose, stored: true},
		{name: "a table and a cache", needs: []string{"django_redis"}, environ: "SESSION_ENGINE=cached_db\nREDIS=redis://$REDIS",
			settings: users + "TAWK_DJANGO_SESSION_ENGINE=cached_db", ada: ada, jose: jose, stored: true},
		{name: "a cache", needs: []string{"django_redis"}, environ: "SESSION_ENGINE=cache\nREDIS=redis://$REDIS",
			settings: users + "TAWK_DJANGO_SESSION_ENGINE=cache\nTAWK_SESSION_STORE=redis://$REDIS", ada: ada, jose: jose, stored: true},
	} {
		if !testenv.Sampled(i, 2) {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			python := testenv.Python(t, append(s.needs, "django")...)
			s.environ += "\nSECRET_KEY=a key\nDATA=$FOLDER"
			s.settings += "\nTAWK_SESSION=django"
			d := s.open(p, testenv.Site(t, python, "django/app.py", p.lines(s.environ)...))
			d.journey()
			if !strings.HasPrefix(s.settings, users) {
				return
			}
			here, elsewhere := d.visitor(), d.visitor()
			here.logsIn("ada", "secret", d.ada)
			elsewhere.logsIn("ada", "secret", d.ada)
			here.meets(here.post("/password", "password=another"), d.ada)
			here.sees(d.ada)
			elsewhere.hears(d.stranger) // before the site itself ends the session
			elsewhere.sees(d.stranger)
		})
	}
}

// TestFlaskSite has the session in Flask's own cookie, or in Redis by Flask-Session.
func TestFlaskSite(t *testing.T) {
	t.Parallel()
	const (
		key  = "TAWK_FLASK_SECRET_KEY=a key\n"
		own  = "TAWK_USER_ID=user.id\nTAWK_USER_NAME=user.name\n"
		ada  = "42 Ada Lovelace"
		jose = `43 José "Pepe" O'Neil`
	)
	for i, s := range []liveSite{
		{name: "cookie", settings: key + own, ada: ada, jose: jose, kept: true},
		{name: "Flask-Login", needs: []string{"flask_login"}, environ: "LOGIN=1", settings: key, ada: "42", jose: "43", kept: true},
		{name: "Flask-Session", needs: []string{"flask_session", "redis"}, environ: "REDIS=redis://$REDIS",
			settings: own + "TAWK_SESSION_STORE=redis://$REDIS", ada: ada, jose: jose, stored: true},
		{name: "Flask-Session signed", needs: []string{"flask_session", "redis"}, environ: "REDIS=redis://$REDIS\nSIGNER=1",
			settings: key + own + "TAWK_SESSION_STORE=redis://$REDIS", ada: ada, jose: jose, stored: true},
		{name: "Flask-Session and Flask-Login", needs: []string{"flask_session", "redis", "flask_login"},
			environ: "REDIS=redis://$REDIS\nLOGIN=1", settings: "TAWK_SESSION_STORE=redis://$REDIS", ada: "42", jose: "43", stored: true},
	} {
		if !testenv.Sampled(i, 2) {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			python := testenv.Python(t, append(s.needs, "flask")...)
			s.environ += "\nSECRET_KEY=a key"
			s.settings += "\nTAWK_SESSION=flask"
			s.open(p, testenv.Site(t, python, "flask/app.py", p.lines(s.environ)...)).journey()
		})
	}
}
