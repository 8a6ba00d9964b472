package session

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// authJSFixtures reads what Auth.js gave out.
var authJSFixtures = fixtureKind{Framework: "nextauth", Open: openAuthJS}

func openAuthJS(t *testing.T, site fixtureSite) Source {
	t.Helper()
	site.Mapping = Mapping{} // that of the fixture is words: id, else sub
	o := AuthJSOptions{Setup: site.Setup}
	for _, secret := range site.Config["secrets"].([]any) {
		o.Secrets = append(o.Secrets, []byte(secret.(string)))
	}
	return mustOpen(t)(AuthJS(o))
}

func TestAuthJSFixtures(t *testing.T) { runFixtures(t, authJSFixtures) }

// Every bit of every session is flipped; where it was cut into several cookies, every seventh, since they are long.
func TestAuthJSFlippedBits(t *testing.T) {
	var tried, same int
	seen := map[string]bool{}
	for _, variant := range loadFixtures(t, authJSFixtures.Framework) {
		for _, c := range variant.Cases {
			if c.Expect.Outcome != "user" {
				continue
			}
			site := openFixture(t, authJSFixtures, variant, c)
			source := openAuthJS(t, site)
			for _, suffix := range []string{"", ".0", ".1", ".2"} {
				before, name, value, after := cutCookie(c.Cookie, site.Cookie+suffix)
				if value == "" || seen[value] {
					continue
				}
				seen[value] = true
				request := func(text string) *http.Request {
					flipped := c
					flipped.Cookie = before + name + "=" + text + after
					return flipped.request()
				}
				canonical := func(text string) string {
					cookies := node07Cookies(CookieHeader(request(text), nil, site.Now()))
					return decodedParts(sessionStore(cookies, site.Cookie))
				}
				stride := 1
				if suffix != "" {
					stride = 7
				}
				n, accepted := flipText(t, source, value, stride, request, canonical)
				tried, same = tried+n, same+accepted
			}
		}
	}
	t.Logf("%d flipped bits, %d of them left the same bytes and the same user", tried, same)
}

// decodedParts is what a token in compact form stands for: unused bits at the end of a part do not count.
func decodedParts(token string) string {
	var decoded []string
	for part := range strings.SplitSeq(token, ".") {
		bytes, err := base64.RawURLEncoding.DecodeString(part)
		if err != nil {
			return token
		}
		decoded = append(decoded, string(bytes))
	}
	return strings.Join(decoded, ".")
}

