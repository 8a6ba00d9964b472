// Package token is the kinds of sites that know their visitors by JSON Web Tokens, of their own or of a service in front.
package token

import (
	"net/url"
	"path"
	"strings"
	"time"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind"
)

// JWT is the kind of sites that use JSON Web Tokens.
func JWT() kind.Kind {
	return kind.Kind{
		Name: "jwt", Title: "JSON Web Tokens",
		Guide: "a site, or a service in front, with JSON Web Tokens in a cookie or a header",
		Needs: []string{"TAWK_JWT_ALGORITHM"},
		Keys:  []string{"TAWK_JWT_SECRET", "TAWK_JWT_PUBLIC_KEY", "TAWK_JWT_JWKS"},
		Forms: []string{"TAWK_JWT_ALGORITHM"},
		New:   func() kind.Settings { return new(jwtSettings) },
	}
}

type jwtSettings struct {
	// How tokens are signed, which is the only way they are accepted: with a secret `HS256`, `HS384` or `HS512`; with a public
	// key `RS256`, `RS384`, `RS512`, `PS256`, `PS384`, `PS512`, `ES256`, `ES384`, `ES512` or `EdDSA`. Required.
	Algorithm string `env:"TAWK_JWT_ALGORITHM" values:"HS256 HS384 HS512 RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA"`

	// Secrets with which the site signs its tokens, newest first, written as the keys of `TAWK_SESSION_KEY` are. Required for
	// `HS256`, `HS384` and `HS512`.
	Secret setting.Keys `env:"TAWK_JWT_SECRET"`

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
	Header string `env:"TAWK_JWT_HEADER"`

	// Whether tokens without an end, `exp`, are refused.
	RequireExp bool `env:"TAWK_JWT_REQUIRE_EXP" envDefault:"true"`

	// By how much the clock of who signs the tokens may differ; at most `5m`.
	Leeway time.Duration `env:"TAWK_JWT_LEEWAY" envDefault:"0s"`
}

func (j *jwtSettings) Rules(common *setting.Common) []setting.Rule {
	public := j.Algorithm != "" && !strings.HasPrefix(j.Algorithm, "HS")
	needed := func(missing bool) func() error {
		return func() error {
			if missing {
				return setting.Missing("TAWK_JWT_ALGORITHM=" + j.Algorithm)
			}
			return nil
		}
	}
	return []setting.Rule{
		{Settings: []string{"TAWK_SESSION_COOKIE", "TAWK_JWT_HEADER"}, Check: func() error { return j.placed(common.Session.Cookie) }},
		{Settings: []string{"TAWK_JWT_SECRET", "TAWK_JWT_ALGORITHM"}, Check: needed(strings.HasPrefix(j.Algorithm, "HS") && len(j.Secret) == 0)},
		{Settings: []string{"TAWK_JWT_SECRET"}, Check: func() error { return setting.SigningKeys(j.Secret) }},
		{Settings: []string{"TAWK_JWT_PUBLIC_KEY"}, Check: j.unfold},
		{Settings: []string{"TAWK_JWT_PUBLIC_KEY", "TAWK_JWT_JWKS", "TAWK_JWT_ALGORITHM"}, Check: func() error { return j.keyed(public) }},
		{Settings: []string{"TAWK_JWT_JWKS"}, Check: func() error { return keySet(j.JWKS) }},
		{Settings: []string{"TAWK_JWT_JWKS"}, Check: func() error { return inTheClear(j.JWKS) }, Advice: true},
		{Settings: []string{"TAWK_JWT_ISSUER", "TAWK_JWT_ALGORITHM"}, Check: needed(public && j.Issuer == "")},
		{Settings: []string{"TAWK_JWT_AUDIENCE", "TAWK_JWT_ALGORITHM"}, Check: needed(public && j.Audience == "")},
		{Settings: []string{"TAWK_JWT_ISSUER"}, Check: func() error { return setting.None(&j.Issuer) }},
		{Settings: []string{"TAWK_JWT_AUDIENCE"}, Check: func() error { return setting.None(&j.Audience) }},
		{Settings: []string{"TAWK_JWT_HEADER"}, Check: func() error { return setting.HeaderName(j.Header) }},
		{Settings: []string{"TAWK_JWT_LEEWAY"}, Check: func() error {
			if j.Leeway < 0 || j.Leeway > 5*time.Minute {
				return setting.Wrong("write a time from 0s to 5m", "is too small or too large")
			}
			return nil
		}},
	}
}

// placed checks that it is known where tokens are.
func (j *jwtSettings) placed(cookie string) error {
	if cookie == "" && j.Header == "" {
		return setting.Wrong("write the name of the cookie that holds the token, or set TAWK_JWT_HEADER",
			"is required with TAWK_SESSION=jwt but not set")
	}
	return nil
}

// unfold brings a key into its usual form: where variables cannot hold line breaks, they are written \n.
func (j *jwtSettings) unfold() error {
	j.PublicKey = setting.NewSecret(strings.ReplaceAll(j.PublicKey.Reveal(), `\n`, "\n"))
	return nil
}

// keyed checks that there is one source of public keys, where the algorithm needs one.
func (j *jwtSettings) keyed(public bool) error {
	switch found := j.PublicKey.IsSet() || j.JWKS != (url.URL{}); {
	case public && !found:
		return setting.Wrong("write the public key in PEM here, or set TAWK_JWT_JWKS",
			"is required with TAWK_JWT_ALGORITHM=%s but not set", j.Algorithm)
	case found && !public && j.Algorithm != "":
		return setting.Wrong("remove it, or change the algorithm",
			"neither this nor TAWK_JWT_JWKS can be used with TAWK_JWT_ALGORITHM=%s", j.Algorithm)
	case j.PublicKey.IsSet() && j.JWKS != (url.URL{}):
		return setting.Wrong("remove one of the two", "TAWK_JWT_JWKS is set too")
	case j.PublicKey.IsSet() && !strings.Contains(j.PublicKey.Reveal(), "-----BEGIN "):
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

func (j *jwtSettings) Open(site kind.Site) (session.Source, error) {
	setup := site.Setup()
	setup.Header = j.Header
	return NewJWT(JWTOptions{Setup: setup, Algorithm: j.Algorithm, Secrets: j.Secret.Bytes(),
		PublicKey: []byte(j.PublicKey.Reveal()), JWKS: j.JWKS.String(), Issuer: j.Issuer, Audience: j.Audience,
		NoExpiry: !j.RequireExp, Leeway: j.Leeway})
}
