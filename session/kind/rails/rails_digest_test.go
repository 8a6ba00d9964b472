package rails

import (
	"crypto/sha1"
	"crypto/sha256"
	"hash"
	"testing"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/recipe"
	"tawkproxy/session/sessiontest"
)

// A site that says by which digest it derives its keys, and rotates nothing, refuses the cookies of the other: so do we if told.
func TestRailsKeyDigest(t *testing.T) {
	digests := map[string]func() hash.Hash{"sha1": sha1.New, "sha256": sha256.New}
	for said, accepted := range map[string][]string{"": {"sha1", "sha256"}, "sha1": {"sha1"}, "sha256": {"sha256"}} {
		counts := map[string]bool{}
		for _, name := range accepted {
			counts[name] = true
		}
		for name, digest := range digests {
			w := kindtest.RailsWriter{T: t, Secret: "secret", Digest: digest, Rounds: 1000}
			for form, cookie := range map[string]string{
				"GCM":    w.Gcm("authenticated encrypted cookie", `{"id":42}`),
				"CBC":    w.Cbc(railsPadded(`{"id":42}`)),
				"signed": w.Sign(w.Key("signed cookie", 64), sha1.New, `{"id":42}`),
			} {
				source := kindtest.MustOpen(t)(NewRails(kindtest.Usual(RailsOptions{SecretKeyBases: setting.NewKeys([]byte("secret")), KeyDigest: said,
					Form: form, Setup: recipe.Setup{Cookie: "s", Mapping: session.Mapping{ID: "id"}}})))
				u, err := source.Identify(sessiontest.WithCookie("s", cookie), nil)
				if reason, _ := session.NobodyReason(err); (u.ID == "42") != counts[name] || (reason == session.Forged) == counts[name] {
					t.Errorf("%q is said, %s of %s: got %+v, %v", said, form, name, u, err)
				}
			}
		}
	}
	if _, err := NewRails(kindtest.Usual(RailsOptions{SecretKeyBases: setting.NewKeys([]byte("secret")), KeyDigest: "md5", Setup: recipe.Setup{Cookie: "s"}})); err == nil {
		t.Error("md5 is accepted")
	}
}
