package python

import (
	"context"
	"testing"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
)

// flaskFixtures reads the captures of Flask, Flask-Login and Flask-Session.
var flaskFixtures = kindtest.FixtureKind{Framework: "flask", Open: openFlask, OnPurpose: map[string]string{
	"1.1-flask-login/remember-me-only": rememberToken,
	"3.1-flask-login/remember-me-only": rememberToken,
}}

const rememberToken = "a remember_token never ends; with its next answer Flask sets a session, which is read"

func openFlask(t *testing.T, site kindtest.FixtureSite) session.Source {
	t.Helper()
	o := FlaskOptions{Setup: site.Setup, Salt: site.Config.Text("salt"), KeyDerivation: site.Config.Text("key_derivation"),
		KeyPrefix: setting.NewPrefix(site.Config.Text("key_prefix"))}
	if signed, given := site.Config["cookie_signed"].(bool); signed || !given && o.Store == nil {
		o.SecretKeys = setting.NewKeys([]byte(site.Config.Text("secret_key")))
	}
	fallbacks, _ := site.Config["secret_key_fallbacks"].([]any)
	for _, key := range fallbacks {
		o.SecretKeys = append(o.SecretKeys, setting.NewSecret(key.(string)))
	}
	if users := site.Config.List("users"); len(users) > 0 {
		o.Mapping = session.Mapping{}
		o.Lookup = rowLookup(users)
	}
	recipe, err := NewFlask(kindtest.Usual(o))
	if err != nil {
		t.Fatal(err)
	}
	return recipe
}

func TestFlaskFixtures(t *testing.T) { kindtest.RunFixtures(t, flaskFixtures) }

func TestFlaskFlippedBits(t *testing.T) { kindtest.FlipFixtures(t, flaskFixtures) }

// rowLookup finds name and email by id among rows.
func rowLookup(rows []kindtest.FixtureConfig) recipe.Lookup {
	return func(_ context.Context, u session.User, _ map[string]string) (session.User, error) {
		for _, row := range rows {
			if record.Text(row["id"]) == u.ID {
				u.Name, u.Email = row.Text("name"), row.Text("email")
				return u, nil
			}
		}
		return session.User{}, &session.Nobody{Reason: session.NoUser}
	}
}
