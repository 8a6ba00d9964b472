package php

import (
	"testing"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/cookie"
	"tawkproxy/session/kind/kindtest"
)

// wordPressFixtures reads the captures of WordPress.
var wordPressFixtures = kindtest.FixtureKind{Framework: "wordpress", Open: openWordPress, Canonical: cookie.PhpCookieValue}

func openWordPress(t *testing.T, site kindtest.FixtureSite) session.Source {
	t.Helper()
	site.Cookie = "" // found by its beginning
	site.Mapping = session.Mapping{}
	recipe, err := NewWordPress(kindtest.Usual(WordPressOptions{Setup: site.Setup, Database: site.Database,
		TablePrefix: site.Config.Text("table_prefix"), Multisite: site.Config["multisite"] == true,
		LoggedInKey: setting.NewSecret(site.Config.Text("logged_in_key")), LoggedInSalt: setting.NewSecret(site.Config.Text("logged_in_salt"))}))
	if err != nil {
		t.Fatal(err)
	}
	return recipe
}

func TestWordPressFixtures(t *testing.T) { kindtest.RunFixtures(t, wordPressFixtures) }

func TestWordPressFlippedBits(t *testing.T) { kindtest.FlipFixtures(t, wordPressFixtures) }
