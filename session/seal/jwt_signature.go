package seal

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rsa"
	_ "crypto/sha256"
	_ "crypto/sha512"
	"math/big"

	"github.com/go-jose/go-jose/v4"
)

// tokenHashes are the hash functions of the algorithms (RFC 7518 section 3.1); EdDSA has its own.
var tokenHashes = map[jose.SignatureAlgorithm]crypto.Hash{
	jose.HS256: crypto.SHA256, jose.HS384: crypto.SHA384, jose.HS512: crypto.SHA512,
	jose.RS256: crypto.SHA256, jose.RS384: crypto.SHA384, jose.RS512: crypto.SHA512,
	jose.PS256: crypto.SHA256, jose.PS384: crypto.SHA384, jose.PS512: crypto.SHA512,
	jose.ES256: crypto.SHA256, jose.ES384: crypto.SHA384, jose.ES512: crypto.SHA512,
}

// tokenCurves are the curves of ECDSA's algorithms, each of which has one (RFC 7518 section 3.4).
var tokenCurves = map[jose.SignatureAlgorithm]elliptic.Curve{
	jose.ES256: elliptic.P256(), jose.ES384: elliptic.P384(), jose.ES512: elliptic.P521(),
}

// Signs tells whether an algorithm is one by which tokens are signed.
func Signs(algorithm jose.SignatureAlgorithm) bool {
	return tokenHashes[algorithm] != 0 || algorithm == jose.EdDSA
}

// signed tells whether key made the signature of text (RFC 7518 section 3, RFC 8037 section 3.1). A key of another kind than the
// algorithm needs made none.
//
// The signature is not left to go-jose, which looks at what it has decoded and encoded anew: it would not see padding that is signed, nor
// that base 64 has stray bits; it reads claims and certificates before; and it refuses secrets shorter than the hash, which sites have.
func signed(algorithm jose.SignatureAlgorithm, key any, text, signature []byte) bool {
	hash := tokenHashes[algorithm]
	digest := func() []byte {
		h := hash.New()
		h.Write(text)
		return h.Sum(nil)
	}
	switch algorithm {
	case jose.HS256, jose.HS384, jose.HS512:
		secret, ok := key.([]byte)
		mac := hmac.New(hash.New, secret)
		mac.Write(text)
		return ok && hmac.Equal(signature, mac.Sum(nil))
	case jose.RS256, jose.RS384, jose.RS512:
		public, ok := key.(*rsa.PublicKey)
		return ok && rsa.VerifyPKCS1v15(public, hash, digest(), signature) == nil
	case jose.PS256, jose.PS384, jose.PS512:
		public, ok := key.(*rsa.PublicKey)
		return ok && rsa.VerifyPSS(public, hash, digest(), signature, nil) == nil
	case jose.ES256, jose.ES384, jose.ES512:
		public, ok := key.(*ecdsa.PublicKey)
		half := (tokenCurves[algorithm].Params().BitSize + 7) / 8
		if !ok || public.Curve != tokenCurves[algorithm] || len(signature) != 2*half {
			return false
		}
		r, s := new(big.Int).SetBytes(signature[:half]), new(big.Int).SetBytes(signature[half:])
		return ecdsa.Verify(public, digest(), r, s)
	case jose.EdDSA:
		public, ok := key.(ed25519.PublicKey)
		return ok && len(public) == ed25519.PublicKeySize && ed25519.Verify(public, text, signature)
	}
	return false
}
