package rails

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"

	"tawkproxy/session"
	"tawkproxy/session/recipe"
	"tawkproxy/session/seal"
)

// railsKeys open the messages of a site. They are derived once, since that takes a thousand rounds each.
type railsKeys struct {
	gcm     []cipher.AEAD
	cbc     []railsCBC
	signing [][]byte // of messages that are signed only
}

// railsCBC is a pair of keys for messages that are encrypted, and then signed.
type railsCBC struct {
	block   cipher.Block
	signing []byte
}

// derive derives the keys of one secret_key_base, as ActiveSupport::KeyGenerator does with that digest.
func (k *railsKeys) derive(o RailsOptions, secret string, digest func() hash.Hash) error {
	derived := map[string][]byte{}
	for salt, size := range map[string]int{o.AuthenticatedEncryptedCookieSalt: 32, o.EncryptedCookieSalt: 32,
		o.EncryptedSignedCookieSalt: 64, o.SignedCookieSalt: 64} {
		key, err := pbkdf2.Key(digest, secret, []byte(salt), o.KeyIterations, size)
		if err != nil {
			return fmt.Errorf("secret_key_base: %w", err)
		}
		derived[salt] = key
	}
	if o.Form == "signed" {
		k.signing = append(k.signing, derived[o.SignedCookieSalt])
		return nil
	}
	for _, size := range []int{32, 24, 16} { // of aes-256-gcm, unless encrypted_cookie_cipher is another
		block, err := aes.NewCipher(derived[o.AuthenticatedEncryptedCookieSalt][:size])
		if err != nil {
			return fmt.Errorf("secret_key_base: %w", err)
		}
		gcm, err := cipher.NewGCM(block)
		if err != nil {
			return fmt.Errorf("secret_key_base: %w", err)
		}
		k.gcm = append(k.gcm, gcm)
	}
	block, err := aes.NewCipher(derived[o.EncryptedCookieSalt])
	if err != nil {
		return fmt.Errorf("secret_key_base: %w", err)
	}
	k.cbc = append(k.cbc, railsCBC{block, derived[o.EncryptedSignedCookieSalt]})
	return nil
}

// open is the step from a cookie to the text that ActiveSupport's MessageEncryptor or MessageVerifier made a message of. Which
// of them it was, the number and length of its parts tell; which of them count, the keys do.
func (k *railsKeys) open(_ context.Context, v *recipe.Visit, s recipe.State) (recipe.State, error) {
	parts := strings.Split(string(s.Data), "--")
	var text []byte
	var ok bool
	switch {
	case len(parts) == 3 && len(k.gcm) > 0:
		text, ok = k.openGCM(parts)
	case len(parts) == 2:
		text, ok = k.openSigned(parts)
	default:
		return s, session.Nobodyf(session.Malformed, "not a message of Rails")
	}
	if !ok {
		return s, session.Nobodyf(session.Forged, "no key fits")
	}
	v.Tell("a key opens it, or fits its signature")
	s.Data = text
	return s, nil
}

// openGCM opens what Rails writes since 5.2: ciphertext, IV and tag.
func (k *railsKeys) openGCM(parts []string) ([]byte, bool) {
	text, isText := strictBase64(parts[0])
	iv, isIV := strictBase64(parts[1])
	tag, isTag := strictBase64(parts[2])
	if !isText || !isIV || !isTag || len(iv) != 12 || len(tag) != 16 {
		return nil, false
	}
	for _, key := range k.gcm {
		if plain, err := key.Open(nil, iv, append(text, tag...), nil); err == nil {
			return plain, true
		}
	}
	return nil, false
}

// openSigned opens what is signed: a text and its MAC in hex. Before 5.2 the text was encrypted in CBC mode.
func (k *railsKeys) openSigned(parts []string) (text []byte, ok bool) {
	for _, key := range k.signing {
		if railsSigned(key, parts) {
			return strictBase64(parts[0])
		}
	}
	for _, key := range k.cbc {
		if railsSigned(key.signing, parts) {
			return key.decrypt(parts[0])
		}
	}
	return nil, false
}

// railsSigned tells whether a key made the MAC. The digest is SHA-1 unless the site has chosen another (signed_cookie_digest).
func railsSigned(key []byte, parts []string) bool {
	digest := map[int]func() hash.Hash{40: sha1.New, 64: sha256.New, 96: sha512.New384, 128: sha512.New}[len(parts[1])]
	if digest == nil {
		return false
	}
	mac := hmac.New(digest, key)
	mac.Write([]byte(parts[0]))
	return hmac.Equal([]byte(parts[1]), []byte(hex.EncodeToString(mac.Sum(nil))))
}

// decrypt opens ciphertext and IV, of which the MAC was verified.
func (k railsCBC) decrypt(message string) ([]byte, bool) {
	inner, isInner := strictBase64(message)
	encodedText, encodedIV, _ := strings.Cut(string(inner), "--")
	text, isText := strictBase64(encodedText)
	iv, isIV := strictBase64(encodedIV)
	if !isInner || !isText || !isIV {
		return nil, false
	}
	plain, err := seal.DecryptCBC(k.block, iv, text)
	return plain, err == nil
}

// strictBase64 decodes as Ruby's strict_decode64: no line breaks, no stray bits.
func strictBase64(text string) ([]byte, bool) {
	data, err := base64.StdEncoding.Strict().DecodeString(text)
	return data, err == nil && !strings.ContainsAny(text, "\r\n")
}
