// Package tawk knows what the tawk.to chat widget wants to hear: the secure-mode hash of a user id, the script that calls
// Tawk_API.login and Tawk_API.logout, and the sources which the widget needs under a Content-Security-Policy.
package tawk

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
)

// A Visitor is the person in front of the page, as support staff should see them. Only the ID is required.
type Visitor struct {
	ID         string
	Name       string
	Email      string
	Phone      string
	Attributes map[string]string
}

// Hash returns the proof that tawk.to's secure mode demands for a user id: HMAC-SHA256 of the id under the property's secret
// key, in lower-case hex. The key is used as the text it is, not decoded.
func Hash(key, userID string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(userID))
	return hex.EncodeToString(mac.Sum(nil))
}
