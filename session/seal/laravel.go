package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tawkproxy/session"
	"tawkproxy/session/record"
)

// A LaravelCrypt opens what a Laravel site encrypted.
type LaravelCrypt struct {
	name   string   // of the cipher
	keys   [][]byte // newest first
	sealed bool     // GCM, which signs by itself
	inside laravelForm
}

// NewLaravelCrypt checks the keys.
func NewLaravelCrypt(name, form string, keys [][]byte) (*LaravelCrypt, error) {
	name = strings.ToUpper(name)
	size := LaravelKeySize(name)
	if size == 0 {
		return nil, fmt.Errorf("the cipher %q is none of Laravel's", name)
	}
	if len(keys) == 0 {
		return nil, errors.New("the key is missing")
	}
	c := &LaravelCrypt{name: name, keys: keys, sealed: strings.HasSuffix(name, "GCM"), inside: laravelForms[form]}
	if c.inside == nil {
		return nil, fmt.Errorf("the form %q of the cookie is not known", form)
	}
	for i, key := range keys {
		if len(key) != size {
			return nil, fmt.Errorf("key %d has %d bytes, but %s needs %d", i+1, len(key), name, size)
		}
	}
	return c, nil
}

// LaravelKeySize is how many bytes the keys of a cipher have; 0 if it is none of Laravel's.
func LaravelKeySize(cipher string) int {
	return map[string]int{"AES-128-CBC": 16, "AES-256-CBC": 32, "AES-128-GCM": 16, "AES-256-GCM": 32}[cipher]
}

// Open decrypts an envelope (Encryption/Encrypter.php): base64 of JSON with the texts iv, value, mac and, since 8.x, tag. It
// also returns the key that fitted.
func (c *LaravelCrypt) Open(envelope string) (plain, key []byte, err error) {
	text, err := PhpBase64(envelope)
	if err != nil {
		return nil, nil, session.Nobodyf(session.Malformed, "not base64")
	}
	tree, err := record.ParseJSON(text)
	if err != nil {
		return nil, nil, session.Nobodyf(session.Malformed, "an envelope: %w", err)
	}
	parts := map[string]string{"iv": "", "value": "", "mac": "", "tag": ""}
	members, _ := tree.(map[string]any)
	for name, member := range members {
		part, isText := member.(string)
		if _, known := parts[name]; !known || !isText {
			return nil, nil, session.Nobodyf(session.Malformed, "an envelope with another member than the texts iv, value, mac and tag")
		}
		parts[name] = part
	}
	iv, err1 := PhpBase64(parts["iv"])
	value, err2 := PhpBase64(parts["value"])
	tag, err3 := PhpBase64(parts["tag"])
	if err := errors.Join(err1, err2, err3); err != nil || len(value) == 0 && !c.sealed {
		return nil, nil, session.Nobodyf(session.Malformed, "an envelope whose parts are not base64")
	}
	for _, key := range c.keys {
		if c.sealed {
			plain, err = openGCM(key, iv, value, tag, parts["mac"])
		} else {
			plain, err = openCBC(key, iv, value, tag, parts)
		}
		if err == nil {
			return plain, key, nil
		}
	}
	if sealed := parts["mac"] == "" && len(tag) > 0; sealed != c.sealed {
		return nil, nil, session.Nobodyf(session.Forged, "sealed with another cipher than %s", c.name)
	}
	return nil, nil, session.Nobodyf(session.Forged, "no key fits: %w", err)
}

var errSignature = errors.New("the signature does not")

// openCBC checks the signature, which is over the base64 texts, and decrypts.
func openCBC(key, iv, value, tag []byte, parts map[string]string) ([]byte, error) {
	want := HexMAC(sha256.New, string(key), parts["iv"]+parts["value"])
	if len(tag) > 0 || !hmac.Equal([]byte(parts["mac"]), []byte(want)) {
		return nil, errSignature
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return DecryptCBC(block, iv, value)
}

// openGCM decrypts what GCM signed. A tag of fewer bytes could be guessed.
func openGCM(key, iv, value, tag []byte, mac string) ([]byte, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	if len(iv) != gcm.NonceSize() || len(tag) != gcm.Overhead() || mac != "" {
		return nil, errSignature
	}
	return gcm.Open(nil, iv, slices.Concat(value, tag), nil)
}

// A laravelForm takes the content out of what was encrypted in the cookie of a name.
type laravelForm func(plain []byte, cookie string, key []byte) ([]byte, error)

// laravelForms are the ways in which releases wrote cookies (Cookie/CookieValuePrefix.php and its history). All but prefixed
// let any other encrypted cookie of the site stand for the session cookie, as those releases did.
var laravelForms = map[string]laravelForm{
	"prefixed": func(plain []byte, cookie string, key []byte) ([]byte, error) { // since 6.18.30 and 7.22.3
		if text, err := serialized(plain); err == nil { // a site that sets EncryptCookies::$serialize
			plain = text
		}
		return afterPrefix(plain, HexMAC(sha1.New, string(key), cookie+"v2"))
	},
	"sha1": func(plain []byte, cookie string, _ []byte) ([]byte, error) { // 6.18.27 and 28, 7.22.0 and 1
		sum := sha1.Sum([]byte(cookie))
		return afterPrefix(plain, hex.EncodeToString(sum[:]))
	},
	"bare": func(plain []byte, _ string, _ []byte) ([]byte, error) { // since 5.5.42 and 5.6.30, but for these
		return plain, nil
	},
	"serialized": func(plain []byte, _ string, _ []byte) ([]byte, error) { // before
		return serialized(plain)
	},
}

// serialized takes a text out of PHP's serialize() text.
func serialized(plain []byte) ([]byte, error) {
	value, err := record.ParsePHP(plain)
	text, ok := value.(string)
	if err != nil || !ok {
		return nil, session.Nobodyf(session.Malformed, "a cookie that holds no serialized text")
	}
	return []byte(text), nil
}

func afterPrefix(plain []byte, prefix string) ([]byte, error) {
	prefix += "|"
	if len(plain) < len(prefix) || !hmac.Equal(plain[:len(prefix)], []byte(prefix)) {
		return nil, session.Nobodyf(session.Forged, "the content of another cookie")
	}
	return plain[len(prefix):], nil
}

// PhpBase64 reads the usual alphabet with or without padding. Each sequence of bytes has one text only.
func PhpBase64(text string) ([]byte, error) {
	return base64.RawStdEncoding.Strict().DecodeString(strings.TrimRight(text, "="))
}
