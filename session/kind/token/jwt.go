package token

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"tawkproxy/session/cookie"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
	"tawkproxy/session/seal"
)

// JWTOptions describe a site, or a service in front of it, that says who is logged in by a JSON Web Token: signed claims in
// compact form (RFC 7519, RFC 7515 section 7.1), in a cookie or in a header such as Authorization. The word Bearer in front of
// the token is taken off in either. A cookie too large for browsers may be cut into Cookie.0, Cookie.1 and so on.
//
// The algorithm is the one set here, whatever a token says, and keys come from here alone: jwk, jku, x5u and x5c of a token are
// not looked at. The mapping defaults to the standard claims (OpenID Connect Core 5.1): sub, name, email and phone_number.
type JWTOptions struct {
	recipe.Setup
	Algorithm string // HS256, RS256, PS256, ES256, each also with 384 and 512, or EdDSA (RFC 7518 section 3.1, RFC 8037)

	// Keys that may have signed: exactly one of these.
	Secrets   [][]byte // for HS…: newest first
	PublicKey []byte   // for the others: PEM, one or more public keys or certificates
	JWKS      string   // for the others: where a JSON Web Key Set is (RFC 7517), as https://…, http://… or file:///…

	Issuer   string            // what iss must be; "": not looked at
	Audience string            // what aud must be or list; "": not looked at
	Claims   map[string]string // what other claims must be, by dotted path
	NoExpiry bool              // tokens without exp count as well
	Leeway   time.Duration     // by which the issuer's clock may differ from ours
}

// NewJWT makes the recipe. Errors name the option that is wrong. The key set is not fetched before the first token comes; until it
// is there, who is logged in is unknown.
func NewJWT(o JWTOptions) (*recipe.Recipe, error) {
	keys, err := o.keySource()
	if err != nil {
		return nil, err
	}
	return o.recipe("jwt", seal.TokenVerifier{Keys: keys, Texts: true})
}

// recipe completes a verifier, in which a preset may have set what the options do not have.
func (o JWTOptions) recipe(name string, t seal.TokenVerifier) (*recipe.Recipe, error) {
	o.Mapping = seal.StandardClaims(o.Mapping)
	t.Algorithm, t.Issuer, t.Audience = jose.SignatureAlgorithm(o.Algorithm), o.Issuer, o.Audience
	t.Claims, t.Mapping = o.Claims, o.Mapping
	if cheap := strings.HasPrefix(o.Algorithm, "HS"); !cheap {
		t.Verified = recipe.NewCache(recipe.RememberTokens, recipe.RememberBytes, func(v seal.VerifiedToken) int { return v.State.Size() })
	}
	t.Leeway, t.NoExpiry, t.Aged = o.Leeway, o.NoExpiry, o.MaxAge > 0
	made, err := o.Setup.Recipe(name, cookie.Any(), record.ParseJSON, recipe.AtMost(seal.MaxToken), t.Open)
	if err != nil {
		return nil, err
	}
	made.Values = recipe.Chunked(o.Cookie)
	return made, nil
}

// keySource checks the algorithm and the keys.
func (o JWTOptions) keySource() (seal.KeySource, error) {
	secret := slices.Contains([]string{"HS256", "HS384", "HS512"}, o.Algorithm)
	public := slices.Contains([]string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"},
		o.Algorithm)
	var ring *seal.KeyRing
	var err error
	switch {
	case !secret && !public:
		return nil, fmt.Errorf("%q is not an algorithm that signs tokens", o.Algorithm)
	case secret && (len(o.PublicKey) > 0 || o.JWKS != ""):
		return nil, fmt.Errorf("%s is verified by a secret, not by a public key", o.Algorithm)
	case secret && len(o.Secrets) == 0:
		return nil, errors.New("the secret is missing")
	case secret:
		ring, err = seal.SecretRing(o.Secrets)
	case len(o.Secrets) > 0:
		return nil, fmt.Errorf("%s is verified by a public key, not by a secret", o.Algorithm)
	case (len(o.PublicKey) > 0) == (o.JWKS != ""):
		return nil, errors.New("either a public key or a key set is needed")
	case o.JWKS != "":
		set, err := seal.NewKeySet(o.JWKS, jose.SignatureAlgorithm(o.Algorithm))
		if err != nil {
			return nil, err
		}
		return set.Ring, nil
	default:
		ring, err = seal.PemRing(o.PublicKey, jose.SignatureAlgorithm(o.Algorithm))
	}
	if err != nil {
		return nil, err
	}
	return ring.ForAnyID, nil
}
