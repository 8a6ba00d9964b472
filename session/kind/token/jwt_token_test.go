package token

import (
	"context"
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/recipe"
	"tawkproxy/session/seal"
	"tawkproxy/session/sessiontest"
)

// testSite is a site whose tokens adaClaims are.
func testSite() JWTOptions {
	return kindtest.Usual(JWTOptions{Setup: recipe.Setup{Cookie: "token", Now: func() time.Time { return sessiontest.IssuedAt }},
		Issuer: "https://login.example", Audience: "shop"})
}

// publicKey is the public half of a key, as an operator writes it.
func publicKey(t testing.TB, key crypto.Signer) setting.Secret {
	return setting.NewSecret(string(kindtest.PublicPEM(t, key.Public())))
}

// Every algorithm is read with its own key and with none of the others, in the cache and out of it.
func TestJWTAlgorithms(t *testing.T) {
	keys := kindtest.TestKeys(t)
	secret := []byte(strings.Repeat("a secret that both sides know, ", 3)) // go-jose signs HS512 with 64 bytes or more
	for _, algorithm := range []string{"HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512",
		"ES256", "ES384", "ES512", "EdDSA"} {
		t.Run(algorithm, func(t *testing.T) {
			o := testSite()
			o.Algorithm = algorithm
			o.Secrets = setting.NewKeys([]byte("the next secret"), secret)
			if keys[algorithm] != nil {
				o.Secrets, o.PublicKey = nil, publicKey(t, keys[algorithm])
			}
			source := kindtest.MustOpen(t)(NewJWT(o))
			for other := range map[string]bool{"HS256": true, "RS256": true, "PS256": true, "ES256": true, "ES384": true,
				"EdDSA": true, algorithm: true} {
				key := any(secret)
				if keys[other] != nil {
					key = keys[other]
				}
				token := kindtest.SignToken(t, other, key, nil, kindtest.AdaClaims(nil))
				for range 2 {
					u, err := source.Identify(sessiontest.WithCookie("token", token), nil)
					if other == algorithm {
						if err != nil || u.ID != "42" || u.Name != "Ada Lovelace" || u.Email != "ada@example.com" {
							t.Errorf("got %+v, %v", u, err)
						}
					} else if reason, _ := session.NobodyReason(err); reason != session.Forged {
						t.Errorf("signed by %s: got %+v, %v", other, u, err)
					}
				}
			}
		})
	}
}

// Sites have secrets shorter than RFC 7518 section 3.2 demands; their own libraries put up with it.
func TestJWTShortSecret(t *testing.T) {
	body := `{"sub":"42","iss":"https://login.example","aud":"shop","exp":99999999999}`
	for _, algorithm := range []string{"HS256", "HS384", "HS512"} {
		o := testSite()
		o.Algorithm, o.Secrets = algorithm, setting.NewKeys([]byte("the next one"), []byte("secret"))
		token := kindtest.SignText(t, algorithm, []byte("secret"), `{"alg":"`+algorithm+`"}`, body)
		u, err := kindtest.MustOpen(t)(NewJWT(o)).Identify(sessiontest.WithCookie("token", token), nil)
		if err != nil || u.ID != "42" {
			t.Errorf("%s: got %+v, %v", algorithm, u, err)
		}
	}
}

// A signature has one form only: what a careless reader of base 64 takes for the same is none.
func TestJWTStrict(t *testing.T) {
	keys := kindtest.TestKeys(t)
	for _, algorithm := range []string{"RS256", "ES256", "EdDSA"} {
		o := testSite()
		o.Algorithm, o.PublicKey = algorithm, publicKey(t, keys[algorithm])
		source := kindtest.MustOpen(t)(NewJWT(o))
		good := kindtest.SignToken(t, algorithm, keys[algorithm], nil, kindtest.AdaClaims(nil))
		const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
		last := strings.IndexByte(alphabet, good[len(good)-1])
		at := strings.LastIndexByte(good, '.') + 1
		for name, token := range map[string]string{
			"stray bits":   good[:len(good)-1] + alphabet[last+1:last+2],
			"padded":       good + "==",
			"zeros before": good[:at] + "AAAA" + good[at:],
			"zeros behind": good + "AAAA",
			"nothing":      good[:at],
		} {
			u, err := source.Identify(sessiontest.WithCookie("token", token), nil)
			if reason, _ := session.NobodyReason(err); reason != session.Forged {
				t.Errorf("%s, %s: got %+v, %v", algorithm, name, u, err)
			}
		}
		if u, err := source.Identify(sessiontest.WithCookie("token", good), nil); err != nil || u.ID != "42" {
			t.Errorf("%s: got %+v, %v", algorithm, u, err)
		}
	}
}

