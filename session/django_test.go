package session

import (
	"path/filepath"
	"testing"
)

// djangoFixtures reads the captures of Django.
var djangoFixtures = fixtureKind{Framework: "django", Open: openDjango}

func openDjango(t *testing.T, site fixtureSite) Source {
	t.Helper()
	o := DjangoOptions{Setup: site.Setup, Engine: site.Config.text("engine"),
		SecretKeys: [][]byte{[]byte(site.Config.text("secret_key"))}}
	fallbacks, _ := site.Config["secret_key_fallbacks"].([]any)
	for _, key := range fallbacks {
		o.SecretKeys = append(o.SecretKeys, []byte(key.(string)))
	}
	o.Mapping = Mapping{}
	o.MaxAge = site.Config.seconds("cookie_age")
	switch o.Engine {
	case "signed_cookies":
		o.Store = nil
	case "db", "cached_db":
		o.Store = nil // that of the database
		o.MaxAge = 0
	case "file":
		o.Store = &Files{Dir: filepath.Join(site.Dir, "sessions"), Timeout: patience}
	}
	if site.Database != nil {
		o.Database, o.UserTable = site.Database, "legacy_user"
		o.Lookup = queryLookup(t, site.Database, "SELECT name, email FROM legacy_user WHERE id = ? AND is_active")
	}
	recipe, err := Django(o)
	if err != nil {
		t.Fatal(err)
	}
	return recipe
}

// queryLookup is the lookup of a query.
func queryLookup(t *testing.T, database *Database, query string) Lookup {
	t.Helper()
	lookup, err := NewLookup(LookupOptions{Database: database, Query: query})
	if err != nil {
		t.Fatal(err)
	}
	return lookup
}

func TestDjangoFixtures(t *testing.T) { runFixtures(t, djangoFixtures) }

func TestDjangoFlippedBits(t *testing.T) { flipFixtures(t, djangoFixtures) }
