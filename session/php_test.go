package session

import "testing"

var phpFixtures = fixtureKind{Framework: "php", Open: func(t *testing.T, site fixtureSite) Source {
	return openPHP(t, site, PHP)
}}

// openPHP opens the site of a case with PHP's records.
func openPHP(t *testing.T, site fixtureSite, kind func(PHPOptions) (*Recipe, error)) Source {
	t.Helper()
	recipe, err := kind(PHPOptions{Setup: site.Setup, SerializeHandler: site.Config.text("serialize_handler"),
		Depth: site.Config.number("depth"), Prefix: site.Config.text("key_prefix")})
	if err != nil {
		t.Fatal(err)
	}
	return recipe
}

func TestPHPFixtures(t *testing.T) { runFixtures(t, phpFixtures) }
