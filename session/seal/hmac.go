// Package seal opens envelopes that only the site can have made, signed or encrypted with a key of its own. Nothing is parsed before it
// was verified, and comparisons take the same time whatever they compare. Each format has a file; JSON Web Tokens have several, with the
// sets of keys that others keep.
package seal

import (
	"crypto/hmac"
	"encoding/hex"
	"hash"
)

// HexMAC is PHP's hash_hmac.
func HexMAC(hash func() hash.Hash, key, message string) string {
	mac := hmac.New(hash, []byte(key))
	mac.Write([]byte(message))
	return hex.EncodeToString(mac.Sum(nil))
}