// encryptToken makes a token as the libraries do, with the key that HKDF makes of secret, salt and info.
func encryptToken(t testing.TB, encryption jose.ContentEncryption, size int, secret, salt, info, claims string) string {
	t.Helper()
	key, err := hkdf.Key(sha256.New, []byte(secret), []byte(salt), info, size)
	if err != nil {
		t.Fatal(err)
	}
	encrypter, err := jose.NewEncrypter(encryption, jose.Recipient{Algorithm: jose.DIRECT, Key: key}, nil)
	if err != nil {
		t.Fatal(err)
	}
	token, err := encrypter.Encrypt([]byte(claims))
	if err != nil {
		t.Fatal(err)
	}
	text, err := token.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// The forms that the libraries have had, by the names of the cookies to which their keys belong.
func TestAuthJSForms(t *testing.T) {
	const secret = "the secret of the site"
	claims := fmt.Sprintf(`{"sub":"42","name":"Ada","exp":%d,"iat":%d}`, issuedAt.Unix()+60, issuedAt.Unix())
	version5 := func(size int, encryption jose.ContentEncryption, name, claims string) string {
		return encryptToken(t, encryption, size, secret, name, "Auth.js Generated Encryption Key ("+name+")", claims)
	}
	version4 := encryptToken(t, jose.A256GCM, 32, secret, "", "NextAuth.js Generated Encryption Key", claims)
	tests := []struct {
		name   string
		cookie string // option
		sent   string
		value  string
		reason Reason
	}{
		{"5", "", "authjs.session-token", version5(64, jose.A256CBC_HS512, "authjs.session-token", claims), ""},
		{"5, GCM", "", "authjs.session-token", version5(32, jose.A256GCM, "authjs.session-token", claims), ""},
		{"5, HTTPS", "", "__Secure-authjs.session-token",
			version5(64, jose.A256CBC_HS512, "__Secure-authjs.session-token", claims), ""},
		{"5, own name", "shop", "shop", version5(64, jose.A256CBC_HS512, "shop", claims), ""},
		{"5, own name, HTTPS", "__Secure-shop", "__Secure-shop", version5(64, jose.A256CBC_HS512, "__Secure-shop", claims), ""},
		{"4", "", "next-auth.session-token", version4, ""},
		{"4, HTTPS", "", "__Secure-next-auth.session-token", version4, ""},
		{"another cookie of the site", "", "authjs.session-token",
			version5(64, jose.A256CBC_HS512, "authjs.state", claims), Forged},
		{"another secret", "", "next-auth.session-token",
			encryptToken(t, jose.A256GCM, 32, "other", "", "NextAuth.js Generated Encryption Key", claims), Forged},
		{"a cipher that nobody uses", "", "authjs.session-token",
			version5(16, jose.A128GCM, "authjs.session-token", claims), Malformed},
		{"the usual name, where there is another", "shop", "authjs.session-token",
			version5(64, jose.A256CBC_HS512, "authjs.session-token", claims), NoCookie},
		{"no end", "", "authjs.session-token", version5(64, jose.A256CBC_HS512, "authjs.session-token", `{"sub":"42"}`), ""},
		{"an end beyond all times", "", "authjs.session-token",
			version5(64, jose.A256CBC_HS512, "authjs.session-token", `{"sub":"42","exp":1e999}`), ""},
		{"ended at nought", "", "authjs.session-token",
			version5(64, jose.A256CBC_HS512, "authjs.session-token", `{"sub":"42","exp":0}`), Expired},
		{"an end in a text", "", "authjs.session-token",
			version5(64, jose.A256CBC_HS512, "authjs.session-token", `{"sub":"42","exp":"99999999999"}`), Malformed},
		{"null for an end", "", "authjs.session-token",
			version5(64, jose.A256CBC_HS512, "authjs.session-token", `{"sub":"42","exp":null}`), Malformed},
		{"a beginning in a text", "", "authjs.session-token",
			version5(64, jose.A256CBC_HS512, "authjs.session-token", `{"sub":"42","nbf":"1"}`), Malformed},
		{"an issue in a text", "", "authjs.session-token",
			version5(64, jose.A256CBC_HS512, "authjs.session-token", `{"sub":"42","iat":"1","exp":99999999999}`), Malformed},
		{"no user", "", "authjs.session-token",
			version5(64, jose.A256CBC_HS512, "authjs.session-token", `{"value":"x","exp":99999999999}`), Malformed},
		{"not JSON", "", "authjs.session-token", version5(64, jose.A256CBC_HS512, "authjs.session-token", `sub=42`), Malformed},
		{"signed, not encrypted", "", "authjs.session-token",
			signToken(t, "HS256", []byte(secret), nil, adaClaims(nil)), Malformed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			source := mustOpen(t)(AuthJS(AuthJSOptions{Secrets: [][]byte{[]byte("the next one"), []byte(secret)},
				Setup: Setup{Cookie: test.cookie, Now: func() time.Time { return issuedAt }}}))
			u, err := source.Identify(withCookie(test.sent, test.value), nil)
			if reason, _ := NobodyReason(err); reason != test.reason || (u.ID == "42") != (test.reason == "") {
				t.Errorf("got %+v, %v", u, err)
			}
		})
	}
	for _, secrets := range [][][]byte{nil, {[]byte(secret), nil}} {
		if _, err := AuthJS(AuthJSOptions{Secrets: secrets}); err == nil {
			t.Errorf("%d secrets are enough", len(secrets))
		}
	}
}
