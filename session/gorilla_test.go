package session

import (
	"encoding/base64"
	"testing"
)

// gorillaFixtures reads the captures of gorilla/sessions and gorilla/securecookie.
var gorillaFixtures = fixtureKind{Framework: "gorilla", Open: openGorilla, Canonical: decodedBase64}

func openGorilla(t *testing.T, site fixtureSite) Source {
	t.Helper()
	o := GorillaOptions{Setup: site.Setup, Serializer: site.Config.text("serializer"),
		MaxLength: site.Config.number("max_length"), Prefix: site.Config.text("key_prefix")}
	for _, pair := range site.Config.list("key_pairs") {
		o.Keys = append(o.Keys, []byte(pair.text("hash_key")))
		o.BlockKeys = append(o.BlockKeys, []byte(pair.text("block_key")))
	}
	recipe, err := Gorilla(o)
	if err != nil {
		t.Fatal(err)
	}
	return recipe
}

// decodedBase64 is what a securecookie value stands for: the last character's unused bits do not count.
func decodedBase64(value string) string {
	decoded, err := base64.URLEncoding.DecodeString(value)
	if err != nil {
		return value
	}
	return string(decoded)
}

func TestGorillaFixtures(t *testing.T) { runFixtures(t, gorillaFixtures) }

func TestGorillaFlippedBits(t *testing.T) { flipFixtures(t, gorillaFixtures) }