// What tokens may say, with a good signature.
func TestJWTClaims(t *testing.T) {
	secret := []byte("a secret that both sides know, 32 bytes")
	at := func(d time.Duration) int64 { return sessiontest.IssuedAt.Add(d).Unix() }
	tests := []struct {
		name    string
		changes map[string]any
		options func(*JWTOptions)
		user    string
		reason  session.Reason
	}{
		{"as it is", nil, nil, "42", ""},
		{"number as id", map[string]any{"sub": 42}, nil, "42", ""},
		{"several audiences", map[string]any{"aud": []string{"forum", "shop"}}, nil, "42", ""},
		{"other audience", map[string]any{"aud": "forum"}, nil, "", session.Untrusted},
		{"no audience", map[string]any{"aud": nil}, nil, "", session.Malformed},
		{"other issuer", map[string]any{"iss": "https://login.example.evil"}, nil, "", session.Untrusted},
		{"no issuer", map[string]any{"iss": nil}, nil, "", session.Malformed},
		{"nothing asked for", map[string]any{"aud": nil, "iss": nil},
			func(o *JWTOptions) { o.Issuer, o.Audience = "", "" }, "42", ""},
		{"ended", map[string]any{"exp": at(0)}, nil, "", session.Expired},
		{"ends soon", map[string]any{"exp": at(time.Second)}, nil, "42", ""},
		{"ended within the leeway", map[string]any{"exp": at(-29 * time.Second)},
			func(o *JWTOptions) { o.Leeway = 30 * time.Second }, "42", ""},
		{"ended beyond the leeway", map[string]any{"exp": at(-30 * time.Second)},
			func(o *JWTOptions) { o.Leeway = 30 * time.Second }, "", session.Expired},
		{"no end", map[string]any{"exp": nil}, nil, "", session.Malformed},
		{"no end, allowed", map[string]any{"exp": nil}, func(o *JWTOptions) { o.RequireExp = false }, "42", ""},
		{"ended, none needed", map[string]any{"exp": at(-1)}, func(o *JWTOptions) { o.RequireExp = false }, "", session.Expired},
		{"an end that is no time", map[string]any{"exp": "tomorrow"}, nil, "", session.Malformed},
		{"not yet", map[string]any{"nbf": at(time.Second)}, nil, "", session.Expired},
		{"not yet, within the leeway", map[string]any{"nbf": at(time.Second)},
			func(o *JWTOptions) { o.Leeway = time.Second }, "42", ""},
		{"too old", map[string]any{"iat": at(-time.Hour - time.Second)},
			func(o *JWTOptions) { o.MaxAge = time.Hour }, "", session.Expired},
		{"of unknown age", map[string]any{"iat": nil}, func(o *JWTOptions) { o.MaxAge = time.Hour }, "", session.Malformed},
		{"of unknown age, which does not matter", map[string]any{"iat": nil}, nil, "42", ""},
		{"for somebody else and ended", map[string]any{"aud": "forum", "exp": at(-1)}, nil, "", session.Untrusted},
		{"of somebody else and without an end", map[string]any{"iss": "https://evil.example", "exp": nil}, nil, "", session.Untrusted},
		{"for nobody and ended", map[string]any{"aud": nil, "exp": at(-1)}, nil, "", session.Expired},
		{"an end that is no time and not yet", map[string]any{"exp": "soon", "nbf": at(time.Second)}, nil, "", session.Expired},
		{"an audience that is empty", map[string]any{"aud": ""}, nil, "", session.Malformed},
		{"an audience that is no text", map[string]any{"aud": []any{"shop", 7}}, nil, "", session.Malformed},
		{"an issuer that is no text", map[string]any{"iss": []any{"https://login.example"}}, nil, "", session.Malformed},
		{"an issuer that is empty", map[string]any{"iss": ""}, nil, "", session.Malformed},
		{"no id", map[string]any{"sub": nil}, nil, "", session.Malformed},
		{"empty id", map[string]any{"sub": ""}, nil, "", session.NoUser},
		{"id of another claim", map[string]any{"https://shop.example/user": map[string]any{"id": "u-7f3"}},
			func(o *JWTOptions) { o.Mapping.ID = "https://shop.example/user.id" }, "u-7f3", ""},
		{"claim as demanded", map[string]any{"realm": map[string]any{"use": "web"}},
			func(o *JWTOptions) { o.Claims = map[string]string{"realm.use": "web"} }, "42", ""},
		{"claim missing", nil, func(o *JWTOptions) { o.Claims = map[string]string{"realm.use": "web"} }, "", session.Untrusted},
		{"login half finished", map[string]any{"otp": "pending"},
			func(o *JWTOptions) { o.Mapping.Require = []session.Condition{{Path: "otp"}} }, "", session.Unmet},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := testSite()
			o.Algorithm, o.Secrets = "HS256", setting.NewKeys(secret)
			if test.options != nil {
				test.options(&o)
			}
			source := kindtest.MustOpen(t)(NewJWT(o))
			u, err := source.Identify(sessiontest.WithCookie("token", kindtest.SignToken(t, "HS256", secret, nil, kindtest.AdaClaims(test.changes))), nil)
			if reason, _ := session.NobodyReason(err); u.ID != test.user || reason != test.reason || (err == nil) != (test.user != "") {
				t.Errorf("got %+v, %v", u, err)
			}
		})
	}
}

