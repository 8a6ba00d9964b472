package node

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"testing"
	"time"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/cookie"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/recipe"
	"tawkproxy/session/seal"
	"tawkproxy/session/sessiontest"
)

// fastifyFixtures reads what @fastify/secure-session gave out, with the key that TestFastifyKey derives.
var fastifyFixtures = kindtest.FixtureKind{Framework: "fastify-secure-session", Open: openFastify,
	Canonical: kindtest.SeenBy(cookie.Node07Cookies)}

func openFastify(t *testing.T, site kindtest.FixtureSite) session.Source {
	t.Helper()
	return kindtest.MustOpen(t)(NewFastify(kindtest.Usual(FastifyOptions{Setup: site.Setup, Keys: setting.NewKeys(fastifyKey(t)),
		Expiry: time.Duration(site.Config.Number("expiry")) * time.Second})))
}

// fastifyKey is made of the secret and the salt of the fixtures.
func fastifyKey(t *testing.T) []byte {
	t.Helper()
	key, err := hex.DecodeString("fa4edddde76d7a8f4a7d89b3a93effcc51d9e7bf176b6441c5d82a3b86c2f82b")
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestFastifyKey(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: a key takes a second and 256 MiB")
	}
	for _, variant := range kindtest.LoadFixtures(t, fastifyFixtures.Framework) {
		key := seal.FastifyKey([]byte(variant.Config.Text("secret")), []byte(variant.Config.Text("salt")))
		if !bytes.Equal(key[:], fastifyKey(t)) {
			t.Errorf("%s: got %x", variant.Name, key)
		}
	}
}

func TestFastifyFixtures(t *testing.T) { kindtest.RunFixtures(t, fastifyFixtures) }

func TestFastifyFlippedBits(t *testing.T) { kindtest.FlipFixtures(t, fastifyFixtures) }

func TestFastifyBoxes(t *testing.T) {
	ada := fmt.Sprintf(`{"id":"42","__ts":%d}`, sessiontest.IssuedAt.Unix())
	tests := []struct {
		name, value string
		after       time.Duration
		maxAge      time.Duration
		reason      session.Reason
	}{
		{"good", kindtest.BoxFastify(1, 24, ada), 0, 0, ""},
		{"of the key before", kindtest.BoxFastify(2, 24, ada), 0, 0, ""},
		{"of another key", kindtest.BoxFastify(3, 24, ada), 0, 0, session.Forged},
		{"in the last second", kindtest.BoxFastify(1, 24, ada), 86400 * time.Second, 0, ""},
		{"after it", kindtest.BoxFastify(1, 24, ada), 86401 * time.Second, 0, session.Expired},
		{"older than allowed", kindtest.BoxFastify(1, 24, ada), time.Hour, time.Minute, session.Expired},
		{"short nonce", kindtest.BoxFastify(1, 23, ada), 0, 0, session.Malformed},
		{"no nonce", "AAAA", 0, 0, session.Malformed},
		{"no base 64", "!%3BAAAA", 0, 0, session.Malformed},
		{"signed as well", kindtest.BoxFastify(1, 24, ada) + ".c2lnbmF0dXJl", 0, 0, ""},
		{"in quotation marks", `"` + kindtest.BoxFastify(1, 24, ada) + `"`, 0, 0, session.Ambiguous},
		{"of a release that told no date", kindtest.BoxFastify(1, 24, `{"id":"42"}`), 0, 0, ""},
		{"no date, and there is a maximum age", kindtest.BoxFastify(1, 24, `{"id":"42"}`), 0, time.Minute, session.Malformed},
		{"a date that is none", kindtest.BoxFastify(1, 24, `{"id":"42","__ts":"now"}`), 0, 0, ""},
		{"a date that is none, and there is a maximum age", kindtest.BoxFastify(1, 24, `{"id":"42","__ts":"now"}`), 0, time.Minute, session.Malformed},
		{"a fraction", kindtest.BoxFastify(1, 24, fmt.Sprintf(`{"id":"42","__ts":%d.5}`, sessiontest.IssuedAt.Unix())), 86401 * time.Second, 0, ""},
		{"after it", kindtest.BoxFastify(1, 24, fmt.Sprintf(`{"id":"42","__ts":%d.5}`, sessiontest.IssuedAt.Unix())), 86401500 * time.Millisecond, 0, session.Expired},
		{"a fraction, older than allowed", kindtest.BoxFastify(1, 24, fmt.Sprintf(`{"id":"42","__ts":%d.5}`, sessiontest.IssuedAt.Unix())),
			time.Hour, time.Minute, session.Expired},
		{"null", kindtest.BoxFastify(1, 24, `{"id":"42","__ts":null}`), 0, 0, session.Expired}, // null + 86401
		{"true", kindtest.BoxFastify(1, 24, `{"id":"42","__ts":true}`), 0, 0, session.Expired},
		{"a text, to which the age is appended", kindtest.BoxFastify(1, 24, fmt.Sprintf(`{"id":"42","__ts":"%d"}`, sessiontest.IssuedAt.Unix())),
			1000 * time.Hour, 0, ""},
		{"a short text", kindtest.BoxFastify(1, 24, `{"id":"42","__ts":"17"}`), 0, 0, session.Expired},
		{"an object", kindtest.BoxFastify(1, 24, `{"id":"42","__ts":{}}`), 0, 0, ""},
		{"a list", kindtest.BoxFastify(1, 24, `{"id":"42","__ts":[]}`), 0, 0, session.Expired},
		{"beyond all times", kindtest.BoxFastify(1, 24, `{"id":"42","__ts":1e999}`), 0, 0, ""},
		{"not JSON", kindtest.BoxFastify(1, 24, `id=42`), 0, 0, session.Malformed},
		{"empty box", "%3B" + url.QueryEscape(base64.StdEncoding.EncodeToString(make([]byte, 24))), 0, 0, session.Forged},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			first, second := [32]byte{1}, [32]byte{2}
			source := kindtest.MustOpen(t)(NewFastify(kindtest.Usual(FastifyOptions{Keys: setting.NewKeys(first[:], second[:]), Setup: recipe.Setup{MaxAge: test.maxAge,
				Mapping: session.Mapping{ID: "id"}, Now: func() time.Time { return sessiontest.IssuedAt.Add(test.after) }}})))
			u, err := source.Identify(sessiontest.WithCookie("session", test.value), nil)
			if reason, _ := session.NobodyReason(err); reason != test.reason || (u.ID == "42") != (test.reason == "") {
				t.Errorf("got %+v, %v", u, err)
			}
		})
	}
}

func TestFastifyOptions(t *testing.T) {
	site, key := recipe.Setup{Mapping: session.Mapping{ID: "id"}}, make([]byte, 32)
	for want, o := range map[string]FastifyOptions{
		": is required with TAWK_SESSION=fastify but not set; write the site's key here, or set TAWK_FASTIFY_SECRET": {Setup: site},
		": key 2 has 31 bytes, not 32; put base64: or hex: before a key that is written so":                          {Setup: site, Keys: setting.NewKeys(key, key[1:])},
		": has 31 bytes; check that nothing was cut off; the library demands 32":                                     {Setup: site, Secret: setting.NewSecret(string(key[1:]))},
		": is not 16 bytes; write its 16 characters, or its bytes behind base64: or hex:":                            {Setup: site, Secret: setting.NewSecret(string(key)), Salt: setting.NewKeys(key[:15])},
	} {
		if _, err := NewFastify(kindtest.Usual(o)); fmt.Sprint(err) != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
