package token

import (
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/kind/node"
	"tawkproxy/session/recipe"
	"tawkproxy/session/seal"
	"tawkproxy/session/sessiontest"
)

// A sealedVisit is a visit whose cookie, or header, leads to user 42.
type sealedVisit struct {
	name    string
	source  *recipe.Recipe
	cookies string
	header  string // value of the source's header
}

func (v sealedVisit) request(cookies, header string) *http.Request {
	r := httptest.NewRequest("GET", "http://shop.example/", nil)
	r.Header["Cookie"] = []string{cookies}
	if v.source.Header != "" && header != "" {
		r.Header[http.CanonicalHeaderKey(v.source.Header)] = []string{header}
	}
	return r
}

// sealedVisits makes one of every kind of token and sealed cookie. The clock stands at issuedAt.
func sealedVisits(t testing.TB) []sealedVisit {
	t.Helper()
	var visits []sealedVisit
	add := func(name, cookies, header string, recipe *recipe.Recipe, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		v := sealedVisit{name, recipe, cookies, header}
		if u, err := recipe.Identify(v.request(cookies, header), nil); u.ID != "42" {
			t.Fatalf("%s: %+v, %v", name, u, err)
		}
		visits = append(visits, v)
	}
	keys := kindtest.TestKeys(t)
	secret := bytes.Repeat([]byte("s"), 32)
	setup := testSite().Setup
	for _, algorithm := range []string{"HS256", "RS256", "ES256", "EdDSA"} {
		o := testSite()
		o.Algorithm, o.Header = algorithm, "Authorization"
		key := any(secret)
		if keys[algorithm] != nil {
			key, o.PublicKey = keys[algorithm], publicKey(t, keys[algorithm])
		} else {
			o.Secrets = setting.NewKeys(secret)
		}
		recipe, err := NewJWT(o)
		token := kindtest.SignToken(t, algorithm, key, nil, kindtest.AdaClaims(nil))
		add("jwt "+algorithm, "token="+token, "", recipe, err)
		add("jwt "+algorithm+" as a bearer", "", "Bearer "+token, recipe, err)
	}

	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, albKID), kindtest.PublicPEM(t, keys["ES256"].Public()), 0o600); err != nil {
		t.Fatal(err)
	}
	recipe, err := NewAWSALB(AWSALBOptions{Setup: recipe.Setup{Now: setup.Now}, Signer: albSigner, Keys: fileURL(t, dir) + "/"})
	add("aws-alb", "", albToken(t, keys["ES256"], albKID).Header.Get("X-Amzn-Oidc-Data"), recipe, err)

	claims := fmt.Sprintf(`{"sub":"42","name":"Ada Lovelace","email":"ada@example.com","exp":%d}`, sessiontest.IssuedAt.Unix()+60)
	setup.Cookie = ""
	recipe, err = node.NewAuthJS(node.AuthJSOptions{Setup: setup, Secrets: setting.NewKeys(secret)})
	version5 := kindtest.EncryptToken(t, jose.A256CBC_HS512, 64, string(secret), "authjs.session-token",
		"Auth.js Generated Encryption Key (authjs.session-token)", claims)
	add("authjs", "authjs.session-token="+version5, "", recipe, err)
	add("authjs in pieces", "authjs.session-token.0="+version5[:40]+"; authjs.session-token.1="+version5[40:], "", recipe, err)
	add("authjs, NextAuth.js 4", "next-auth.session-token="+kindtest.EncryptToken(t, jose.A256GCM, 32, string(secret), "",
		"NextAuth.js Generated Encryption Key", claims), "", recipe, err)

	setup.Mapping = session.Mapping{ID: "user.id", Name: "user.name"}
	record := fmt.Sprintf(`{"user":{"id":"42","name":"Ada Lovelace"},"__ts":%d}`, sessiontest.IssuedAt.Unix())
	encoded := base64.StdEncoding.EncodeToString([]byte(record))
	keygrip := node.Keygrip{Keys: setting.NewKeys(secret)}
	recipe, err = node.NewCookieSession(kindtest.Usual(node.CookieSessionOptions{Setup: setup, Keygrip: keygrip}))
	add("cookie-session", kindtest.KeygripSign(sha1.New, string(secret), "session", encoded), "", recipe, err)
	recipe, err = node.NewKoa(kindtest.Usual(node.KoaOptions{Setup: setup, Keygrip: keygrip}))
	add("koa", kindtest.KeygripSign(sha1.New, string(secret), "koa.sess", encoded), "", recipe, err)
	recipe, err = node.NewFastify(kindtest.Usual(node.FastifyOptions{Setup: setup, Keys: setting.NewKeys(append([]byte{1}, make([]byte, 31)...))}))
	add("fastify", "session="+kindtest.BoxFastify(1, 24, record), "", recipe, err)
	setup.Cookie = "sid"
	recipe, err = node.NewIron(node.IronOptions{Setup: setup, Passwords: setting.NewKeys(secret)})
	add("iron", "sid="+kindtest.SealIron(t, string(secret), "1", "", kindtest.Padded(record))+"~2", "", recipe, err)
	return visits
}

