// Package golang is the kinds of sites in Go.
package golang

import (
	"slices"
	"strings"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind"
)

// Gorilla is the kind of sites that use github.com/gorilla/sessions.
func Gorilla() kind.Kind {
	return kind.Kind{
		Name: "gorilla", Title: "Go sites with gorilla/sessions",
		Guide:    "a Go site with gorilla/sessions or securecookie",
		Needs:    []string{"TAWK_SESSION_COOKIE", "TAWK_USER_ID"},
		Stores:   setting.Stores{Files: true, Redis: true},
		Keys:     []string{"TAWK_SESSION_KEY"},
		Prefixes: []string{"TAWK_GORILLA_KEY_PREFIX"},
		Forms:    []string{"TAWK_GORILLA_SERIALIZER"},
		New:      func() kind.Settings { return new(gorillaSettings) },
	}
}

type gorillaSettings struct {
	// Keys with which the site signs its sessions, newest first, separated by commas without blanks: as text, or as `hex:…` or
	// `base64:…`. A key that contains a comma itself must be written in one of the latter, unless it is a phrase with a blank
	// behind the comma. Required, unless the sessions are in Redis under ids that are not signed.
	Key setting.Keys `env:"TAWK_SESSION_KEY"`

	// Keys with which the site encrypts its sessions, if it does: one for each key of `TAWK_SESSION_KEY`, written in the
	// same way and order. An empty item stands for a signing key used without encryption.
	BlockKey setting.Keys `env:"TAWK_SESSION_BLOCK_KEY"`

	// How the values are written: `gob`, or `json` with a Redis store or securecookie alone.
	Serializer string `env:"TAWK_GORILLA_SERIALIZER" envDefault:"gob" values:"gob json"`

	// What stands before the session's id in the keys in Redis, if not what the usual Redis stores write there; or `none`.
	KeyPrefix setting.Prefix `env:"TAWK_GORILLA_KEY_PREFIX"`
}

func (g *gorillaSettings) Rules(common *setting.Common) []setting.Rule {
	return []setting.Rule{
		{Settings: []string{"TAWK_SESSION_KEY"}, Check: func() error { return setting.SigningKeys(g.Key) }},
		{Settings: []string{"TAWK_SESSION_KEY", "TAWK_SESSION_STORE"}, Check: func() error { return g.signed(common) }},
		{Settings: []string{"TAWK_SESSION_BLOCK_KEY"}, Check: func() error { return blockKeys(g.BlockKey) }},
		{Settings: []string{"TAWK_SESSION_BLOCK_KEY", "TAWK_SESSION_KEY"}, Check: g.paired},
	}
}

// signed checks that sessions which a key must vouch for have one. Only the ids of a Redis store may go without.
func (g *gorillaSettings) signed(common *setting.Common) error {
	address := common.Session.Store.Reveal()
	if len(g.Key) == 0 && (address == "" || strings.HasPrefix(address, "file:")) {
		return setting.Wrong("write the key with which the site signs its sessions", "is required with TAWK_SESSION=gorilla but not set")
	}
	return nil
}

// blockKeys checks keys that encrypt. The sizes are those of AES (FIPS 197); none stands for no encryption.
func blockKeys(keys setting.Keys) error {
	for i, key := range keys {
		if n := len(key.Reveal()); !slices.Contains([]int{0, 16, 24, 32}, n) {
			remedy := "AES keys have 16, 24 or 32 bytes; put hex: or base64: before one that is written so"
			if len(keys) > 1 {
				remedy += "; if a comma belongs to a key, " + setting.AsCode
			}
			return setting.Wrong(remedy, "key %d has %d bytes", i+1, n)
		}
	}
	return nil
}

// paired checks that every key that encrypts belongs to one that signs.
func (g *gorillaSettings) paired() error {
	if len(g.BlockKey) > len(g.Key) {
		return setting.Wrong("write one for each key of TAWK_SESSION_KEY, in the same order; if a comma belongs to a key, "+setting.AsCode,
			"holds %d, but TAWK_SESSION_KEY only %d", len(g.BlockKey), len(g.Key))
	}
	return nil
}

func (g *gorillaSettings) Open(site kind.Site) (session.Source, error) {
	return NewGorilla(GorillaOptions{Setup: site.Setup(), Keys: g.Key.Bytes(), BlockKeys: g.BlockKey.Bytes(),
		Serializer: g.Serializer, Prefix: g.KeyPrefix.Or("")})
}
