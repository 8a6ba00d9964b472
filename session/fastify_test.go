package session

import (
	"encoding/base64"
	"fmt"
	"net/url"

	"testing"
	"time"

	"golang.org/x/crypto/nacl/secretbox"
)

// fastifyFixtures reads what @fastify/secure-session gave out. The key is derived once: it costs 256 MiB each time.
func fastifyFixtures(t *testing.T) fixtureKind {
	var key [32]byte
	return fixtureKind{Framework: "fastify-secure-session",
		Canonical: seenBy(node07Cookies),
		Open: func(t *testing.T, site fixtureSite) Source {
			t.Helper()
			if key == [32]byte{} {
				var err error
				if key, err = fastifyKey([]byte(site.Config.text("secret")), []byte(site.Config.text("salt"))); err != nil {
					t.Fatal(err)
				}
			}
			return mustOpen(t)(Fastify(FastifyOptions{Setup: site.Setup, Keys: [][]byte{key[:]},
				Expiry: time.Duration(site.Config.number("expiry")) * time.Second}))
		}}
}

func TestFastifyFixtures(t *testing.T) { runFixtures(t, fastifyFixtures(t)) }

func TestFastifyFlippedBits(t *testing.T) { flipFixtures(t, fastifyFixtures(t)) }

// boxFastify makes a cookie.
func boxFastify(key byte, nonce int, content string) string {
	box := secretbox.Seal(nil, []byte(content), &[24]byte{}, &[32]byte{key})
	text := base64.StdEncoding.EncodeToString(box) + ";" + base64.StdEncoding.EncodeToString(make([]byte, nonce))
	return url.QueryEscape(text)
}

func TestFastifyBoxes(t *testing.T) {
	ada := fmt.Sprintf(`{"id":"42","__ts":%d}`, issuedAt.Unix())
	tests := []struct {
		name, value string
		after       time.Duration
		maxAge      time.Duration
		reason      Reason
	}{
		{"good", boxFastify(1, 24, ada), 0, 0, ""},
		{"of the key before", boxFastify(2, 24, ada), 0, 0, ""},
		{"of another key", boxFastify(3, 24, ada), 0, 0, Forged},
		{"in the last second", boxFastify(1, 24, ada), 86400 * time.Second, 0, ""},
		{"after it", boxFastify(1, 24, ada), 86401 * time.Second, 0, Expired},
		{"older than allowed", boxFastify(1, 24, ada), time.Hour, time.Minute, Expired},
		{"short nonce", boxFastify(1, 23, ada), 0, 0, Malformed},
		{"no nonce", "AAAA", 0, 0, Malformed},
		{"no base 64", "!%3BAAAA", 0, 0, Malformed},
		{"signed as well", boxFastify(1, 24, ada) + ".c2lnbmF0dXJl", 0, 0, ""},
		{"in quotation marks", `"` + boxFastify(1, 24, ada) + `"`, 0, 0, Ambiguous},
		{"of a release that told no date", boxFastify(1, 24, `{"id":"42"}`), 0, 0, ""},
		{"no date, and there is a maximum age", boxFastify(1, 24, `{"id":"42"}`), 0, time.Minute, Malformed},
		{"a date that is none", boxFastify(1, 24, `{"id":"42","__ts":"now"}`), 0, 0, ""},
		{"a date that is none, and there is a maximum age", boxFastify(1, 24, `{"id":"42","__ts":"now"}`), 0, time.Minute, Malformed},
		{"a fraction", boxFastify(1, 24, fmt.Sprintf(`{"id":"42","__ts":%d.5}`, issuedAt.Unix())), 86401 * time.Second, 0, ""},
		{"after it", boxFastify(1, 24, fmt.Sprintf(`{"id":"42","__ts":%d.5}`, issuedAt.Unix())), 86401500 * time.Millisecond, 0, Expired},
		{"a fraction, older than allowed", boxFastify(1, 24, fmt.Sprintf(`{"id":"42","__ts":%d.5}`, issuedAt.Unix())),
			time.Hour, time.Minute, Expired},
		{"null", boxFastify(1, 24, `{"id":"42","__ts":null}`), 0, 0, Expired}, // null + 86401
		{"true", boxFastify(1, 24, `{"id":"42","__ts":true}`), 0, 0, Expired},
		{"a text, to which the age is appended", boxFastify(1, 24, fmt.Sprintf(`{"id":"42","__ts":"%d"}`, issuedAt.Unix())),
			1000 * time.Hour, 0, ""},
		{"a short text", boxFastify(1, 24, `{"id":"42","__ts":"17"}`), 0, 0, Expired},
		{"an object", boxFastify(1, 24, `{"id":"42","__ts":{}}`), 0, 0, ""},
		{"a list", boxFastify(1, 24, `{"id":"42","__ts":[]}`), 0, 0, Expired},
		{"beyond all times", boxFastify(1, 24, `{"id":"42","__ts":1e999}`), 0, 0, ""},
		{"not JSON", boxFastify(1, 24, `id=42`), 0, 0, Malformed},
		{"empty box", "%3B" + url.QueryEscape(base64.StdEncoding.EncodeToString(make([]byte, 24))), 0, 0, Forged},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			first, second := [32]byte{1}, [32]byte{2}
			source := mustOpen(t)(Fastify(FastifyOptions{Keys: [][]byte{first[:], second[:]}, Setup: Setup{MaxAge: test.maxAge,
				Mapping: Mapping{ID: "id"}, Now: func() time.Time { return issuedAt.Add(test.after) }}}))
			u, err := source.Identify(withCookie("session", test.value), nil)
			if reason, _ := NobodyReason(err); reason != test.reason || (u.ID == "42") != (test.reason == "") {
				t.Errorf("got %+v, %v", u, err)
			}
		})
	}
}

func TestFastifyOptions(t *testing.T) {
	site, key := Setup{Mapping: Mapping{ID: "id"}}, make([]byte, 32)
	for want, o := range map[string]FastifyOptions{
		"either keys or a secret is needed":               {Setup: site},
		"key 2 has 31 bytes, not 32":                      {Setup: site, Keys: [][]byte{key, key[1:]}},
		"the secret has 31 bytes; the library demands 32": {Setup: site, Secret: key[1:]},
		"the salt has 15 bytes, not 16":                   {Setup: site, Secret: key, Salt: key[:15]},
	} {
		if _, err := Fastify(o); fmt.Sprint(err) != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
