package seal

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"

	"tawkproxy/session"
	"tawkproxy/session/recipe"
)

// A keygrip checks the signatures that the Node libraries keygrip and cookies put into a second cookie, name.sig, beside the
// one that they sign.
type keygrip struct {
	cookie string
	keys   [][]byte // newest first
	digest func() hash.Hash
}

// NewKeygrip checks the keys. The digest is sha1 unless the site has chosen another.
func NewKeygrip(cookie string, keys [][]byte, digest string) (*keygrip, error) {
	digests := map[string]func() hash.Hash{"sha1": sha1.New, "sha256": sha256.New, "sha384": sha512.New384, "sha512": sha512.New}
	g := &keygrip{cookie: cookie, keys: keys, digest: digests[digest]}
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

// Verify is the step that lets a value pass which the signature beside it covers, under its own name.
func (g *keygrip) Verify(_ context.Context, v *recipe.Visit, s recipe.State) (recipe.State, error) {
	signatures := v.Cookies.Values(g.cookie + ".sig")
	if len(signatures) == 0 {
		return s, session.Nobodyf(session.Forged, "the cookie is not signed")
	}
	genuine := false
	for _, key := range g.keys {
		mac := hmac.New(g.digest, key)
		mac.Write([]byte(g.cookie + "="))
		mac.Write(s.Data)
		want := []byte(base64.RawURLEncoding.EncodeToString(mac.Sum(nil)))
		genuine = hmac.Equal(want, []byte(signatures[0])) || genuine
	}
	if !genuine {
		return s, session.Nobodyf(session.Forged, "no key fits the cookie's signature")
	}
	v.Tell("a key fits the signature beside it")
	return s, nil
}

// TwoCookies lets a recipe know that the signature is in a cookie of its own.
func (g *keygrip) TwoCookies(r *recipe.Recipe, err error) (*recipe.Recipe, error) {
	if err == nil {
		r.OtherCookies = true
	}
	return r, err
}
