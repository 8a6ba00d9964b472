package node

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/cookie"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/recipe"
	"tawkproxy/session/sessiontest"
)

// authJSFixtures reads what Auth.js gave out.
var authJSFixtures = kindtest.FixtureKind{Framework: "nextauth", Open: openAuthJS}

func openAuthJS(t *testing.T, site kindtest.FixtureSite) session.Source {
	t.Helper()
	site.Mapping = session.Mapping{} // that of the fixture is words: id, else sub
	o := AuthJSOptions{Setup: site.Setup}
	for _, secret := range site.Config["secrets"].([]any) {
		o.Secrets = append(o.Secrets, setting.NewSecret(secret.(string)))
	}
	return kindtest.MustOpen(t)(NewAuthJS(o))
}

func TestAuthJSFixtures(t *testing.T) { kindtest.RunFixtures(t, authJSFixtures) }

// Bits of every session are flipped; where it was cut into several cookies, every seventh at most, since they are long.
func TestAuthJSFlippedBits(t *testing.T) {
	var tried, same int
	seen := map[string]bool{}
	for _, variant := range kindtest.LoadFixtures(t, authJSFixtures.Framework) {
		strides := kindtest.Strides()
		for _, c := range variant.Cases {
			if c.Expect.Outcome != "user" {
				continue
			}
			most := strides()
			if most == 0 {
				continue
			}
			site := kindtest.OpenFixture(t, authJSFixtures, variant, c)
			source := openAuthJS(t, site)
			for _, suffix := range []string{"", ".0", ".1", ".2"} {
				before, name, value, after := kindtest.CutCookie(c.Cookie, site.Cookie+suffix)
				if value == "" || seen[value] {
					continue
				}
				seen[value] = true
				request := func(text string) *http.Request {
					flipped := c
					flipped.Cookie = before + name + "=" + text + after
					return flipped.Request()
				}
				canonical := func(text string) string {
					cookies := cookie.Node07Cookies(cookie.Header(request(text), nil, site.Now()))
					return decodedParts(sessionStore(cookies, site.Cookie))
				}
				stride := most
				if suffix != "" {
					stride = max(most, 7)
				}
				n, accepted := sessiontest.FlipText(t, source, value, stride, request, canonical)
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

// A token of version 4 fits any name. Over https the site looks at the one with __Secure- only, and whoever is a member could plant
// another one on somebody else.
func TestAuthJSPlanted(t *testing.T) {
	const name = "next-auth.session-token"
	token := func(id string) string {
		return kindtest.EncryptToken(t, jose.A256GCM, 32, "secret", "", "NextAuth.js Generated Encryption Key",
			fmt.Sprintf(`{"sub":%q,"exp":%d}`, id, sessiontest.IssuedAt.Unix()+60))
	}
	planted, own := name+"="+token("66"), "__Secure-"+name+"="+token("42")
	tests := []struct {
		option, proto, cookies string
		id                     string
		reason                 session.Reason
	}{
		{"", "http", planted, "66", ""}, // first, so that it is remembered
		{"", "https", planted, "", session.Forged},
		{"", "https", own, "42", ""},
		{"", "https", planted + "; " + own, "42", ""},
		{name, "https", planted, "66", ""},
		{"__Secure-" + name, "http", planted, "", session.NoCookie},
	}
	sources := map[string]session.Source{}
	for _, test := range tests {
		source := sources[test.option]
		if source == nil {
			source = kindtest.MustOpen(t)(NewAuthJS(AuthJSOptions{Secrets: setting.NewKeys([]byte("secret")),
				Setup: recipe.Setup{Cookie: test.option, Now: func() time.Time { return sessiontest.IssuedAt }}}))
			sources[test.option] = source
		}
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Cookie", test.cookies)
		r.Header.Set("X-Forwarded-Proto", test.proto)
		u, err := source.Identify(r, nil)
		if reason, _ := session.NobodyReason(err); u.ID != test.id || reason != test.reason {
			t.Errorf("%q, %s, %.40s: got %+v, %v", test.option, test.proto, test.cookies, u, err)
		}
	}
}

// The forms that the libraries have had, by the names of the cookies to which their keys belong.
func TestAuthJSForms(t *testing.T) {
	const secret = "the secret of the site"
	claims := fmt.Sprintf(`{"sub":"42","name":"Ada","exp":%d,"iat":%d}`, sessiontest.IssuedAt.Unix()+60, sessiontest.IssuedAt.Unix())
	version5 := func(size int, encryption jose.ContentEncryption, name, claims string) string {
		return kindtest.EncryptToken(t, encryption, size, secret, name, "Auth.js Generated Encryption Key ("+name+")", claims)
	}
	version4 := kindtest.EncryptToken(t, jose.A256GCM, 32, secret, "", "NextAuth.js Generated Encryption Key", claims)
	tests := []struct {
		name   string
		cookie string // option
		sent   string
		value  string
		reason session.Reason
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
			version5(64, jose.A256CBC_HS512, "authjs.state", claims), session.Forged},
		{"another secret", "", "next-auth.session-token",
			kindtest.EncryptToken(t, jose.A256GCM, 32, "other", "", "NextAuth.js Generated Encryption Key", claims), session.Forged},
		{"a cipher that nobody uses", "", "authjs.session-token",
			version5(16, jose.A128GCM, "authjs.session-token", claims), session.Malformed},
		{"the usual name, where there is another", "shop", "authjs.session-token",
			version5(64, jose.A256CBC_HS512, "authjs.session-token", claims), session.NoCookie},
		{"no end", "", "authjs.session-token", version5(64, jose.A256CBC_HS512, "authjs.session-token", `{"sub":"42"}`), ""},
		{"an end beyond all times", "", "authjs.session-token",
			version5(64, jose.A256CBC_HS512, "authjs.session-token", `{"sub":"42","exp":1e999}`), ""},
		{"ended at nought", "", "authjs.session-token",
			version5(64, jose.A256CBC_HS512, "authjs.session-token", `{"sub":"42","exp":0}`), session.Expired},
		{"an end in a text", "", "authjs.session-token",
			version5(64, jose.A256CBC_HS512, "authjs.session-token", `{"sub":"42","exp":"99999999999"}`), session.Malformed},
		{"null for an end", "", "authjs.session-token",
			version5(64, jose.A256CBC_HS512, "authjs.session-token", `{"sub":"42","exp":null}`), session.Malformed},
		{"a beginning in a text", "", "authjs.session-token",
			version5(64, jose.A256CBC_HS512, "authjs.session-token", `{"sub":"42","nbf":"1"}`), session.Malformed},
		{"an issue in a text", "", "authjs.session-token",
			version5(64, jose.A256CBC_HS512, "authjs.session-token", `{"sub":"42","iat":"1","exp":99999999999}`), session.Malformed},
		{"no user", "", "authjs.session-token",
			version5(64, jose.A256CBC_HS512, "authjs.session-token", `{"value":"x","exp":99999999999}`), session.Malformed},
		{"not JSON", "", "authjs.session-token", version5(64, jose.A256CBC_HS512, "authjs.session-token", `sub=42`), session.Malformed},
		{"signed, not encrypted", "", "authjs.session-token",
			kindtest.SignText(t, "HS256", []byte(secret), `{"alg":"HS256"}`, claims), session.Malformed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			source := kindtest.MustOpen(t)(NewAuthJS(AuthJSOptions{Secrets: setting.NewKeys([]byte("the next one"), []byte(secret)),
				Setup: recipe.Setup{Cookie: test.cookie, Now: func() time.Time { return sessiontest.IssuedAt }}}))
			u, err := source.Identify(sessiontest.WithCookie(test.sent, test.value), nil)
			if reason, _ := session.NobodyReason(err); reason != test.reason || (u.ID == "42") != (test.reason == "") {
				t.Errorf("got %+v, %v", u, err)
			}
		})
	}
	for _, secrets := range [][][]byte{nil, {[]byte(secret), nil}} {
		if _, err := NewAuthJS(AuthJSOptions{Secrets: setting.NewKeys(secrets...)}); err == nil {
			t.Errorf("%d secrets are enough", len(secrets))
		}
	}
}
