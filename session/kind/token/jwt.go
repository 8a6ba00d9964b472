// Package token is the kinds of sites that know their visitors by JSON Web Tokens, of their own or of a service in front.
package token

import (
	"errors"
	"fmt"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/cookie"
	"tawkproxy/session/kind"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
	"tawkproxy/session/seal"
)

// JWT is the kind of sites that use JSON Web Tokens.
func JWT() kind.Kind {
	return kind.Kind{
		Name: "jwt", Title: "JSON Web Tokens",
		Guide: "a site, or a service in front, with JSON Web Tokens in a cookie or a header",
		Needs: []string{"TAWK_JWT_ALGORITHM"},
		Keys:  []string{"TAWK_JWT_SECRET", "TAWK_JWT_PUBLIC_KEY", "TAWK_JWT_JWKS"},
		Forms: []string{"TAWK_JWT_ALGORITHM"},
		Signs: kind.Signs{Value: `^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+$`},
		New:   func() kind.Settings { return new(JWTOptions) },
	}
}

// JWTOptions describe a site, or a service in front of it, that says who is logged in by a JSON Web Token: signed claims in
// compact form (RFC 7519, RFC 7515 section 7.1), in a cookie or in a header such as Authorization. The word Bearer in front of
// the token is taken off in either. A cookie too large for browsers may be cut into Cookie.0, Cookie.1 and so on.
//
// The algorithm is the one set here, whatever a token says, and keys come from here alone: jwk, jku, x5u and x5c of a token are
// not looked at. The mapping defaults to the standard claims (OpenID Connect Core 5.1): sub, name, email and phone_number.
type JWTOptions struct {
	recipe.Setup

	// How tokens are signed, which is the only way they are accepted: with a secret `HS256`, `HS384` or `HS512`; with a public
	// key `RS256`, `RS384`, `RS512`, `PS256`, `PS384`, `PS512`, `ES256`, `ES384`, `ES512` or `EdDSA`. Required.
	Algorithm string `env:"TAWK_JWT_ALGORITHM" values:"HS256 HS384 HS512 RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA"`

	// Secrets with which the site signs its tokens, newest first, written as the keys of `TAWK_SESSION_KEY` are. Required for
	// `HS256`, `HS384` and `HS512`.
	Secrets setting.Keys `env:"TAWK_JWT_SECRET"`

	// Public key of who signs the tokens, as the text of a PEM file with one or more keys or certificates. For the other
	// algorithms, either this or `TAWK_JWT_JWKS` is required.
	PublicKey setting.Secret `env:"TAWK_JWT_PUBLIC_KEY"`

	// Where the key set of who signs the tokens is: `https://host/.well-known/jwks.json`, or `file:///path` of a file. It is
	// fetched again every hour, and when a token names a key that it lacks.
	JWKS url.URL `env:"TAWK_JWT_JWKS"`

	// What `iss` must be in a token. Required where there is a public key; `none` if the tokens have no issuer.
	Issuer string `env:"TAWK_JWT_ISSUER"`

	// What `aud` must be in a token, or one of its elements. Required where there is a public key; `none` if the tokens have no
	// audience.
	Audience string `env:"TAWK_JWT_AUDIENCE"`

	// Header of the request in which the token comes, such as `Authorization`, instead of a cookie or before it.
	TokenHeader string `env:"TAWK_JWT_HEADER"`

	// Whether tokens without an end, `exp`, are refused.
	RequireExp bool `env:"TAWK_JWT_REQUIRE_EXP" envDefault:"true"`

	// By how much the clock of who signs the tokens may differ; at most `5m`.
	Leeway time.Duration `env:"TAWK_JWT_LEEWAY" envDefault:"0s"`

	Claims map[string]string // what other claims must be, by dotted path
}

