package session

import (
	"net/url"
	"testing"
)

// railsFixtures reads the captures of Rails and Devise.
var railsFixtures = fixtureKind{Framework: "rails", Open: openRails, Canonical: rackUnescaped}

func openRails(t *testing.T, site fixtureSite) Source {
	t.Helper()
	o := RailsOptions{Setup: site.Setup, Signed: site.Config.text("kind") == "signed", KeyPrefix: site.Config.text("key_prefix")}
	if secret := site.Config.text("secret_key_base"); secret != "" {
		o.SecretKeyBases = [][]byte{[]byte(secret)}
	}
	for _, rotation := range site.Config.list("rotations") {
		o.SecretKeyBases = append(o.SecretKeyBases, []byte(rotation.text("secret_key_base")))
	}
	if token := site.Config.text("secret_token"); token != "" {
		o.SecretTokens = [][]byte{[]byte(token)}
	}
	if site.Config.text("store_kind") == "cookie" {
		o.Store = nil
	}
	switch o.Mapping.ID {
	case "the value itself":
		o.Mapping.ID = "value"
		if !o.Signed {
			o.Mapping = Mapping{ID: "id", Name: "name", Email: "email"}
		}
	case "warden.user.user.key[0][0]":
		o.Mapping = Mapping{}
		if site.Database != nil {
			o.Database = site.Database
			o.Lookup = queryLookup(t, site.Database, "SELECT name, email FROM users WHERE id = ?")
		}
	}
	recipe, err := Rails(o)
	if err != nil {
		t.Fatal(err)
	}
	return recipe
}

// rackUnescaped is what a cookie stands for: %2F, %2f and a slash are the same.
func rackUnescaped(value string) string {
	text, err := url.QueryUnescape(value)
	if err != nil {
		return value
	}
	return text
}

func TestRailsFixtures(t *testing.T) { runFixtures(t, railsFixtures) }

func TestRailsFlippedBits(t *testing.T) { flipFixtures(t, railsFixtures) }
