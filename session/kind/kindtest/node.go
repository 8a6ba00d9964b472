package kindtest

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/crypto/nacl/secretbox"

	"tawkproxy/session/cookie"
	"tawkproxy/session/seal"
)

// SeenBy returns what a site sees of a cookie's value, whose name is s.
func SeenBy(read cookie.Reader) func(value string) string {
	return func(value string) string {
		values := read("s=" + value).Values("s")
		if len(values) == 0 {
			return ""
		}
		return values[0]
	}
}

// BoxFastify makes a cookie.
func BoxFastify(key byte, nonce int, content string) string {
	box := secretbox.Seal(nil, []byte(content), &[24]byte{}, &[32]byte{key})
	text := base64.StdEncoding.EncodeToString(box) + ";" + base64.StdEncoding.EncodeToString(make([]byte, nonce))
	return url.QueryEscape(text)
}

// SealIron makes a seal of already padded content.
func SealIron(t testing.TB, password, id, expiration string, content []byte) string {
	t.Helper()
	block, err := aes.NewCipher(seal.IronKey([]byte(password), []byte("5a17")))
	if err != nil {
		t.Fatal(err)
	}
	vector := make([]byte, aes.BlockSize)
	text := bytes.Clone(content)
	cipher.NewCBCEncrypter(block, vector).CryptBlocks(text, text)
	encode := base64.RawURLEncoding.EncodeToString
	covered := strings.Join([]string{"Fe26.2", id, "5a17", encode(vector), encode(text), expiration}, "*")
	mac := hmac.New(sha256.New, seal.IronKey([]byte(password), []byte("0a")))
	mac.Write([]byte(covered))
	return covered + "*0a*" + encode(mac.Sum(nil))
}

// Padded pads as PKCS #7 has it.
func Padded(text string) []byte {
	n := aes.BlockSize - len(text)%aes.BlockSize
	return append([]byte(text), bytes.Repeat([]byte{byte(n)}, n)...)
}

// KeygripSign makes the two cookies.
func KeygripSign(digest func() hash.Hash, key, name, value string) string {
	mac := hmac.New(digest, []byte(key))
	mac.Write([]byte(name + "=" + value))
	return name + "=" + value + "; " + name + ".sig=" + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
