package seal

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"regexp"
	"time"

	"tawkproxy/session"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
)

// IronPasswords open seals of version 2 of hapijs/iron (lib/index.js), which iron-webcrypto writes too:
//
//	Fe26.2 * password id * salt * vector * ciphertext * expiration * salt of the MAC * MAC
//
// The MAC covers what stands before its salt. Since version 6 iron-session writes a version of its own behind a seal.
type IronPasswords [][]byte

// IronLeeway is by how much clocks may differ in the libraries (timestampSkewSec).
const IronLeeway = 60 * time.Second

// ironDigits is the form of a seal's end, which may be farther away than there are times.
var ironDigits = regexp.MustCompile(`\A[0-9]+\z`)

// Open is the step that opens a seal.
func (p IronPasswords) Open(_ context.Context, v *recipe.Visit, s recipe.State) (recipe.State, error) {
	seal, version, versioned := bytes.Cut(s.Data, []byte("~"))
	parts := bytes.Split(seal, []byte("*"))
	if len(parts) != 8 || string(parts[0]) != "Fe26.2" || versioned && string(version) != "2" {
		return s, session.Nobodyf(session.Malformed, "not a seal")
	}
	salt, vector, ciphertext, expiration, macSalt, mac := parts[2], parts[3], parts[4], parts[5], parts[6], parts[7]
	covered := bytes.Join(parts[:6], []byte("*"))
	var password []byte
	for _, candidate := range p {
		want := hmac.New(sha256.New, IronKey(candidate, macSalt))
		want.Write(covered)
		if hmac.Equal([]byte(base64.RawURLEncoding.EncodeToString(want.Sum(nil))), mac) {
			password = candidate
		}
	}
	if password == nil {
		return s, session.Nobodyf(session.Forged, "no password fits the seal")
	}
	v.Tell("a password fits its seal")
	if len(expiration) > 0 {
		if !ironDigits.Match(expiration) {
			return s, session.Nobodyf(session.Malformed, "the seal's end is not a time")
		}
		s.Expires = record.JsSince(record.JsNumber(json.Number(expiration)) + float64(IronLeeway.Milliseconds()))
	}
	var err error
	if s.Data, err = ironDecrypt(IronKey(password, salt), string(vector), string(ciphertext)); err != nil {
		return s, session.Nobodyf(session.Malformed, "seal: %w", err)
	}
	if s.Values, err = record.ParseJSON(s.Data); err != nil {
		return s, session.Nobodyf(session.Malformed, "seal: %w", err)
	}
	if persistent, ok := record.ValueAt(s.Values, "persistent").(map[string]any); ok && !versioned {
		s.Values = persistent // what older releases put around the session
	}
	return s, nil
}

// IronKey derives a key. One iteration is enough for a password that is long and random.
func IronKey(password, salt []byte) []byte {
	key, err := pbkdf2.Key(sha1.New, string(password), salt, 1, 32)
	if err != nil {
		panic(err) // only for lengths that are not positive, and in FIPS mode
	}
	return key
}

// ironDecrypt undoes AES-256-CBC.
func ironDecrypt(key []byte, vector, ciphertext string) ([]byte, error) {
	iv, err := base64.RawURLEncoding.DecodeString(vector)
	if err != nil {
		return nil, errors.New("the vector is not base 64")
	}
	text, err := base64.RawURLEncoding.DecodeString(ciphertext)
	if err != nil {
		return nil, errors.New("the ciphertext is not base 64")
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return DecryptCBC(block, iv, text)
}
