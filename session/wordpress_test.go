package session

import "testing"

// wordPressFixtures reads the captures of WordPress.
var wordPressFixtures = fixtureKind{Framework: "wordpress", Open: openWordPress, Canonical: phpCookieValue}

func openWordPress(t *testing.T, site fixtureSite) Source {
	t.Helper()
	site.Cookie = "" // found by its beginning
	site.Mapping = Mapping{}
	recipe, err := WordPress(WordPressOptions{Setup: site.Setup, Database: site.Database,
		TablePrefix: site.Config.text("table_prefix"), Multisite: site.Config["multisite"] == true,
		LoggedInKey: site.Config.text("logged_in_key"), LoggedInSalt: site.Config.text("logged_in_salt")})
	if err != nil {
		t.Fatal(err)
	}
	return recipe
}

func TestWordPressFixtures(t *testing.T) { runFixtures(t, wordPressFixtures) }

func TestWordPressFlippedBits(t *testing.T) { flipFixtures(t, wordPressFixtures) }
