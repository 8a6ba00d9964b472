package session

import (
	"maps"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"
)

func TestGoogleIAP(t *testing.T) {
	keys := testKeys(t)
	server := serveKeys(t)
	server.keys(t, jose.JSONWebKey{KeyID: "k", Key: keys["ES256"].Public()})
	const audience = "/projects/123456789/global/backendServices/987654321"
	source := mustOpen(t)(GoogleIAP(GoogleIAPOptions{Audience: audience, JWKS: server.URL,
		Setup: Setup{Now: func() time.Time { return issuedAt }}}))
	good := jwt.MapClaims{"iss": "https://cloud.google.com/iap", "aud": audience, "sub": "accounts.google.com:42", "name": nil}
	tests := []struct {
		name    string
		key     string
		changes jwt.MapClaims
		reason  Reason
	}{
		{"good", "ES256", nil, ""},
		{"clocks 29 s apart", "ES256", jwt.MapClaims{"exp": issuedAt.Unix() - 29}, ""},
		{"clocks too far apart", "ES256", jwt.MapClaims{"exp": issuedAt.Unix() - 30}, Expired},
		{"other backend", "ES256", jwt.MapClaims{"aud": audience + "1"}, Untrusted},
		{"other issuer", "ES256", jwt.MapClaims{"iss": "https://accounts.google.com"}, Untrusted},
		{"no person", "ES256", jwt.MapClaims{"sub": nil}, Malformed},
		{"other algorithm", "ES384", nil, Forged},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			claims := maps.Clone(good)
			maps.Copy(claims, test.changes)
			r := httptest.NewRequest("GET", "http://shop.example/", nil)
			r.Header.Set("X-Goog-Authenticated-User-Email", "accounts.google.com:evil@example.com")
			r.Header.Set("x-goog-iap-jwt-assertion", signToken(t, test.key, keys[test.key], map[string]any{"kid": "k"},
				adaClaims(claims)))
			u, err := source.Identify(r, nil)
			if reason, _ := NobodyReason(err); reason != test.reason {
				t.Errorf("got %+v, %v", u, err)
			}
			if test.reason == "" && (u.ID != "accounts.google.com:42" || u.Email != "ada@example.com" || u.Name != "") {
				t.Errorf("got %+v, %v", u, err)
			}
		})
	}
}
