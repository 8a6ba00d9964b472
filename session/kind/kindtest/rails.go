package kindtest

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"net/url"
	"testing"
)

// A RailsWriter makes messages as Rails does.
type RailsWriter struct {
	T      testing.TB
	Secret string
	Digest func() hash.Hash
	Rounds int
}

func (w RailsWriter) Key(salt string, size int) []byte {
	key, err := pbkdf2.Key(w.Digest, w.Secret, []byte(salt), w.Rounds, size)
	if err != nil {
		w.T.Fatal(err)
	}
	return key
}

func (w RailsWriter) Gcm(salt, text string) string { return w.GcmWith(32, salt, text) }

// GcmWith is gcm with a key of that many bytes.
func (w RailsWriter) GcmWith(size int, salt, text string) string {
	block, err := aes.NewCipher(w.Key(salt, size))
	if err != nil {
		w.T.Fatal(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		w.T.Fatal(err)
	}
	iv := []byte("twelve bytes")
	sealed := aead.Seal(nil, iv, []byte(text), nil)
	encode := base64.StdEncoding.EncodeToString
	return url.QueryEscape(encode(sealed[:len(text)]) + "--" + encode(iv) + "--" + encode(sealed[len(text):]))
}

// Cbc encrypts text, which must be padded.
func (w RailsWriter) Cbc(text string) string {
	block, err := aes.NewCipher(w.Key("encrypted cookie", 32))
	if err != nil {
		w.T.Fatal(err)
	}
	iv, sealed := []byte("sixteen bytes iv"), []byte(text)
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(sealed, sealed)
	encode := base64.StdEncoding.EncodeToString
	return w.Sign(w.Key("signed encrypted cookie", 64), sha1.New, encode(sealed)+"--"+encode(iv))
}

func (w RailsWriter) Sign(key []byte, digest func() hash.Hash, text string) string {
	encoded := base64.StdEncoding.EncodeToString([]byte(text))
	mac := hmac.New(digest, key)
	mac.Write([]byte(encoded))
	return url.QueryEscape(encoded + "--" + hex.EncodeToString(mac.Sum(nil)))
}
