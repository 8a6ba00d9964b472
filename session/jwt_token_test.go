package session

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
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

	"github.com/golang-jwt/jwt/v5"
)

// issuedAt is when the tokens of these tests were issued, and the time of their readers.
var issuedAt = time.Unix(1795357041, 0)

// adaClaims are claims that lead to a user, with the changes given; nil takes a claim away.
func adaClaims(changes jwt.MapClaims) jwt.MapClaims {
	claims := jwt.MapClaims{"sub": "42", "name": "Ada Lovelace", "email": "ada@example.com", "iss": "https://login.example",
		"aud": "shop", "iat": issuedAt.Unix(), "exp": issuedAt.Add(time.Hour).Unix()}
	maps.Copy(claims, changes)
	maps.DeleteFunc(claims, func(_ string, value any) bool { return value == nil })
	return claims
}

// signToken makes a token; the members of header are added to its header.
func signToken(t testing.TB, algorithm string, key any, header map[string]any, claims jwt.Claims) string {
	t.Helper()
	token := jwt.NewWithClaims(jwt.GetSigningMethod(algorithm), claims)
	maps.Copy(token.Header, header)
	text, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// signText makes a token of parts that no library would write.
func signText(t testing.TB, algorithm string, key any, header, body string) string {
	t.Helper()
	text := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(body))
	signature, err := jwt.GetSigningMethod(algorithm).Sign(text, key)
	if err != nil {
		t.Fatal(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func publicPEM(t testing.TB, key any) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

// testKeys makes a private key for every algorithm.
func testKeys(t testing.TB) map[string]crypto.Signer {
	t.Helper()
	must := func(key crypto.Signer, err error) crypto.Signer {
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	rsaKey := must(rsa.GenerateKey(rand.Reader, 2048))
	curve := func(c elliptic.Curve) crypto.Signer { return must(ecdsa.GenerateKey(c, rand.Reader)) }
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	return map[string]crypto.Signer{"RS256": rsaKey, "RS384": rsaKey, "RS512": rsaKey, "PS256": rsaKey, "PS384": rsaKey,
		"PS512": rsaKey, "ES256": curve(elliptic.P256()), "ES384": curve(elliptic.P384()), "ES512": curve(elliptic.P521()),
		"EdDSA": must(edwards, err)}
}

// testSite is a site whose tokens adaClaims are.
func testSite() JWTOptions {
	return JWTOptions{Setup: Setup{Cookie: "token", Now: func() time.Time { return issuedAt }}, Issuer: "https://login.example",
		Audience: "shop"}
}

// Every algorithm is read with its own key and with none of the others, in the cache and out of it.
func TestJWTAlgorithms(t *testing.T) {
	keys := testKeys(t)
	secret := []byte("a secret that both sides know, 32 bytes")
	for _, algorithm := range []string{"HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512",
		"ES256", "ES384", "ES512", "EdDSA"} {
		t.Run(algorithm, func(t *testing.T) {
			o := testSite()
			o.Algorithm = algorithm
			o.Secrets = [][]byte{[]byte("the next secret"), secret}
			if keys[algorithm] != nil {
				o.Secrets, o.PublicKey = nil, publicPEM(t, keys[algorithm].Public())
			}
			source := mustOpen(t)(JWT(o))
			for other := range map[string]bool{"HS256": true, "RS256": true, "PS256": true, "ES256": true, "ES384": true,
				"EdDSA": true, algorithm: true} {
				key := any(secret)
				if keys[other] != nil {
					key = keys[other]
				}
				token := signToken(t, other, key, nil, adaClaims(nil))
				for range 2 {
					u, err := source.Identify(withCookie("token", token), nil)
					if other == algorithm {
						if err != nil || u.ID != "42" || u.Name != "Ada Lovelace" || u.Email != "ada@example.com" {
							t.Errorf("got %+v, %v", u, err)
						}
					} else if reason, _ := NobodyReason(err); reason != Forged {
						t.Errorf("signed by %s: got %+v, %v", other, u, err)
					}
				}
			}
		})
	}
}

// What tokens may say, with a good signature.
func TestJWTClaims(t *testing.T) {
	secret := []byte("a secret that both sides know, 32 bytes")
	at := func(d time.Duration) int64 { return issuedAt.Add(d).Unix() }
	tests := []struct {
		name    string
		changes jwt.MapClaims
		options func(*JWTOptions)
		user    string
		reason  Reason
	}{
		{"as it is", nil, nil, "42", ""},
		{"number as id", jwt.MapClaims{"sub": 42}, nil, "42", ""},
		{"several audiences", jwt.MapClaims{"aud": []string{"forum", "shop"}}, nil, "42", ""},
		{"other audience", jwt.MapClaims{"aud": "forum"}, nil, "", Untrusted},
		{"no audience", jwt.MapClaims{"aud": nil}, nil, "", Malformed},
		{"other issuer", jwt.MapClaims{"iss": "https://login.example.evil"}, nil, "", Untrusted},
		{"no issuer", jwt.MapClaims{"iss": nil}, nil, "", Malformed},
		{"nothing asked for", jwt.MapClaims{"aud": nil, "iss": nil},
			func(o *JWTOptions) { o.Issuer, o.Audience = "", "" }, "42", ""},
		{"ended", jwt.MapClaims{"exp": at(0)}, nil, "", Expired},
		{"ends soon", jwt.MapClaims{"exp": at(time.Second)}, nil, "42", ""},
		{"ended within the leeway", jwt.MapClaims{"exp": at(-29 * time.Second)},
			func(o *JWTOptions) { o.Leeway = 30 * time.Second }, "42", ""},
		{"ended beyond the leeway", jwt.MapClaims{"exp": at(-30 * time.Second)},
			func(o *JWTOptions) { o.Leeway = 30 * time.Second }, "", Expired},
		{"no end", jwt.MapClaims{"exp": nil}, nil, "", Malformed},
		{"no end, allowed", jwt.MapClaims{"exp": nil}, func(o *JWTOptions) { o.NoExpiry = true }, "42", ""},
		{"ended, none needed", jwt.MapClaims{"exp": at(-1)}, func(o *JWTOptions) { o.NoExpiry = true }, "", Expired},
		{"an end that is no time", jwt.MapClaims{"exp": "tomorrow"}, nil, "", Malformed},
		{"not yet", jwt.MapClaims{"nbf": at(time.Second)}, nil, "", Expired},
		{"not yet, within the leeway", jwt.MapClaims{"nbf": at(time.Second)},
			func(o *JWTOptions) { o.Leeway = time.Second }, "42", ""},
		{"too old", jwt.MapClaims{"iat": at(-time.Hour - time.Second)},
			func(o *JWTOptions) { o.MaxAge = time.Hour }, "", Expired},
		{"of unknown age", jwt.MapClaims{"iat": nil}, func(o *JWTOptions) { o.MaxAge = time.Hour }, "", Malformed},
		{"of unknown age, which does not matter", jwt.MapClaims{"iat": nil}, nil, "42", ""},
		{"no id", jwt.MapClaims{"sub": nil}, nil, "", Malformed},
		{"empty id", jwt.MapClaims{"sub": ""}, nil, "", NoUser},
		{"id of another claim", jwt.MapClaims{"https://shop.example/user": map[string]any{"id": "u-7f3"}},
			func(o *JWTOptions) { o.Mapping.ID = "https://shop.example/user.id" }, "u-7f3", ""},
		{"claim as demanded", jwt.MapClaims{"realm": map[string]any{"use": "web"}},
			func(o *JWTOptions) { o.Claims = map[string]string{"realm.use": "web"} }, "42", ""},
		{"claim missing", nil, func(o *JWTOptions) { o.Claims = map[string]string{"realm.use": "web"} }, "", Untrusted},
		{"login half finished", jwt.MapClaims{"otp": "pending"},
			func(o *JWTOptions) { o.Mapping.Require = []Condition{{Path: "otp"}} }, "", Unmet},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := testSite()
			o.Algorithm, o.Secrets = "HS256", [][]byte{secret}
			if test.options != nil {
				test.options(&o)
			}
			source := mustOpen(t)(JWT(o))
			u, err := source.Identify(withCookie("token", signToken(t, "HS256", secret, nil, adaClaims(test.changes))), nil)
			if reason, _ := NobodyReason(err); u.ID != test.user || reason != test.reason || (err == nil) != (test.user != "") {
				t.Errorf("got %+v, %v", u, err)
			}
		})
	}
}

// The tricks of the trade (RFC 8725), against a site with a public key.
func TestJWTAttacks(t *testing.T) {
	keys := testKeys(t)
	public := publicPEM(t, keys["RS256"].Public())
	mine := keys["ES256"] // of the attacker
	o := testSite()
	o.Algorithm, o.PublicKey = "RS256", public
	source := mustOpen(t)(JWT(o))
	good := signToken(t, "RS256", keys["RS256"], nil, adaClaims(nil))
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
		"public key as secret":           signText(t, "HS256", public, `{"alg":"HS256"}`, body),
		"public key as secret, disguise": signText(t, "HS256", public, `{"alg":"RS256"}`, body),
		"own key":                        signText(t, "ES256", mine, `{"alg":"ES256"}`, body),
		"own key, disguise":              signText(t, "ES256", mine, `{"alg":"RS256"}`, body),
		"own key in the header":          signText(t, "ES256", mine, `{"alg":"RS256","jwk":{"kty":"EC"}}`, body),
		"address of an own key":          signText(t, "ES256", mine, `{"alg":"RS256","jku":"http://evil.example/k"}`, body),
		"own certificate":                signText(t, "ES256", mine, `{"alg":"RS256","x5c":["MIIB"],"x5u":"http://evil"}`, body),
		"key id as a path":               signText(t, "HS256", []byte(nil), `{"alg":"RS256","kid":"../../../dev/null"}`, body),
		"four parts":                     good + ".",
		"five parts":                     good + ".a.b",
		"two parts":                      good[:len(good)-343],
		"padded":                         good + "==",
		"cut":                            good[:len(good)-1],
		"blank inside":                   good[:10] + " " + good[10:],
		"header that is a list":          signText(t, "RS256", keys["RS256"], `[]`, body),
		"an extension":                   signText(t, "RS256", keys["RS256"], `{"alg":"RS256","crit":["b64"],"b64":false}`, body),
		"claims that are a list":         signText(t, "RS256", keys["RS256"], `{"alg":"RS256"}`, `[]`),
		"claims that are null":           signText(t, "RS256", keys["RS256"], `{"alg":"RS256"}`, `null`),
		"claims that are not UTF-8":      signText(t, "RS256", keys["RS256"], `{"alg":"RS256"}`, body[:8]+"\xff"+body[8:]),
		"claims with a tail":             signText(t, "RS256", keys["RS256"], `{"alg":"RS256"}`, body+body),
	}
	for name, token := range tests {
		t.Run(name, func(t *testing.T) {
			u, err := source.Identify(withCookie("token", token), nil)
			if reason, _ := NobodyReason(err); reason != Forged && reason != Malformed {
				t.Errorf("got %+v, %v", u, err)
			}
		})
	}
	if u, err := source.Identify(withCookie("token", good), nil); err != nil {
		t.Errorf("the good token: %+v, %v", u, err)
	}
	// Of two members of one name the last counts, as for the libraries of the sites.
	twice := signText(t, "RS256", keys["RS256"], `{"alg":"HS256","alg":"RS256"}`, `{"sub":"1",`+body[1:])
	if u, err := source.Identify(withCookie("token", twice), nil); err != nil || u.ID != "1" {
		t.Errorf("members twice: %+v, %v", u, err)
	}
}

// Where a token may stand, and what may stand around it.
func TestJWTPlaces(t *testing.T) {
	secret := []byte("a secret that both sides know, 32 bytes")
	ada := signToken(t, "HS256", secret, nil, adaClaims(nil))
	jose := signToken(t, "HS256", secret, nil, adaClaims(jwt.MapClaims{"sub": "u-7f3"}))
	half := len(ada) / 2
	long := signToken(t, "HS256", secret, nil, adaClaims(jwt.MapClaims{"bio": strings.Repeat("x", 3*leastChunk)}))
	first, second := long[:leastChunk], long[leastChunk:2*leastChunk]
	bearer := func(tokens ...string) http.Header { return http.Header{"Authorization": tokens} }
	tests := []struct {
		name    string
		cookies string
		header  http.Header
		user    string
		reason  Reason
	}{
		{"cookie", "token=" + ada, nil, "42", ""},
		{"cookie, Bearer", "token=Bearer " + ada, nil, "42", ""},
		{"cookie, Bearer escaped", "token=bearer%20" + ada, nil, "42", ""},
		{"cookie, Bearer as PHP escapes it", "token=Bearer+" + ada, nil, "42", ""},
		{"cookie, Bearer as Python quotes it", `token="Bearer ` + ada + `"`, nil, "42", ""},
		{"cookie, Bearer alone", "token=Bearer", nil, "", Malformed},
		{"cookie in pieces", "token.2=" + long[2*leastChunk:] + "; token.1=" + second + "; token.0=" + first, nil, "42", ""},
		{"cookie with a piece missing", "token.0=" + first + "; token.2=" + long[leastChunk:], nil, "", NoCookie},
		{"cookie without its last piece", "token.0=" + first + "; token.1=" + second, nil, "", Malformed},
		{"a short cookie in pieces", "token.0=" + ada[:half] + "; token.1=" + ada[half:], nil, "", NoCookie},
		{"a short cookie in one piece", "token.0=" + ada, nil, "", NoCookie},
		{"two cookies of one user", "token=" + ada + "; token=" + ada, nil, "42", ""},
		{"a cookie and an empty one", "token=" + ada + "; token=", nil, "", Ambiguous},
		{"a forged cookie before", "token=x; token=" + ada, nil, "", Ambiguous},
		{"two cookies of two users", "token=" + ada + "; token=" + jose, nil, "", Ambiguous},
		{"a cookie and a piece of another user", "token=" + ada + "; token.0=" + jose, nil, "42", ""},
		{"a cookie and another user's in pieces", "token=" + jose + "; token.0=" + first + "; token.1=" + long[leastChunk:], nil, "", Ambiguous},
		{"header", "", bearer("Bearer " + ada), "42", ""},
		{"header without the word", "", bearer(ada), "42", ""},
		{"header before the cookie", "token=" + jose, bearer("Bearer " + ada), "42", ""},
		{"header of another kind", "token=" + jose, bearer("Basic YWRhOnB3"), "", Malformed},
		{"header twice", "", bearer("Bearer "+ada, "Bearer "+ada), "", Ambiguous},
		{"header empty", "", bearer(""), "", NoCookie},
		{"neither", "other=" + ada, nil, "", NoCookie},
		{"too long", "token=" + string(make([]byte, maxToken+1)), nil, "", Malformed},
	}
	o := testSite()
	o.Algorithm, o.Secrets, o.Header = "HS256", [][]byte{secret}, "authorization"
	source := mustOpen(t)(JWT(o))
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "http://shop.example/", nil)
			maps.Copy(r.Header, test.header)
			r.Header["Cookie"] = []string{test.cookies}
			u, err := source.Identify(r, nil)
			if reason, _ := NobodyReason(err); u.ID != test.user || reason != test.reason || (err == nil) != (test.user != "") {
				t.Errorf("got %+v, %v", u, err)
			}
		})
	}
}

