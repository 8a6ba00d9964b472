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
