package session

import (
	"context"
	"testing"
)

// flaskFixtures reads the captures of Flask, Flask-Login and Flask-Session.
var flaskFixtures = fixtureKind{Framework: "flask", Open: openFlask, OnPurpose: map[string]string{
	"1.1-flask-login/remember-me-only": rememberToken,
	"3.1-flask-login/remember-me-only": rememberToken,
}}

const rememberToken = "a remember_token never ends; with its next answer Flask sets a session, which is read"

func openFlask(t *testing.T, site fixtureSite) Source {
	t.Helper()
	o := FlaskOptions{Setup: site.Setup, Salt: site.Config.text("salt"), KeyDerivation: site.Config.text("key_derivation"),
		KeyPrefix: site.Config.text("key_prefix")}
	if signed, given := site.Config["cookie_signed"].(bool); signed || !given && o.Store == nil {
		o.SecretKeys = [][]byte{[]byte(site.Config.text("secret_key"))}
	}
	fallbacks, _ := site.Config["secret_key_fallbacks"].([]any)
	for _, key := range fallbacks {
		o.SecretKeys = append(o.SecretKeys, []byte(key.(string)))
	}
	if users := site.Config.list("users"); len(users) > 0 {
		o.Mapping = Mapping{}
		o.Lookup = rowLookup(users)
	}
	recipe, err := Flask(o)
	if err != nil {
		t.Fatal(err)
	}
	return recipe
}

func TestFlaskFixtures(t *testing.T) { runFixtures(t, flaskFixtures) }

func TestFlaskFlippedBits(t *testing.T) { flipFixtures(t, flaskFixtures) }

// rowLookup finds name and email by id among rows.
func rowLookup(rows []fixtureConfig) Lookup {
	return func(_ context.Context, u User) (User, error) {
		for _, row := range rows {
			if Text(row["id"]) == u.ID {
				u.Name, u.Email = row.text("name"), row.text("email")
				return u, nil
			}
		}
		return User{}, &Nobody{Reason: NoUser}
	}
}