// A verified token is remembered, but not beyond its end.
func TestJWTRemembered(t *testing.T) {
	key := testKeys(t)["ES256"]
	at := issuedAt
	o := testSite()
	o.Algorithm, o.PublicKey, o.Now = "ES256", publicPEM(t, key.Public()), func() time.Time { return at }
	recipe, err := JWT(o)
	if err != nil {
		t.Fatal(err)
	}
	r := withCookie("token", signToken(t, "ES256", key, nil, adaClaims(nil)))
	for _, after := range []time.Duration{0, time.Hour - time.Second, time.Hour} {
		at = issuedAt.Add(after)
		_, err := recipe.Identify(r, nil)
		if reason, _ := NobodyReason(err); (reason == Expired) != (after == time.Hour) {
			t.Errorf("after %s: %v", after, err)
		}
	}
}

func TestJWTOptions(t *testing.T) {
	keys := testKeys(t)
	rsaPEM, secret := publicPEM(t, keys["RS256"].Public()), [][]byte{[]byte("a secret")}
	private, err := x509.MarshalPKCS8PrivateKey(keys["RS256"])
	if err != nil {
		t.Fatal(err)
	}
	privatePEM := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})
	ecPEM := publicPEM(t, keys["ES256"].Public())
	tests := []struct {
		options JWTOptions
		want    string
	}{
		{JWTOptions{Algorithm: "none"}, `"none" is not an algorithm that signs tokens`},
		{JWTOptions{}, `"" is not an algorithm that signs tokens`},
		{JWTOptions{Algorithm: "HS256"}, "the secret is missing"},
		{JWTOptions{Algorithm: "HS256", Secrets: append(secret[:1:1], nil)}, "secret 2 is empty"},
		{JWTOptions{Algorithm: "HS256", Secrets: secret, PublicKey: rsaPEM}, "HS256 is verified by a secret, not by a public key"},
		{JWTOptions{Algorithm: "RS256", Secrets: secret}, "RS256 is verified by a public key, not by a secret"},
		{JWTOptions{Algorithm: "RS256"}, "either a public key or a key set is needed"},
		{JWTOptions{Algorithm: "RS256", JWKS: "/keys"}, "the place of the key set is written https://host/path or file:///path"},
		{JWTOptions{Algorithm: "ES256", PublicKey: rsaPEM}, "public key 1 is of another kind than ES256 needs"},
		{JWTOptions{Algorithm: "ES384", PublicKey: ecPEM}, "public key 1 is of another kind than ES384 needs"},
		{JWTOptions{Algorithm: "RS256", PublicKey: []byte("MIIB")}, "the public key is not PEM, which begins with -----BEGIN"},
		{JWTOptions{Algorithm: "RS256", PublicKey: privatePEM},
			"public key 1: a PRIVATE KEY is neither a public key nor a certificate"},
		{JWTOptions{Algorithm: "HS256", Secrets: secret}, "the name of the session cookie is missing"},
	}
	for _, test := range tests {
		if _, err := JWT(test.options); fmt.Sprint(err) != test.want {
			t.Errorf("got %v, want %s", err, test.want)
		}
	}
}

