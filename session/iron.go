package session

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"time"
)

// IronOptions describe a site that keeps its sessions with iron-session, or with hapi's cookies in the format iron: JSON in a
// sealed cookie. A seal says when it ends, but not when it was made: a MaxAge cannot be kept.
type IronOptions struct {
	Setup
	Passwords [][]byte // newest first; the ids that the site gives them are not needed
}

// Iron makes the recipe. Errors name the option that is wrong.
func Iron(o IronOptions) (*Recipe, error) {
	switch {
	case len(o.Passwords) == 0:
		return nil, errors.New("the password is missing")
	case o.MaxAge > 0:
		return nil, errors.New("a seal does not say when it was made, so that a maximum age cannot be kept")
	}
	for i, password := range o.Passwords {
		if len(password) < 32 {
			return nil, fmt.Errorf("password %d has %d bytes; the library demands 32", i+1, len(password))
		}
	}
	return remembering(o.recipe("iron", nextReaders(), parseJSON, atMost(maxToken), ironPasswords(o.Passwords).open))
}

// ironPasswords open seals of version 2 of hapijs/iron (lib/index.js), which iron-webcrypto writes too:
//
//	Fe26.2 * password id * salt * vector * ciphertext * expiration * salt of the MAC * MAC
//
// The MAC covers what stands before its salt. Since version 6 iron-session writes a version of its own behind a seal.
type ironPasswords [][]byte

// ironLeeway is by how much clocks may differ in the libraries (timestampSkewSec).
const ironLeeway = 60 * time.Second

// ironDigits is the form of a seal's end, which may be farther away than there are times.
var ironDigits = regexp.MustCompile(`\A[0-9]+\z`)

// open is the step that opens a seal.
func (p ironPasswords) open(_ context.Context, _ *Visit, s State) (State, error) {
	seal, version, versioned := bytes.Cut(s.Data, []byte("~"))
	parts := bytes.Split(seal, []byte("*"))
	if len(parts) != 8 || string(parts[0]) != "Fe26.2" || versioned && string(version) != "2" {
		return s, nobody(Malformed, "not a seal")
	}
	salt, vector, ciphertext, expiration, macSalt, mac := parts[2], parts[3], parts[4], parts[5], parts[6], parts[7]
	covered := bytes.Join(parts[:6], []byte("*"))
	var password []byte
	for _, candidate := range p {
		want := hmac.New(sha256.New, ironKey(candidate, macSalt))
		want.Write(covered)
		if hmac.Equal([]byte(base64.RawURLEncoding.EncodeToString(want.Sum(nil))), mac) {
			password = candidate
		}
	}
	if password == nil {
		return s, nobody(Forged, "no password fits the seal")
	}
	if len(expiration) > 0 {
		if !ironDigits.Match(expiration) {
			return s, nobody(Malformed, "the seal's end is not a time")
		}
		s.Expires = jsSince(jsNumber(json.Number(expiration)) + float64(ironLeeway.Milliseconds()))
	}
	var err error
	if s.Data, err = ironDecrypt(ironKey(password, salt), string(vector), string(ciphertext)); err != nil {
		return s, nobody(Malformed, "seal: %w", err)
	}
	if s.Values, err = parseJSON(s.Data); err != nil {
		return s, nobody(Malformed, "seal: %w", err)
	}
	if persistent, ok := at(s.Values, "persistent").(map[string]any); ok && !versioned {
		s.Values = persistent // what older releases put around the session
	}
	return s, nil
}

// ironKey derives a key. One iteration is enough for a password that is long and random.
func ironKey(password, salt []byte) []byte {
	key, err := pbkdf2.Key(sha1.New, string(password), salt, 1, 32)
	if err != nil {
		panic(err) // only for lengths that are not positive, and in FIPS mode
	}
	return key
}

// ironDecrypt undoes AES-256-CBC with the padding of PKCS #7.
func ironDecrypt(key []byte, vector, ciphertext string) ([]byte, error) {
	iv, err := base64.RawURLEncoding.DecodeString(vector)
	if err != nil || len(iv) != aes.BlockSize {
		return nil, errors.New("the vector is not one block in base 64")
	}
	text, err := base64.RawURLEncoding.DecodeString(ciphertext)
	if err != nil || len(text) == 0 || len(text)%aes.BlockSize != 0 {
		return nil, errors.New("the ciphertext is not whole blocks in base 64")
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(text, text)
	padding := int(text[len(text)-1])
	if padding == 0 || padding > aes.BlockSize || !bytes.HasSuffix(text, bytes.Repeat([]byte{byte(padding)}, padding)) {
		return nil, errors.New("the padding is wrong")
	}
	return text[:len(text)-padding], nil
}
