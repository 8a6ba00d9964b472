package seal

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"time"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/nacl/secretbox"

	"tawkproxy/session"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
)

// FastifyKey derives a key as libsodium's crypto_pwhash does at its level MODERATE: Argon2id, three passes over 256 MiB. Without a
// salt it is the library's own.
func FastifyKey(secret, salt []byte) [32]byte {
	if len(salt) == 0 {
		salt, _ = base64.StdEncoding.DecodeString("mq9hDxBVDbspDR6nLfFT1g==") // index.js: "static salt"
	}
	return [32]byte(argon2.IDKey(secret, salt, 3, 256<<10, 1, 32))
}

// FastifyBoxes open cookies: the box and its nonce in base 64, with a semicolon between (index.js, decodeSecureSession). With the
// cookie option signed, a dot and a signature follow, which adds nothing to what the box proves.
type FastifyBoxes struct {
	Keys   [][32]byte
	Expiry time.Duration
	Aged   bool // sessions must say when they were changed
}

// Open is the step that decrypts a cookie (XSalsa20 and Poly1305, as NaCl's secretbox).
func (f *FastifyBoxes) Open(_ context.Context, v *recipe.Visit, s recipe.State) (recipe.State, error) {
	boxText, nonceText, _ := bytes.Cut(s.Data, []byte(";"))
	box, err := base64.StdEncoding.Strict().DecodeString(string(boxText))
	if err != nil {
		return s, session.Nobodyf(session.Malformed, "the box is not base 64")
	}
	nonceText, _, _ = bytes.Cut(nonceText, []byte("."))
	nonce, err := base64.StdEncoding.Strict().DecodeString(string(nonceText))
	if err != nil || len(nonce) != 24 {
		return s, session.Nobodyf(session.Malformed, "the nonce is not 24 bytes in base 64")
	}
	for _, key := range f.Keys {
		if text, ok := secretbox.Open(nil, box, (*[24]byte)(nonce), &key); ok {
			v.Tell("a key opens it")
			s.Data = text
			return s, nil
		}
	}
	return s, session.Nobodyf(session.Forged, "no key opens the cookie")
}

// Record is the step that reads the session and when it was changed, and adds the one to the other as the library does.
func (f *FastifyBoxes) Record(_ context.Context, _ *recipe.Visit, s recipe.State) (recipe.State, error) {
	tree, err := record.ParseJSON(s.Data)
	if err != nil {
		return s, session.Nobodyf(session.Malformed, "fastify session: %w", err)
	}
	values, _ := tree.(map[string]any)
	s.Values = values
	stamp, dated := values["__ts"] // not there: made by a release before 7.3, and not changed since
	if changed, ok := stamp.(json.Number); ok {
		s.Issued = record.JsTime(record.JsNumber(changed) * 1000)
	} else if f.Aged {
		return s, session.Nobodyf(session.Malformed, "the session does not say when it was changed")
	}
	s.Expires = record.JsSince(record.JsPlus(stamp, dated, f.Expiry.Seconds()) * 1000)
	return s, nil
}