// With the key that signed it, a token is forgotten.
func TestJWTRememberedWithItsKey(t *testing.T) {
	key, next := testKeys(t)["EdDSA"], testKeys(t)["EdDSA"]
	rings := map[bool]*keyRing{}
	for changed, key := range map[bool]crypto.Signer{false: key, true: next} {
		ring, err := pemRing(publicPEM(t, key.Public()), jwt.SigningMethodEdDSA)
		if err != nil {
			t.Fatal(err)
		}
		rings[changed] = ring
	}
	changed := false
	o := testSite()
	o.Algorithm = "EdDSA"
	recipe, err := o.recipe("jwt", tokenVerifier{keys: func(context.Context, time.Time, string) (*keyRing, error) { return rings[changed], nil }})
	if err != nil {
		t.Fatal(err)
	}
	r := withCookie("token", signToken(t, "EdDSA", key, nil, adaClaims(nil)))
	for i, step := range []struct {
		changed bool
		reason  Reason
	}{{false, ""}, {false, ""}, {true, Forged}, {false, ""}} {
		changed = step.changed
		u, err := recipe.Identify(r, nil)
		if reason, _ := NobodyReason(err); reason != step.reason || err == nil && u.ID != "42" {
			t.Errorf("step %d: got %+v, %v", i, u, err)
		}
	}
}