func (o *JWTOptions) Rules(common *setting.Common) []setting.Rule {
	public := o.Algorithm != "" && !strings.HasPrefix(o.Algorithm, "HS")
	needed := func(missing bool) func() error {
		return func() error {
			if missing {
				return setting.Missing("TAWK_JWT_ALGORITHM=" + o.Algorithm)
			}
			return nil
		}
	}
	return []setting.Rule{
		{Settings: []string{"TAWK_SESSION_COOKIE", "TAWK_JWT_HEADER"}, Check: func() error { return o.placed(common.Session.Cookie) }},
		{Settings: []string{"TAWK_JWT_SECRET", "TAWK_JWT_ALGORITHM"}, Check: needed(strings.HasPrefix(o.Algorithm, "HS") && len(o.Secrets) == 0)},
		{Settings: []string{"TAWK_JWT_SECRET"}, Check: func() error { return setting.SigningKeys(o.Secrets) }},
		{Settings: []string{"TAWK_JWT_PUBLIC_KEY"}, Check: o.unfold},
		{Settings: []string{"TAWK_JWT_PUBLIC_KEY", "TAWK_JWT_JWKS", "TAWK_JWT_ALGORITHM"}, Check: func() error { return o.keyed(public) }},
		{Settings: []string{"TAWK_JWT_JWKS"}, Check: func() error { return keySet(o.JWKS) }},
		{Settings: []string{"TAWK_JWT_JWKS"}, Check: func() error { return inTheClear(o.JWKS) }, Advice: true},
		{Settings: []string{"TAWK_JWT_ISSUER", "TAWK_JWT_ALGORITHM"}, Check: needed(public && o.Issuer == "")},
		{Settings: []string{"TAWK_JWT_AUDIENCE", "TAWK_JWT_ALGORITHM"}, Check: needed(public && o.Audience == "")},
		{Settings: []string{"TAWK_JWT_ISSUER"}, Check: func() error { return setting.None(&o.Issuer) }},
		{Settings: []string{"TAWK_JWT_AUDIENCE"}, Check: func() error { return setting.None(&o.Audience) }},
		{Settings: []string{"TAWK_JWT_HEADER"}, Check: func() error { return setting.HeaderName(o.TokenHeader) }},
		{Settings: []string{"TAWK_JWT_LEEWAY"}, Check: func() error {
			if o.Leeway < 0 || o.Leeway > 5*time.Minute {
				return setting.Wrong("write a time from 0s to 5m", "is too small or too large")
			}
			return nil
		}},
	}
}

// placed checks that it is known where tokens are.
func (o *JWTOptions) placed(cookie string) error {
	if cookie == "" && o.TokenHeader == "" {
		return setting.Wrong("write the name of the cookie that holds the token, or set TAWK_JWT_HEADER",
			"is required with TAWK_SESSION=jwt but not set")
	}
	return nil
}

// unfold brings a key into its usual form: where variables cannot hold line breaks, they are written \n.
func (o *JWTOptions) unfold() error {
	o.PublicKey = setting.NewSecret(strings.ReplaceAll(o.PublicKey.Reveal(), `\n`, "\n"))
	return nil
}

// keyed checks that there is one source of public keys, where the algorithm needs one.
func (o *JWTOptions) keyed(public bool) error {
	switch found := o.PublicKey.IsSet() || o.JWKS != (url.URL{}); {
	case public && !found:
		return setting.Wrong("write the public key in PEM here, or set TAWK_JWT_JWKS",
			"is required with TAWK_JWT_ALGORITHM=%s but not set", o.Algorithm)
	case found && !public && o.Algorithm != "":
		return setting.Wrong("remove it, or change the algorithm",
			"neither this nor TAWK_JWT_JWKS can be used with TAWK_JWT_ALGORITHM=%s", o.Algorithm)
	case o.PublicKey.IsSet() && o.JWKS != (url.URL{}):
		return setting.Wrong("remove one of the two", "TAWK_JWT_JWKS is set too")
	case o.PublicKey.IsSet() && !strings.Contains(o.PublicKey.Reveal(), "-----BEGIN "):
		return setting.Wrong("write the whole PEM file, from -----BEGIN on", "is not PEM")
	}
	return nil
}