// The tricks of the trade (RFC 8725), against a site with a public key.
func TestJWTAttacks(t *testing.T) {
	keys := kindtest.TestKeys(t)
	public := publicKey(t, keys["RS256"])
	mine := keys["ES256"] // of the attacker
	o := testSite()
	o.Algorithm, o.PublicKey = "RS256", public
	source := kindtest.MustOpen(t)(NewJWT(o))
	good := kindtest.SignToken(t, "RS256", keys["RS256"], nil, kindtest.AdaClaims(nil))
	body := `{"sub":"1","iss":"https://login.example","aud":"shop","exp":99999999999}`
	encoded := base64.RawURLEncoding.EncodeToString([]byte(body))
	header := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	tests := map[string]string{
		"nothing":                        ".",
		"empty parts":                    "..",
		"no algorithm":                   header(`{"alg":"none"}`) + "." + encoded + ".",
		"no algorithm, other case":       header(`{"alg":"nOnE"}`) + "." + encoded + ".",
		"algorithm missing":              header(`{}`) + "." + encoded + ".",
		"algorithm as a list":            header(`{"alg":["RS256"]}`) + "." + encoded + ".",
		"two algorithms":                 header(`{"alg":"none","alg":"RS256"}`) + "." + encoded + ".",
		"no signature":                   header(`{"alg":"RS256"}`) + "." + encoded + ".",
		"signature of other claims":      good[:len(header(`{"alg":"RS256","typ":"JWT"}`))+1] + encoded + good[len(good)-343:],
		"public key as secret":           kindtest.SignText(t, "HS256", []byte(public.Reveal()), `{"alg":"HS256"}`, body),
		"public key as secret, disguise": kindtest.SignText(t, "HS256", []byte(public.Reveal()), `{"alg":"RS256"}`, body),
		"own key":                        kindtest.SignText(t, "ES256", mine, `{"alg":"ES256"}`, body),
		"own key, disguise":              kindtest.SignText(t, "ES256", mine, `{"alg":"RS256"}`, body),
		"own key in the header":          kindtest.SignText(t, "ES256", mine, `{"alg":"RS256","jwk":{"kty":"EC"}}`, body),
		"address of an own key":          kindtest.SignText(t, "ES256", mine, `{"alg":"RS256","jku":"http://evil.example/k"}`, body),
		"own certificate":                kindtest.SignText(t, "ES256", mine, `{"alg":"RS256","x5c":["MIIB"],"x5u":"http://evil"}`, body),
		"key id as a path":               kindtest.SignText(t, "HS256", []byte(nil), `{"alg":"RS256","kid":"../../../dev/null"}`, body),
		"four parts":                     good + ".",
		"five parts":                     good + ".a.b",
		"two parts":                      good[:len(good)-343],
		"padded":                         good + "==",
		"cut":                            good[:len(good)-1],
		"blank inside":                   good[:10] + " " + good[10:],
		"header that is a list":          kindtest.SignText(t, "RS256", keys["RS256"], `[]`, body),
		"an extension":                   kindtest.SignText(t, "RS256", keys["RS256"], `{"alg":"RS256","crit":["b64"],"b64":false}`, body),
		"claims that are a list":         kindtest.SignText(t, "RS256", keys["RS256"], `{"alg":"RS256"}`, `[]`),
		"claims that are null":           kindtest.SignText(t, "RS256", keys["RS256"], `{"alg":"RS256"}`, `null`),
		"claims that are not UTF-8":      kindtest.SignText(t, "RS256", keys["RS256"], `{"alg":"RS256"}`, body[:8]+"\xff"+body[8:]),
		"claims with a tail":             kindtest.SignText(t, "RS256", keys["RS256"], `{"alg":"RS256"}`, body+body),
	}
	for name, token := range tests {
		t.Run(name, func(t *testing.T) {
			u, err := source.Identify(sessiontest.WithCookie("token", token), nil)
			if reason, _ := session.NobodyReason(err); reason != session.Forged && reason != session.Malformed {
				t.Errorf("got %+v, %v", u, err)
			}
		})
	}
	if u, err := source.Identify(sessiontest.WithCookie("token", good), nil); err != nil {
		t.Errorf("the good token: %+v, %v", u, err)
	}
	// Of two members of one name the last counts, as for the libraries of the sites.
	twice := kindtest.SignText(t, "RS256", keys["RS256"], `{"alg":"HS256","alg":"RS256"}`, `{"sub":"1",`+body[1:])
	if u, err := source.Identify(sessiontest.WithCookie("token", twice), nil); err != nil || u.ID != "1" {
		t.Errorf("members twice: %+v, %v", u, err)
	}
}

