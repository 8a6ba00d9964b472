package session

import (
	"path/filepath"
	"testing"
)

// jwtFixtures reads tokens of jose and jsonwebtoken.
var jwtFixtures = fixtureKind{Framework: "jwt", Open: openJWT, Canonical: bareToken}

func openJWT(t *testing.T, site fixtureSite) Source {
	t.Helper()
	o := JWTOptions{Setup: site.Setup, Algorithm: site.Config.text("alg"), Issuer: site.Config.text("issuer"),
		Audience: site.Config.text("audience"), NoExpiry: site.Config["require_exp"] == false}
	if secret := site.Config.text("secret"); secret != "" {
		o.Secrets = [][]byte{[]byte(secret)}
	}
	if file := site.Config.text("jwks"); file != "" {
		o.JWKS = fileURL(t, filepath.Join("testdata", "jwt", site.Variant, file))
	}
	return mustOpen(t)(JWT(o))
}

// mustOpen makes a source of what a constructor returned.
func mustOpen(t testing.TB) func(*Recipe, error) Source {
	return func(recipe *Recipe, err error) Source {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return recipe
	}
}

func fileURL(t testing.TB, path string) string {
	t.Helper()
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return "file://" + filepath.ToSlash(path)
}

func TestJWTFixtures(t *testing.T) { runFixtures(t, jwtFixtures) }

func TestJWTFlippedBits(t *testing.T) { flipFixtures(t, jwtFixtures) }