// FuzzSealed changes what comes with a visit: nobody comes out but the user whom the site meant.
func FuzzSealed(f *testing.F) {
	visits := sealedVisits(f)
	for i, v := range visits {
		f.Add(v.cookies, v.header, i)
	}
	f.Fuzz(func(t *testing.T, cookies, header string, which int) {
		v := visits[uint(which)%uint(len(visits))]
		u, err := v.source.Identify(v.request(cookies, header), nil)
		if err == nil && u.ID != "42" {
			t.Errorf("%s: %q and %q yield %+v", v.name, cookies, header, u)
		}
		// Only keys of the balancer that are unknown so far may not be asked for as often as one likes.
		if _, certain := session.NobodyReason(err); err != nil && !certain && v.name != "aws-alb" {
			t.Errorf("%s: %q and %q make it unknown: %v", v.name, cookies, header, err)
		}
	})
}

// FuzzSealedContent puts anything behind a good seal: the site itself may write what it likes, and must not get us to fall.
func FuzzSealedContent(f *testing.F) {
	secret := bytes.Repeat([]byte("s"), 32)
	sources := map[string]*recipe.Recipe{}
	for _, v := range sealedVisits(f) {
		sources[v.name] = v.source
	}
	f.Add(`{"alg":"HS256"}`, []byte(`{"sub":"42","exp":1795357042,"iss":"https://login.example","aud":["shop"]}`))
	f.Add(`{"alg":"HS256","crit":["exp"],"kid":7}`, []byte(`{"user":{"id":"42"},"__ts":1795357041,"_expire":1e99,"_maxAge":-1}`))
	f.Add(`{"alg":"HS256","alg":"none"}`, []byte(`{"persistent":{"user":{"id":"42"}}}`))
	f.Fuzz(func(t *testing.T, header string, content []byte) {
		encoded := base64.StdEncoding.EncodeToString(content)
		for name, cookies := range map[string]string{
			"jwt HS256":      "token=" + kindtest.SignText(t, "HS256", secret, header, string(content)),
			"cookie-session": kindtest.KeygripSign(sha1.New, string(secret), "session", encoded),
			"koa":            kindtest.KeygripSign(sha1.New, string(secret), "koa.sess", encoded),
			"fastify":        "session=" + kindtest.BoxFastify(1, 24, string(content)),
			"iron":           "sid=" + kindtest.SealIron(t, string(secret), "1", "", kindtest.Padded(string(content))),
			"iron, padded as it likes": "sid=" + kindtest.SealIron(t, string(secret), "1", strings.Trim(header, "*~;% "),
				content[:len(content)/16*16]),
			"authjs": "authjs.session-token=" + kindtest.EncryptToken(t, jose.A256CBC_HS512, 64, string(secret), "authjs.session-token",
				"Auth.js Generated Encryption Key (authjs.session-token)", string(content)),
		} {
			kind, _, _ := strings.Cut(name, ",")
			v := sealedVisit{source: sources[kind]}
			_, err := v.source.Identify(v.request(cookies, ""), nil)
			if reason, _ := session.NobodyReason(err); err != nil && reason == "" {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// BenchmarkSealed identifies visitors by what they bring along; keys of others' tokens are dear enough to be told apart below.
func BenchmarkSealed(b *testing.B) {
	for _, v := range sealedVisits(b) {
		r := v.request("_ga=GA1.2.3; theme=dark; "+v.cookies, v.header)
		b.Run(v.name, func(b *testing.B) {
			kindtest.BenchmarkIdentify(b, v.source, r, nil)
		})
	}
	for _, algorithm := range []string{"RS256", "ES256", "EdDSA"} {
		key := kindtest.TestKeys(b)[algorithm]
		o := testSite()
		o.Algorithm = algorithm
		text := kindtest.PublicPEM(b, key.Public())
		token := kindtest.SignToken(b, algorithm, key, nil, kindtest.AdaClaims(nil))
		r := sessiontest.WithCookie("token", token)
		b.Run("jwt "+algorithm+" for the first time", func(b *testing.B) {
			ring, err := seal.PemRing(text, jose.SignatureAlgorithm(algorithm))
			if err != nil {
				b.Fatal(err)
			}
			recipe, err := o.recipe("jwt", seal.TokenVerifier{Keys: func(context.Context, time.Time, string) (*seal.KeyRing, error) {
				return &seal.KeyRing{Keys: ring.Keys}, nil // for which no token was remembered
			}})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if u, err := recipe.Identify(r, nil); u.ID != "42" {
					b.Fatal(err)
				}
			}
		})
	}
}