// Where a token may stand, and what may stand around it.
func TestJWTPlaces(t *testing.T) {
	secret := []byte("a secret that both sides know, 32 bytes")
	ada := kindtest.SignToken(t, "HS256", secret, nil, kindtest.AdaClaims(nil))
	jose := kindtest.SignToken(t, "HS256", secret, nil, kindtest.AdaClaims(map[string]any{"sub": "u-7f3"}))
	half := len(ada) / 2
	long := kindtest.SignToken(t, "HS256", secret, nil, kindtest.AdaClaims(map[string]any{"bio": strings.Repeat("x", 3*recipe.LeastChunk)}))
	first, second := long[:recipe.LeastChunk], long[recipe.LeastChunk:2*recipe.LeastChunk]
	bearer := func(tokens ...string) http.Header { return http.Header{"Authorization": tokens} }
	tests := []struct {
		name    string
		cookies string
		header  http.Header
		user    string
		reason  session.Reason
	}{
		{"cookie", "token=" + ada, nil, "42", ""},
		{"cookie, Bearer", "token=Bearer " + ada, nil, "42", ""},
		{"cookie, Bearer escaped", "token=bearer%20" + ada, nil, "42", ""},
		{"cookie, Bearer as PHP escapes it", "token=Bearer+" + ada, nil, "42", ""},
		{"cookie, Bearer as Python quotes it", `token="Bearer ` + ada + `"`, nil, "42", ""},
		{"cookie, Bearer alone", "token=Bearer", nil, "", session.Malformed},
		{"cookie in pieces", "token.2=" + long[2*recipe.LeastChunk:] + "; token.1=" + second + "; token.0=" + first, nil, "42", ""},
		{"cookie with a piece missing", "token.0=" + first + "; token.2=" + long[recipe.LeastChunk:], nil, "", session.NoCookie},
		{"cookie without its last piece", "token.0=" + first + "; token.1=" + second, nil, "", session.Malformed},
		{"a short cookie in pieces", "token.0=" + ada[:half] + "; token.1=" + ada[half:], nil, "", session.NoCookie},
		{"a short cookie in one piece", "token.0=" + ada, nil, "", session.NoCookie},
		{"two cookies of one user", "token=" + ada + "; token=" + ada, nil, "42", ""},
		{"a cookie and an empty one", "token=" + ada + "; token=", nil, "", session.Ambiguous},
		{"a forged cookie before", "token=x; token=" + ada, nil, "", session.Ambiguous},
		{"two cookies of two users", "token=" + ada + "; token=" + jose, nil, "", session.Ambiguous},
		{"a cookie and a piece of another user", "token=" + ada + "; token.0=" + jose, nil, "42", ""},
		{"a cookie and another user's in pieces", "token=" + jose + "; token.0=" + first + "; token.1=" + long[recipe.LeastChunk:], nil, "", session.Ambiguous},
		{"header", "", bearer("Bearer " + ada), "42", ""},
		{"header without the word", "", bearer(ada), "42", ""},
		{"header before the cookie", "token=" + jose, bearer("Bearer " + ada), "42", ""},
		{"header of another kind", "token=" + jose, bearer("Basic YWRhOnB3"), "", session.Malformed},
		{"header twice", "", bearer("Bearer "+ada, "Bearer "+ada), "", session.Ambiguous},
		{"header empty", "", bearer(""), "", session.NoCookie},
		{"neither", "other=" + ada, nil, "", session.NoCookie},
		{"too long", "token=" + string(make([]byte, seal.MaxToken+1)), nil, "", session.Malformed},
	}
	o := testSite()
	o.Algorithm, o.Secrets, o.Header = "HS256", setting.NewKeys(secret), "authorization"
	source := kindtest.MustOpen(t)(NewJWT(o))
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "http://shop.example/", nil)
			maps.Copy(r.Header, test.header)
			r.Header["Cookie"] = []string{test.cookies}
			u, err := source.Identify(r, nil)
			if reason, _ := session.NobodyReason(err); u.ID != test.user || reason != test.reason || (err == nil) != (test.user != "") {
				t.Errorf("got %+v, %v", u, err)
			}
		})
	}
}

