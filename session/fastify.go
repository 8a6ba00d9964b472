package session

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/nacl/secretbox"
)

// FastifyOptions describe a site that keeps its sessions with @fastify/secure-session: JSON in an encrypted cookie.
type FastifyOptions struct {
	Setup                // Cookie defaults to session
	Keys   [][]byte      // of 32 bytes, newest first
	Secret []byte        // instead of keys: of 32 bytes or more; to make a key of it takes 256 MiB of memory for a moment
	Salt   []byte        // with the secret: 16 bytes; empty: the library's own
	Expiry time.Duration // after the session was changed last; 0: 86401 s, as the library
}

// Fastify makes the recipe. Errors name the option that is wrong.
func Fastify(o FastifyOptions) (*Recipe, error) {
	if (len(o.Keys) > 0) == (len(o.Secret) > 0) {
		return nil, errors.New("either keys or a secret is needed")
	}
	boxes := &fastifyBoxes{expiry: cmp.Or(o.Expiry, 86401*time.Second), aged: o.MaxAge > 0}
	for i, key := range o.Keys {
		if len(key) != 32 {
			return nil, fmt.Errorf("key %d has %d bytes, not 32", i+1, len(key))
		}
		boxes.keys = append(boxes.keys, [32]byte(key))
	}
	if len(o.Secret) > 0 {
		key, err := fastifyKey(o.Secret, o.Salt)
		if err != nil {
			return nil, err
		}
		boxes.keys = append(boxes.keys, key)
	}
	o.Cookie = cmp.Or(o.Cookie, "session")
	return remembering(o.recipe("fastify", nodeReaders(), parseJSON, atMost(maxToken), boxes.open, boxes.record))
}

// fastifyKey derives a key as libsodium's crypto_pwhash does at its level MODERATE: Argon2id, three passes over 256 MiB.
func fastifyKey(secret, salt []byte) ([32]byte, error) {
	if len(salt) == 0 {
		salt, _ = base64.StdEncoding.DecodeString("mq9hDxBVDbspDR6nLfFT1g==") // index.js: "static salt"
	}
	switch {
	case len(secret) < 32:
		return [32]byte{}, fmt.Errorf("the secret has %d bytes; the library demands 32", len(secret))
	case len(salt) != 16:
		return [32]byte{}, fmt.Errorf("the salt has %d bytes, not 16", len(salt))
	}
	return [32]byte(argon2.IDKey(secret, salt, 3, 256<<10, 1, 32)), nil
}

// fastifyBoxes open cookies: the box and its nonce in base 64, with a semicolon between (index.js, decodeSecureSession). With the
// cookie option signed, a dot and a signature follow, which adds nothing to what the box proves.
type fastifyBoxes struct {
	keys   [][32]byte
	expiry time.Duration
	aged   bool // sessions must say when they were changed
}

// open is the step that decrypts a cookie (XSalsa20 and Poly1305, as NaCl's secretbox).
func (f *fastifyBoxes) open(_ context.Context, _ *Visit, s State) (State, error) {
	boxText, nonceText, _ := bytes.Cut(s.Data, []byte(";"))
	box, err := base64.StdEncoding.Strict().DecodeString(string(boxText))
	if err != nil {
		return s, nobody(Malformed, "the box is not base 64")
	}
	nonceText, _, _ = bytes.Cut(nonceText, []byte("."))
	nonce, err := base64.StdEncoding.Strict().DecodeString(string(nonceText))
	if err != nil || len(nonce) != 24 {
		return s, nobody(Malformed, "the nonce is not 24 bytes in base 64")
	}
	for _, key := range f.keys {
		if text, ok := secretbox.Open(nil, box, (*[24]byte)(nonce), &key); ok {
			s.Data = text
			return s, nil
		}
	}
	return s, nobody(Forged, "no key opens the cookie")
}

// record is the step that reads the session and when it was changed, and adds the one to the other as the library does.
func (f *fastifyBoxes) record(_ context.Context, _ *Visit, s State) (State, error) {
	tree, err := parseJSON(s.Data)
	if err != nil {
		return s, nobody(Malformed, "fastify session: %w", err)
	}
	values, _ := tree.(map[string]any)
	s.Values = values
	stamp, dated := values["__ts"] // not there: made by a release before 7.3, and not changed since
	if changed, ok := stamp.(json.Number); ok {
		s.Issued = jsTime(jsNumber(changed) * 1000)
	} else if f.aged {
		return s, nobody(Malformed, "the session does not say when it was changed")
	}
	s.Expires = jsSince(jsPlus(stamp, dated, f.expiry.Seconds()) * 1000)
	return s, nil
}
