package node

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"tawkproxy/session/cookie"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
	"tawkproxy/session/seal"
)

// FastifyOptions describe a site that keeps its sessions with @fastify/secure-session: JSON in an encrypted cookie.
type FastifyOptions struct {
	recipe.Setup               // Cookie defaults to session
	Keys         [][]byte      // of 32 bytes, newest first
	Secret       []byte        // instead of keys: of 32 bytes or more; to make a key of it takes 256 MiB of memory for a moment
	Salt         []byte        // with the secret: 16 bytes; empty: the library's own
	Expiry       time.Duration // after the session was changed last; 0: 86401 s, as the library
}

// NewFastify makes the recipe. Errors name the option that is wrong.
func NewFastify(o FastifyOptions) (*recipe.Recipe, error) {
	if (len(o.Keys) > 0) == (len(o.Secret) > 0) {
		return nil, errors.New("either keys or a secret is needed")
	}
	boxes := &seal.FastifyBoxes{Expiry: cmp.Or(o.Expiry, 86401*time.Second), Aged: o.MaxAge > 0}
	for i, key := range o.Keys {
		if len(key) != 32 {
			return nil, fmt.Errorf("key %d has %d bytes, not 32", i+1, len(key))
		}
		boxes.Keys = append(boxes.Keys, [32]byte(key))
	}
	if len(o.Secret) > 0 {
		key, err := seal.FastifyKey(o.Secret, o.Salt)
		if err != nil {
			return nil, err
		}
		boxes.Keys = append(boxes.Keys, key)
	}
	o.Cookie = cmp.Or(o.Cookie, "session")
	return recipe.Remembering(o.Recipe("fastify", cookie.Node(), record.ParseJSON, recipe.AtMost(seal.MaxToken), boxes.Open, boxes.Record))
}
