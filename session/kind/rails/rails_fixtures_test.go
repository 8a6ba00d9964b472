package rails

import (
	"net/url"
	"testing"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/recipe"
)

// railsFixtures reads the captures of Rails and Devise.
var railsFixtures = kindtest.FixtureKind{Framework: "rails", Open: openRails, Canonical: rackUnescaped}

func openRails(t *testing.T, site kindtest.FixtureSite) session.Source {
	t.Helper()
	o := RailsOptions{Setup: site.Setup, KeyPrefix: setting.NewPrefix(site.Config.Text("key_prefix"))}
	if site.Config.Text("kind") == "signed" {
		o.Form = "signed"
	}
	if secret := site.Config.Text("secret_key_base"); secret != "" {
		o.SecretKeyBases = setting.NewKeys([]byte(secret))
	}
	for _, rotation := range site.Config.List("rotations") {
		o.SecretKeyBases = append(o.SecretKeyBases, setting.NewSecret(rotation.Text("secret_key_base")))
	}
	if token := site.Config.Text("secret_token"); token != "" {
		o.SecretTokens = setting.NewKeys([]byte(token))
	}
	if site.Config.Text("store_kind") == "cookie" {
		o.Store = nil
	}
	switch o.Mapping.ID {
	case "the value itself":
		o.Mapping.ID = "value"
		if o.Form != "signed" {
			o.Mapping = session.Mapping{ID: "id", Name: "name", Email: "email"}
		}
	case "warden.user.user.key[0][0]":
		o.Mapping = session.Mapping{}
		if site.Database != nil {
			o.Database = site.Database
			o.Lookup = recipe.NewLookup(recipe.LookupOptions{Database: site.Database, Query: "SELECT name, email FROM users WHERE id = ?"})
		}
	}
	recipe, err := NewRails(kindtest.Usual(o))
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

func TestRailsFixtures(t *testing.T) { kindtest.RunFixtures(t, railsFixtures) }

func TestRailsFlippedBits(t *testing.T) { kindtest.FlipFixtures(t, railsFixtures) }