// keySet checks where the key set is.
func keySet(u url.URL) error {
	switch {
	case u == (url.URL{}), (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil:
		return nil
	case u.Scheme == "":
		return setting.Wrong("write file://"+u.EscapedPath(), "is a path without a scheme")
	case u.Scheme == "file" && u.Host == "" && path.IsAbs(u.Path):
		return nil
	}
	return setting.Wrong("write https://host/path, or file:///path of a file", "is not the place of a key set")
}

// inTheClear warns of a key set that somebody between may change.
func inTheClear(u url.URL) error {
	if u.Scheme == "http" && !setting.Loopback(u.Hostname()) {
		return setting.Wrong("write https:// unless the network between is safe", "is fetched in the clear: who can change the answer can be anybody")
	}
	return nil
}

func (o *JWTOptions) Open(site kind.Site) (session.Source, error) {
	o.Setup = site.Setup()
	o.Header = o.TokenHeader
	return NewJWT(*o)
}

// NewJWT makes the recipe. Errors name the option that is wrong. The key set is not fetched before the first token comes; until it
// is there, who is logged in is unknown.
func NewJWT(o JWTOptions) (*recipe.Recipe, error) {
	keys, err := o.keySource()
	if err != nil {
		return nil, err
	}
	return o.recipe("jwt", seal.TokenVerifier{Keys: keys, Texts: true, NoExpiry: !o.RequireExp})
}

// recipe completes a verifier, in which a preset may have set what the options do not have.
func (o JWTOptions) recipe(name string, t seal.TokenVerifier) (*recipe.Recipe, error) {
	o.Mapping = seal.StandardClaims(o.Mapping)
	t.Algorithm, t.Issuer, t.Audience = jose.SignatureAlgorithm(o.Algorithm), o.Issuer, o.Audience
	t.Claims, t.Mapping = o.Claims, o.Mapping
	if cheap := strings.HasPrefix(o.Algorithm, "HS"); !cheap {
		t.Verified = recipe.NewCache(recipe.RememberTokens, recipe.RememberBytes, func(v seal.VerifiedToken) int { return v.State.Size() })
	}
	t.Leeway, t.Aged = o.Leeway, o.MaxAge > 0
	made, err := o.Setup.Recipe(name, cookie.Any(), record.ParseJSON, recipe.AtMost(seal.MaxToken), t.Open)
	if err != nil {
		return nil, err
	}
	made.Values = recipe.Chunked(o.Cookie)
	return made, nil
}

// keySource checks the algorithm and the keys.
func (o JWTOptions) keySource() (seal.KeySource, error) {
	algorithm := jose.SignatureAlgorithm(o.Algorithm)
	secret := strings.HasPrefix(o.Algorithm, "HS")
	hosted := o.JWKS != url.URL{}
	var ring *seal.KeyRing
	var err error
	switch {
	case !seal.Signs(algorithm):
		return nil, fmt.Errorf("%q is not an algorithm that signs tokens", o.Algorithm)
	case secret && (o.PublicKey.IsSet() || hosted):
		return nil, fmt.Errorf("%s is verified by a secret, not by a public key", o.Algorithm)
	case secret && len(o.Secrets) == 0:
		return nil, errors.New("the secret is missing")
	case secret:
		ring, err = seal.SecretRing(o.Secrets.Bytes())
	case len(o.Secrets) > 0:
		return nil, fmt.Errorf("%s is verified by a public key, not by a secret", o.Algorithm)
	case o.PublicKey.IsSet() == hosted:
		return nil, errors.New("either a public key or a key set is needed")
	case hosted:
		set, err := seal.NewKeySet(o.JWKS, algorithm)
		if err != nil {
			return nil, err
		}
		return set.Ring, nil
	default:
		ring, err = seal.PemRing([]byte(o.PublicKey.Reveal()), algorithm)
	}
	if err != nil {
		return nil, err
	}
	return ring.ForAnyID, nil
}