// A verified token is remembered, but not beyond its end.
func TestJWTRemembered(t *testing.T) {
	key := kindtest.TestKeys(t)["ES256"]
	at := sessiontest.IssuedAt
	o := testSite()
	o.Algorithm, o.PublicKey, o.Now = "ES256", publicKey(t, key), func() time.Time { return at }
	recipe, err := NewJWT(o)
	if err != nil {
		t.Fatal(err)
	}
	r := sessiontest.WithCookie("token", kindtest.SignToken(t, "ES256", key, nil, kindtest.AdaClaims(nil)))
	for _, after := range []time.Duration{0, time.Hour - time.Second, time.Hour} {
		at = sessiontest.IssuedAt.Add(after)
		_, err := recipe.Identify(r, nil)
		if reason, _ := session.NobodyReason(err); (reason == session.Expired) != (after == time.Hour) {
			t.Errorf("after %s: %v", after, err)
		}
	}
}

// Each algorithm that the setting allows is one that tokens are verified by.
func TestJWTWords(t *testing.T) {
	for _, word := range kindtest.Words[JWTOptions]("Algorithm") {
		if seal.Signs(jose.SignatureAlgorithm(word)) == (word == "another") {
			t.Errorf("%s: %v", word, word == "another")
		}
	}
}

func TestJWTOptions(t *testing.T) {
	keys := kindtest.TestKeys(t)
	rsaPEM, secret := publicKey(t, keys["RS256"]), setting.NewKeys([]byte("a secret"))
	private, err := x509.MarshalPKCS8PrivateKey(keys["RS256"])
	if err != nil {
		t.Fatal(err)
	}
	privatePEM := setting.NewSecret(string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})))
	ecPEM := publicKey(t, keys["ES256"])
	tests := []struct {
		options JWTOptions
		want    string
	}{
		{JWTOptions{Algorithm: "none"}, `"none" is not an algorithm that signs tokens`},
		{JWTOptions{}, `"" is not an algorithm that signs tokens`},
		{JWTOptions{Algorithm: "HS256"}, "the secret is missing"},
		{JWTOptions{Algorithm: "HS256", Secrets: append(secret[:1:1], setting.Secret{})}, "secret 2 is empty"},
		{JWTOptions{Algorithm: "HS256", Secrets: secret, PublicKey: rsaPEM}, "HS256 is verified by a secret, not by a public key"},
		{JWTOptions{Algorithm: "RS256", Secrets: secret}, "RS256 is verified by a public key, not by a secret"},
		{JWTOptions{Algorithm: "RS256"}, "either a public key or a key set is needed"},
		{JWTOptions{Algorithm: "RS256", JWKS: kindtest.URL("/keys")}, "the place of the key set is written https://host/path or file:///path"},
		{JWTOptions{Algorithm: "ES256", PublicKey: rsaPEM}, "public key 1 is of another kind than ES256 needs"},
		{JWTOptions{Algorithm: "ES384", PublicKey: ecPEM}, "public key 1 is of another kind than ES384 needs"},
		{JWTOptions{Algorithm: "RS256", PublicKey: setting.NewSecret("MIIB")}, "the public key is not PEM, which begins with -----BEGIN"},
		{JWTOptions{Algorithm: "RS256", PublicKey: privatePEM},
			"public key 1: a PRIVATE KEY is neither a public key nor a certificate"},
		{JWTOptions{Algorithm: "HS256", Secrets: secret}, "the name of the session cookie is missing"},
	}
	for _, test := range tests {
		if _, err := NewJWT(test.options); fmt.Sprint(err) != test.want {
			t.Errorf("got %v, want %s", err, test.want)
		}
	}
}

