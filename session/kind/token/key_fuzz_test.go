package token

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"tawkproxy/session/seal"
)

// FuzzKeys reads key sets and PEM files.
func FuzzKeys(f *testing.F) {
	for _, variant := range []string{"jwt/rs256/jwks.json", "jwt/eddsa/jwks.json", "signed-headers/cloudflare-access/certs.json",
		"signed-headers/aws-alb/keys/" + albKID} {
		text, err := os.ReadFile(filepath.Join("testdata", filepath.FromSlash(variant)))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, method := range []jose.SignatureAlgorithm{jose.RS256, jose.ES256, jose.EdDSA} {
			rings, _ := seal.ParseKeySet(text, method)
			if ring, err := seal.PemRing(text, method); err == nil {
				rings = map[string]*seal.KeyRing{"": ring}
			}
			for kid, ring := range rings {
				for _, key := range ring.Keys {
					if !seal.Fits(method, key) {
						t.Errorf("the key %q of another kind for %s", kid, method)
					}
				}
				if ring.Verifies(method, []byte("a.b"), []byte("signature")) {
					t.Errorf("the key %q verifies anything", kid)
				}
			}
		}
	})
}
