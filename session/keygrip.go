package session

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
)

// A keygrip checks the signatures that the Node libraries keygrip and cookies put into a second cookie, name.sig, beside the
// one that they sign.
type keygrip struct {
	cookie string
	keys   [][]byte // newest first
	digest func() hash.Hash
}

// newKeygrip checks the keys. The digest is sha1 unless the site has chosen another.
func newKeygrip(cookie string, keys [][]byte, digest string) (*keygrip, error) {
	digests := map[string]func() hash.Hash{"sha1": sha1.New, "sha256": sha256.New, "sha384": sha512.New384, "sha512": sha512.New}
	g := &keygrip{cookie: cookie, keys: keys, digest: digests[cmp.Or(digest, "sha1")]}
	switch {
	case g.digest == nil:
		return nil, fmt.Errorf("the digest %q is none of sha1, sha256, sha384 and sha512", digest)
	case len(keys) == 0:
		return nil, errors.New("the keys are missing")
	}
	for i, key := range keys {
		if len(key) == 0 {
			return nil, fmt.Errorf("key %d is empty", i+1)
		}
	}
	return g, nil
}

// verify is the step that lets a value pass which one of the signatures beside it covers, under its own name.
func (g *keygrip) verify(_ context.Context, v *Visit, s State) (State, error) {
	signatures := v.Cookies.Values(g.cookie + ".sig")
	switch {
	case len(signatures) == 0:
		return s, nobody(Forged, "the cookie is not signed")
	case len(signatures) > most:
		return s, nobody(Ambiguous, "more than %d signatures", most)
	}
	s.Data = unquote(s.Data)
	genuine := false
	for _, key := range g.keys {
		mac := hmac.New(g.digest, key)
		mac.Write([]byte(g.cookie + "="))
		mac.Write(s.Data)
		want := []byte(base64.RawURLEncoding.EncodeToString(mac.Sum(nil)))
		for _, signature := range signatures {
			genuine = hmac.Equal(want, unquote([]byte(signature))) || genuine
		}
	}
	if !genuine {
		return s, nobody(Forged, "no key fits the cookie's signature")
	}
	return s, nil
}