// With the key that signed it, a token is forgotten.
func TestJWTRememberedWithItsKey(t *testing.T) {
	key, next := kindtest.TestKeys(t)["EdDSA"], kindtest.TestKeys(t)["EdDSA"]
	rings := map[bool]*seal.KeyRing{}
	for changed, key := range map[bool]crypto.Signer{false: key, true: next} {
		ring, err := seal.PemRing(kindtest.PublicPEM(t, key.Public()), jose.EdDSA)
		if err != nil {
			t.Fatal(err)
		}
		rings[changed] = ring
	}
	changed := false
	o := testSite()
	o.Algorithm = "EdDSA"
	recipe, err := o.recipe("jwt", seal.TokenVerifier{Keys: func(context.Context, time.Time, string) (*seal.KeyRing, error) { return rings[changed], nil }})
	if err != nil {
		t.Fatal(err)
	}
	r := sessiontest.WithCookie("token", kindtest.SignToken(t, "EdDSA", key, nil, kindtest.AdaClaims(nil)))
	for i, step := range []struct {
		changed bool
		reason  session.Reason
	}{{false, ""}, {false, ""}, {true, session.Forged}, {false, ""}} {
		changed = step.changed
		u, err := recipe.Identify(r, nil)
		if reason, _ := session.NobodyReason(err); reason != step.reason || err == nil && u.ID != "42" {
			t.Errorf("step %d: got %+v, %v", i, u, err)
		}
	}
}
