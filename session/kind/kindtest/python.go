package kindtest

import (
	"bytes"
	"compress/zlib"
	"crypto/hmac"
	"encoding/base64"
	"hash"
)

const DjangoCookieSalt = "django.contrib.sessions.backends.signed_cookies"

// SignDjango signs a payload as django/core/signing.py does, at the time 1xV7is, 2026-11-22.
func SignDjango(digest func() hash.Hash, key, salt, payload string) string {
	derived := digest()
	derived.Write([]byte(salt + "signer" + key))
	mac := hmac.New(digest, derived.Sum(nil))
	mac.Write([]byte(payload + ":1xV7is"))
	return payload + ":1xV7is:" + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func Deflated(content string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	w.Write([]byte(content))
	w.Close()
	return "." + base64.RawURLEncoding.EncodeToString(b.Bytes())
}
