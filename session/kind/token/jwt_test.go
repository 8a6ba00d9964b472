package token

import (
	"path/filepath"
	"testing"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/seal"
)

// jwtFixtures reads tokens of jose and jsonwebtoken.
var jwtFixtures = kindtest.FixtureKind{Framework: "jwt", Open: openJWT, Canonical: seal.BareToken}

func openJWT(t *testing.T, site kindtest.FixtureSite) session.Source {
	t.Helper()
	o := JWTOptions{Setup: site.Setup, Algorithm: site.Config.Text("alg"), Issuer: site.Config.Text("issuer"),
		Audience: site.Config.Text("audience"), RequireExp: site.Config["require_exp"] != false}
	if secret := site.Config.Text("secret"); secret != "" {
		o.Secrets = setting.NewKeys([]byte(secret))
	}
	if file := site.Config.Text("jwks"); file != "" {
		o.JWKS = kindtest.URL(fileURL(t, filepath.Join("testdata", "jwt", site.Variant, file)))
	}
	return kindtest.MustOpen(t)(NewJWT(o))
}

func fileURL(t testing.TB, path string) string {
	t.Helper()
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return "file://" + filepath.ToSlash(path)
}

func TestJWTFixtures(t *testing.T) { kindtest.RunFixtures(t, jwtFixtures) }

func TestJWTFlippedBits(t *testing.T) { kindtest.FlipFixtures(t, jwtFixtures) }
