package golang

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"tawkproxy/session/cookie"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
	"tawkproxy/session/seal"
	"tawkproxy/session/store"
)

// GorillaOptions describe a site that keeps its sessions with github.com/gorilla/sessions, or values with
// github.com/gorilla/securecookie alone.
//
// Without a store the values are in the cookie. With [store.Files] they are in the folder of a FilesystemStore. With [store.Redis] they
// are as boj/redistore writes them; or, if there are no keys, as rbcervilla/redisstore does, whose cookie is a bare id.
//
// MaxAge 0 stands for the 30 days of the library, a negative one for no limit.
type GorillaOptions struct {
	recipe.Setup
	Keys       [][]byte // authentication keys, newest first
	BlockKeys  [][]byte // encryption keys of 16, 24 or 32 bytes by the position of their key; empty: only signed
	Serializer string   // of the values: gob (also "") or json
	MaxLength  int      // of the cookie's value, in bytes; 0: 4096, as the library
	Prefix     string   // of the keys in Redis; "": session_ for boj/redistore, session: for rbcervilla/redisstore
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
	sealed, err := seal.NewSeal(o.Cookie, o.Keys, o.BlockKeys)
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
		return o.Recipe("gorilla", cookie.Go(), parse, recipe.Fetch(redis, gorillaRedisID, recipe.Prefixed(cmp.Or(o.Prefix, "session:"))))
	case inRedis:
		return o.Recipe("gorilla", cookie.Go(), parse, value, sealed.Open(record.ParseGob), seal.SealedText,
			recipe.Fetch(redis, gorillaRedisID, recipe.Prefixed(cmp.Or(o.Prefix, "session_"))))
	}
	return o.Recipe("gorilla", cookie.Go(), parse, value, sealed.Open(record.ParseGob), seal.SealedText,
		recipe.Fetch(o.Store, gorillaFileID, recipe.Prefixed("session_")), sealed.Open(parse))
}

// goParser is the parser of a serializer that Go sites use.
func goParser(serializer string) (record.Parser, error) {
	switch serializer {
	case "", "gob":
		return record.ParseGob, nil
	case "json":
		return record.ParseJSON, nil
	}
	return nil, fmt.Errorf("the serializer %q is neither gob nor json", serializer)
}
