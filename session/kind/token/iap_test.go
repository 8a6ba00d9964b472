package token

import (
	"maps"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"tawkproxy/session"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/recipe"
	"tawkproxy/session/sessiontest"
)

func TestGoogleIAP(t *testing.T) {
	keys := kindtest.TestKeys(t)
	server := serveKeys(t)
	server.keys(t, jose.JSONWebKey{KeyID: "k", Key: keys["ES256"].Public()})
	const audience = "/projects/123456789/global/backendServices/987654321"
	source := kindtest.MustOpen(t)(NewGoogleIAP(GoogleIAPOptions{Audience: audience, JWKS: kindtest.URL(server.URL),
		Setup: recipe.Setup{Now: func() time.Time { return sessiontest.IssuedAt }}}))
	good := map[string]any{"iss": "https://cloud.google.com/iap", "aud": audience, "sub": "accounts.google.com:42", "name": nil}
	tests := []struct {
		name    string
		key     string
		changes map[string]any
		reason  session.Reason
	}{
		{"good", "ES256", nil, ""},
		{"clocks 29 s apart", "ES256", map[string]any{"exp": sessiontest.IssuedAt.Unix() - 29}, ""},
		{"clocks too far apart", "ES256", map[string]any{"exp": sessiontest.IssuedAt.Unix() - 30}, session.Expired},
		{"other backend", "ES256", map[string]any{"aud": audience + "1"}, session.Untrusted},
		{"other issuer", "ES256", map[string]any{"iss": "https://accounts.google.com"}, session.Untrusted},
		{"no person", "ES256", map[string]any{"sub": nil}, session.Malformed},
		{"other algorithm", "ES384", nil, session.Forged},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			claims := maps.Clone(good)
			maps.Copy(claims, test.changes)
			r := httptest.NewRequest("GET", "http://shop.example/", nil)
			r.Header.Set("X-Goog-Authenticated-User-Email", "accounts.google.com:evil@example.com")
			r.Header.Set("x-goog-iap-jwt-assertion", kindtest.SignToken(t, test.key, keys[test.key], map[string]any{"kid": "k"},
				kindtest.AdaClaims(claims)))
			u, err := source.Identify(r, nil)
			if reason, _ := session.NobodyReason(err); reason != test.reason {
				t.Errorf("got %+v, %v", u, err)
			}
			if test.reason == "" && (u.ID != "accounts.google.com:42" || u.Email != "ada@example.com" || u.Name != "") {
				t.Errorf("got %+v, %v", u, err)
			}
		})
	}
}
