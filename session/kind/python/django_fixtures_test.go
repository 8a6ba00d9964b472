package python

import (
	"path/filepath"
	"testing"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/recipe"
	"tawkproxy/session/sessiontest"
	"tawkproxy/session/store"
)

// djangoFixtures reads the captures of Django.
var djangoFixtures = kindtest.FixtureKind{Framework: "django", Open: openDjango}

func openDjango(t *testing.T, site kindtest.FixtureSite) session.Source {
	t.Helper()
	o := DjangoOptions{Setup: site.Setup, SessionEngine: site.Config.Text("engine"),
		SecretKeys: setting.NewKeys([]byte(site.Config.Text("secret_key")))}
	fallbacks, _ := site.Config["secret_key_fallbacks"].([]any)
	for _, key := range fallbacks {
		o.SecretKeys = append(o.SecretKeys, setting.NewSecret(key.(string)))
	}
	o.Mapping = session.Mapping{}
	o.MaxAge = site.Config.Seconds("cookie_age")
	switch o.SessionEngine {
	case "signed_cookies":
		o.Store = nil
	case "db", "cached_db":
		o.Store = nil // that of the database
		o.MaxAge = 0
	case "file":
		o.Store = &store.Files{Dir: filepath.Join(site.Dir, "sessions"), Timeout: sessiontest.Patience}
	}
	if site.Database != nil {
		o.Database, o.UserTable = site.Database, "legacy_user"
		o.Lookup = recipe.NewLookup(recipe.LookupOptions{Database: site.Database, Query: "SELECT name, email FROM legacy_user WHERE id = ? AND is_active"})
	}
	recipe, err := NewDjango(kindtest.Usual(o))
	if err != nil {
		t.Fatal(err)
	}
	return recipe
}

func TestDjangoFixtures(t *testing.T) { kindtest.RunFixtures(t, djangoFixtures) }

func TestDjangoFlippedBits(t *testing.T) { kindtest.FlipFixtures(t, djangoFixtures) }
