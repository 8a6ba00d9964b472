package tawk

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"sync"
)

// Hash returns the proof that tawk.to's secure mode demands for a user id: HMAC-SHA256 of the id under the property's secret
// key, in lower-case hex. The key is used as the text it is, not decoded.
func Hash(key, userID string) string { return newSigner(key).hash(userID) }

// mark returns a short digest by which the browser recognises the same person with the same details:
//
//	12 characters for the user id "." 8 characters for everything that is told about the user
//
// It stands in a cookie that outlives the login, so it must not say who the user is, nor be of use as a hash: its signer, see
// [marker], has a key of its own, and its digests are cut short.
func mark(s *signer, userID string, details []byte) string {
	digest := func(text string, length int) string {
		return base64.RawURLEncoding.EncodeToString(s.sign(text)[:length])
	}
	return digest("id "+userID, 9) + "." + digest("details "+string(details), 6)
}

// marker returns the signer of the marks of a property.
func marker(key, property string) *signer { return newSigner(string(Derive(key, "mark "+property))) }

// Derive makes a key for another purpose out of the secret key. It is the HMAC of a text that no user id can be, for it is not
// UTF-8: nothing made with it is of use as a hash.
func Derive(key, purpose string) []byte {
	return newSigner(key).sign("\xfftawkproxy " + purpose)
}

// A signer computes HMAC-SHA256 under one key. What the key alone decides is computed once.
type signer struct {
	key    []byte
	states sync.Pool // of hash.Hash
}

func newSigner(key string) *signer { return &signer{key: []byte(key)} }

func (s *signer) hash(userID string) string { return hex.EncodeToString(s.sign(userID)) }

func (s *signer) sign(message string) []byte {
	mac, ok := s.states.Get().(hash.Hash)
	if !ok {
		mac = hmac.New(sha256.New, s.key)
	}
	defer s.states.Put(mac)
	mac.Reset()
	mac.Write([]byte(message))
	return mac.Sum(nil)
}
