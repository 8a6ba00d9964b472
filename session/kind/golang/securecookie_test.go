package golang

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"testing"

	"github.com/gorilla/securecookie"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/recipe"
	"tawkproxy/session/sessiontest"
)

// Digest and cipher need not be set: a site may have called HashFunc, and has keys of the size that it likes.
func TestSecureCookie(t *testing.T) {
	key := []byte("a session key, thirty-two bytes.")
	for size, digest := range map[int]func() hash.Hash{0: sha1.New, 16: sha256.New, 24: sha512.New384, 32: sha512.New} {
		block := bytes.Repeat([]byte("b"), size)
		codec := securecookie.New(key, append([]byte(nil), block...)).HashFunc(digest)
		value, err := codec.Encode("shop", map[any]any{"id": 42})
		if err != nil {
			t.Fatal(err)
		}
		source := kindtest.MustOpen(t)(NewGorilla(kindtest.Usual(GorillaOptions{Keys: setting.NewKeys([]byte("new"), key), BlockKeys: setting.NewKeys(nil, block),
			Setup: recipe.Setup{Cookie: "shop", Mapping: session.Mapping{ID: "id"}}})))
		for sent, want := range map[string]session.Reason{value: "", `"` + value + `"`: "", value[:len(value)-4]: session.Forged, value[:8]: session.Malformed} {
			u, err := source.Identify(sessiontest.WithCookie("shop", sent), nil)
			if reason, _ := session.NobodyReason(err); reason != want || err == nil && u.ID != "42" {
				t.Errorf("block key of %d bytes, %d of %d characters: got %+v, %v", size, len(sent), len(value), u, err)
			}
		}
	}
}
