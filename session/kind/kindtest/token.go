package kindtest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"hash"
	"maps"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"tawkproxy/session/sessiontest"
)

// EncryptToken makes a token as the libraries do, with the key that HKDF makes of secret, salt and info.
func EncryptToken(t testing.TB, encryption jose.ContentEncryption, size int, secret, salt, info, claims string) string {
	t.Helper()
	key, err := hkdf.Key(sha256.New, []byte(secret), []byte(salt), info, size)
	if err != nil {
		t.Fatal(err)
	}
	encrypter, err := jose.NewEncrypter(encryption, jose.Recipient{Algorithm: jose.DIRECT, Key: key}, nil)
	if err != nil {
		t.Fatal(err)
	}
	token, err := encrypter.Encrypt([]byte(claims))
	if err != nil {
		t.Fatal(err)
	}
	text, err := token.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// AdaClaims are claims that lead to a user, with the changes given; nil takes a claim away.
func AdaClaims(changes map[string]any) map[string]any {
	claims := map[string]any{"sub": "42", "name": "Ada Lovelace", "email": "ada@example.com", "iss": "https://login.example",
		"aud": "shop", "iat": sessiontest.IssuedAt.Unix(), "exp": sessiontest.IssuedAt.Add(time.Hour).Unix()}
	maps.Copy(claims, changes)
	maps.DeleteFunc(claims, func(_ string, value any) bool { return value == nil })
	return claims
}

// SignToken makes a token as go-jose does; the members of header are added to its header.
func SignToken(t testing.TB, algorithm string, key any, header, claims map[string]any) string {
	t.Helper()
	options := (&jose.SignerOptions{}).WithType("JWT")
	for name, value := range header {
		options.WithHeader(jose.HeaderKey(name), value)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.SignatureAlgorithm(algorithm), Key: key}, options)
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	token, err := signer.Sign(body)
	if err != nil {
		t.Fatal(err)
	}
	text, err := token.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// SignText makes a token of parts that no library would write, or with a secret that go-jose finds too short.
func SignText(t testing.TB, algorithm string, key any, header, body string) string {
	t.Helper()
	text := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(body))
	return text + "." + base64.RawURLEncoding.EncodeToString(Signature(t, algorithm, key, text))
}

// Signature signs a text: with a secret by the algorithm, with a private key by RS256, ES256 or EdDSA, as it is one of RSA, of P-256 or of
// Ed25519, whatever the algorithm.
func Signature(t testing.TB, algorithm string, key any, text string) []byte {
	t.Helper()
	digest := sha256.Sum256([]byte(text))
	var signature []byte
	var err error
	switch key := key.(type) {
	case []byte:
		mac := hmac.New(map[string]func() hash.Hash{"HS256": sha256.New, "HS384": sha512.New384, "HS512": sha512.New}[algorithm], key)
		mac.Write([]byte(text))
		return mac.Sum(nil)
	case *rsa.PrivateKey:
		signature, err = key.Sign(rand.Reader, digest[:], crypto.SHA256)
	case *ecdsa.PrivateKey: // P-256
		signature = make([]byte, 64)
		r, s, failure := ecdsa.Sign(rand.Reader, key, digest[:])
		if err = failure; err == nil {
			r.FillBytes(signature[:32])
			s.FillBytes(signature[32:])
		}
	case ed25519.PrivateKey:
		signature = ed25519.Sign(key, []byte(text))
	default:
		t.Fatalf("no way to sign with a %T", key)
	}
	if err != nil {
		t.Fatal(err)
	}
	return signature
}

func PublicPEM(t testing.TB, key any) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

// TestKeys makes a private key for every algorithm.
func TestKeys(t testing.TB) map[string]crypto.Signer {
	t.Helper()
	must := func(key crypto.Signer, err error) crypto.Signer {
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	rsaKey := must(rsa.GenerateKey(rand.Reader, 2048))
	curve := func(c elliptic.Curve) crypto.Signer { return must(ecdsa.GenerateKey(c, rand.Reader)) }
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	return map[string]crypto.Signer{"RS256": rsaKey, "RS384": rsaKey, "RS512": rsaKey, "PS256": rsaKey, "PS384": rsaKey,
		"PS512": rsaKey, "ES256": curve(elliptic.P256()), "ES384": curve(elliptic.P384()), "ES512": curve(elliptic.P521()),
		"EdDSA": must(edwards, err)}
}
