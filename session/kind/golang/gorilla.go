// Package golang is the kinds of sites in Go.
package golang

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/cookie"
	"tawkproxy/session/kind"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
	"tawkproxy/session/seal"
	"tawkproxy/session/store"
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
		Signs:    kind.Signs{Value: `^MT[cg][\w-]{60,}={0,2}$`}, // base64 of the time of today and a bar
		Find:     findModule("github.com/gorilla/sessions"),
		New:      func() kind.Settings { return new(GorillaOptions) },
	}
}

// GorillaOptions describe a site that keeps its sessions with github.com/gorilla/sessions, or values with
// github.com/gorilla/securecookie alone.
//
// Without a store the values are in the cookie. With [store.Files] they are in the folder of a FilesystemStore. With [store.Redis] they
// are as boj/redistore writes them; or, if there are no keys, as rbcervilla/redisstore does, whose cookie is a bare id.
//
// MaxAge 0 stands for the 30 days of the library, a negative one for no limit.
type GorillaOptions struct {
	recipe.Setup

	// Keys with which the site signs its sessions, newest first, separated by commas without blanks: as text, or as `hex:…` or
	// `base64:…`. A key that contains a comma itself must be written in one of the latter, unless it is a phrase with a blank
	// behind the comma. Required, unless the sessions are in Redis under ids that are not signed.
	Keys setting.Keys `env:"TAWK_SESSION_KEY"`

	// Keys with which the site encrypts its sessions, if it does: one for each key of `TAWK_SESSION_KEY`, written in the
	// same way and order. An empty item stands for a signing key used without encryption.
	BlockKeys setting.Keys `env:"TAWK_SESSION_BLOCK_KEY"`

	// How the values are written: `gob`, or `json` with a Redis store or securecookie alone.
	Serializer string `env:"TAWK_GORILLA_SERIALIZER" envDefault:"gob" values:"gob json"`

	// What stands before the session's id in the keys in Redis, if not what the usual Redis stores write there; or `none`.
	KeyPrefix setting.Prefix `env:"TAWK_GORILLA_KEY_PREFIX"` // not set: session_ for boj/redistore, session: for rbcervilla/redisstore

	MaxLength int // of the cookie's value, in bytes; 0: 4096, as the library
}

func (g *GorillaOptions) Rules(common *setting.Common) []setting.Rule {
	return []setting.Rule{
		{Settings: []string{"TAWK_SESSION_KEY"}, Check: func() error { return setting.SigningKeys(g.Keys) }},
		{Settings: []string{"TAWK_SESSION_KEY", "TAWK_SESSION_STORE"}, Check: func() error { return g.signed(common) }},
		{Settings: []string{"TAWK_GORILLA_KEY_PREFIX", "TAWK_SESSION_KEY"}, Check: g.apart},
		{Settings: []string{"TAWK_SESSION_BLOCK_KEY"}, Check: func() error { return blockKeys(g.BlockKeys) }},
		{Settings: []string{"TAWK_SESSION_BLOCK_KEY", "TAWK_SESSION_KEY"}, Check: g.paired},
	}
}

// signed checks that sessions which a key must vouch for have one. Only the ids of a Redis store may go without.
func (g *GorillaOptions) signed(common *setting.Common) error {
	address := common.Session.Store.Reveal()
	if len(g.Keys) == 0 && (address == "" || strings.HasPrefix(address, "file:")) {
		return setting.Wrong("write the key with which the site signs its sessions", "is required with TAWK_SESSION=gorilla but not set")
	}
	return nil
}

// apart demands that ids which no key vouches for lead to sessions alone, not to any key in Redis.
func (g *GorillaOptions) apart() error {
	if len(g.Keys) == 0 && g.KeyPrefix.Or("the usual one") == "" {
		return setting.Wrong("set TAWK_SESSION_KEY, the key with which the site signs its sessions; or a prefix",
			"is none, and TAWK_SESSION_KEY is not set: visitors could name any key in Redis")
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
func (g *GorillaOptions) paired() error {
	if len(g.BlockKeys) > len(g.Keys) {
		return setting.Wrong("write one for each key of TAWK_SESSION_KEY, in the same order; if a comma belongs to a key, "+setting.AsCode,
			"holds %d, but TAWK_SESSION_KEY only %d", len(g.BlockKeys), len(g.Keys))
	}
	return nil
}

func (g *GorillaOptions) Open(site kind.Site) (session.Source, error) {
	g.Setup = site.Setup()
	return NewGorilla(*g)
}

// Forms of the ids that the stores give out. FilesystemStore writes 32 random bytes in base 32; the Redis stores do by
// default, and let the site choose.
const (
	gorillaFileID  = `[A-Z2-7]{52}`
	gorillaRedisID = `[A-Za-z0-9_-]{22,128}`
)

// NewGorilla makes the recipe. Errors name the option that is wrong.
func NewGorilla(o GorillaOptions) (*recipe.Recipe, error) {
	parse, err := goParser(o.Serializer)
	if err != nil {
		return nil, err
	}
	sealed, err := seal.NewSeal(o.Cookie, o.Keys.Bytes(), o.BlockKeys.Bytes())
	if err != nil {
		return nil, err
	}
	switch {
	case o.MaxAge == 0:
		o.MaxAge = 30 * 24 * time.Hour
	case o.MaxAge < 0:
		o.MaxAge = 0
	}
	if o.MaxLength == 0 {
		o.MaxLength = 4096
	}
	redis, inRedis := o.Store.(*store.Redis)
	if len(o.Keys) == 0 && !inRedis {
		return nil, errors.New("the session key is missing")
	}
	value := recipe.AtMost(o.MaxLength)
	switch {
	case o.Store == nil:
		return recipe.Remembering(o.Recipe("gorilla", cookie.Go(), parse, value, sealed.Open(parse)))
	case inRedis && len(o.Keys) == 0:
		return o.Recipe("gorilla", cookie.Go(), parse, recipe.Fetch(redis, gorillaRedisID, recipe.Prefixed(o.KeyPrefix.Or("session:"))))
	case inRedis:
		return o.Recipe("gorilla", cookie.Go(), parse, value, sealed.Open(record.ParseGob), seal.SealedText,
			recipe.Fetch(redis, gorillaRedisID, recipe.Prefixed(o.KeyPrefix.Or("session_"))))
	}
	return o.Recipe("gorilla", cookie.Go(), parse, value, sealed.Open(record.ParseGob), seal.SealedText,
		recipe.Fetch(o.Store, gorillaFileID, recipe.Prefixed("session_")), sealed.Open(parse))
}

// goParser is the parser of a serializer that Go sites use.
func goParser(serializer string) (record.Parser, error) {
	switch serializer {
	case "gob":
		return record.ParseGob, nil
	case "json":
		return record.ParseJSON, nil
	}
	return nil, fmt.Errorf("the serializer %q is neither gob nor json", serializer)
}
