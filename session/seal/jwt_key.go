package seal

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// A KeyRing is keys of which any may have signed a token.
type KeyRing struct {
	Keys []any // []byte, *rsa.PublicKey, *ecdsa.PublicKey or ed25519.PublicKey
}

// A KeySource knows the keys of that id; an empty one stands for a token that names no key. The error is a [session.Nobody] if there
// is certainly no such key, anything else if that could not be found out.
type KeySource func(ctx context.Context, now time.Time, kid string) (*KeyRing, error)

// Verifies tells whether one of the keys made the signature of text. All are tried, whichever fits.
func (r *KeyRing) Verifies(algorithm jose.SignatureAlgorithm, text, signature []byte) bool {
	verified := false
	for _, key := range r.Keys {
		verified = signed(algorithm, key, text, signature) || verified
	}
	return verified
}

// SecretRing holds keys that both sides know.
func SecretRing(secrets [][]byte) (*KeyRing, error) {
	ring := &KeyRing{}
	for i, secret := range secrets {
		if len(secret) == 0 {
			return nil, fmt.Errorf("secret %d is empty", i+1)
		}
		ring.Keys = append(ring.Keys, secret)
	}
	return ring, nil
}

// PemRing holds public keys written in PEM, all of which algorithm must be able to use.
func PemRing(text []byte, algorithm jose.SignatureAlgorithm) (*KeyRing, error) {
	ring := &KeyRing{}
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		key, err := publicKey(block)
		if err != nil {
			return nil, fmt.Errorf("public key %d: %w", len(ring.Keys)+1, err)
		}
		if !Fits(algorithm, key) {
			return nil, fmt.Errorf("public key %d is of another kind than %s needs", len(ring.Keys)+1, algorithm)
		}
		ring.Keys = append(ring.Keys, key)
	}
	if len(ring.Keys) == 0 {
		return nil, errors.New("the public key is not PEM, which begins with -----BEGIN")
	}
	return ring, nil
}

// ForAnyID is the [KeySource] of a ring whose keys count whichever a token names.
func (r *KeyRing) ForAnyID(context.Context, time.Time, string) (*KeyRing, error) { return r, nil }

func publicKey(block *pem.Block) (any, error) {
	switch block.Type {
	case "PUBLIC KEY":
		return x509.ParsePKIXPublicKey(block.Bytes)
	case "RSA PUBLIC KEY":
		return x509.ParsePKCS1PublicKey(block.Bytes)
	case "CERTIFICATE":
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		return certificate.PublicKey, nil
	}
	return nil, fmt.Errorf("a %s is neither a public key nor a certificate", block.Type)
}

// maxRSA bounds RSA keys, in bits: what is larger costs more time than it is worth.
const maxRSA = 16384

// Fits tells whether a key is of the kind that algorithm needs. A key of another kind in the place of one is an old trick.
func Fits(algorithm jose.SignatureAlgorithm, key any) bool {
	switch k := key.(type) {
	case *rsa.PublicKey:
		return k.N.BitLen() <= maxRSA &&
			slices.Contains([]jose.SignatureAlgorithm{jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512}, algorithm)
	case *ecdsa.PublicKey:
		return k.Curve == tokenCurves[algorithm]
	case ed25519.PublicKey:
		return algorithm == jose.EdDSA
	}
	return false
}
