package tawk

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
)

// Hash returns the proof that tawk.to's secure mode demands for a user id: HMAC-SHA256 of the id under the property's secret
// key, in lower-case hex. The key is used as the text it is, not decoded.
func Hash(key, userID string) string {
	return hex.EncodeToString(authenticate([]byte(key), userID))
}

// mark returns a short digest by which the browser recognises the same person with the same details:
//
//	12 characters for the user id "." 8 characters for everything that is told about the user
//
// It stands in a cookie that outlives the login, so it must not say who the user is, nor be of use as a hash: it has a key of
// its own, and its digests are cut short.
func mark(key, property, userID string, details []byte) string {
	derived := Derive(key, "mark "+property)
	digest := func(text string, length int) string {
		return base64.RawURLEncoding.EncodeToString(authenticate(derived, text)[:length])
	}
	return digest("id "+userID, 9) + "." + digest("details "+string(details), 6)
}

// Derive makes a key for another purpose out of the secret key. It is the HMAC of a text that no user id can be, for it is not
// UTF-8: nothing made with it is of use as a hash.
func Derive(key, purpose string) []byte { return authenticate([]byte(key), "\xfftawkproxy "+purpose) }

func authenticate(key []byte, message string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(message))
	return mac.Sum(nil)
}
