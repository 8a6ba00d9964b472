package node

import (
	"cmp"
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
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

// AuthJS is the kind of sites that use Auth.js or NextAuth.js with its JWT strategy.
func AuthJS() kind.Kind {
	return kind.Kind{
		Name: "authjs", Title: "Auth.js and NextAuth.js",
		Guide:  "a Next.js or other site with Auth.js or NextAuth.js and the JWT strategy, its default",
		Cookie: "authjs.session-token",
		Needs:  []string{"TAWK_AUTHJS_SECRET"},
		Keys:   []string{"TAWK_AUTHJS_SECRET"},
		Signs:  kind.Signs{Value: `^eyJ[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$`, Cookies: []string{"next-auth.*", "__Host-next-auth.*", "__Secure-next-auth.*", "authjs.*", "__Host-authjs.*", "__Secure-authjs.*"}},
		Find:   findPackage(findAuthJS, "next-auth", "@auth/core", "@auth/express", "@auth/sveltekit"),
		New:    func() kind.Settings { return new(AuthJSOptions) },
	}
}

// AuthJSOptions describe a site that keeps its sessions with Auth.js or NextAuth.js 4 and the JWT strategy, the default of
// both: the cookie is an encrypted token (RFC 7516), cut into several cookies if it is long. The database strategy, in which
// the cookie is a bare id, is not read.
//
// The mapping defaults to the claims that the libraries set: sub, name and email. Logging out only deletes the cookie.
type AuthJSOptions struct {
	recipe.Setup // Cookie with or without __Secure-; without, both are tried; "": the usual names of both libraries

	// The site's `AUTH_SECRET` or `NEXTAUTH_SECRET`, newest first if there are several, written as the keys of
	// `TAWK_SESSION_KEY` are. Required.
	Secrets setting.Keys `env:"TAWK_AUTHJS_SECRET"`
}

func (a *AuthJSOptions) Rules(*setting.Common) []setting.Rule {
	return []setting.Rule{{Settings: []string{"TAWK_AUTHJS_SECRET"}, Check: func() error { return setting.SigningKeys(a.Secrets) }}}
}

func (a *AuthJSOptions) Open(site kind.Site) (session.Source, error) {
	a.Setup = site.Setup()
	return NewAuthJS(*a)
}

// authJSLeeway is by how much clocks may differ in the libraries (clockTolerance).
const authJSLeeway = 15 * time.Second

// NewAuthJS makes the recipe. Errors name the option that is wrong.
func NewAuthJS(o AuthJSOptions) (*recipe.Recipe, error) {
	names := []string{AuthJS().Cookie, "next-auth.session-token"}
	if o.Cookie != "" {
		names = []string{o.Cookie}
	}
	plain := slices.Clone(names)
	for _, name := range plain {
		if !strings.HasPrefix(name, secure) {
			names = append(names, secure+name)
		}
	}
	keys, err := authJSKeys(o.Secrets.Bytes(), names)
	if err != nil {
		return nil, err
	}
	o.Cookie = cmp.Or(o.Cookie, names[0])
	o.Mapping = seal.StandardClaims(o.Mapping)
	tokens := seal.TokenVerifier{Mapping: o.Mapping, Leeway: authJSLeeway, Aged: o.MaxAge > 0, Dates: true,
		NoExpiry: true} // jose, which reads them, does not demand an end
	recipe, err := recipe.Remembering(o.Recipe("authjs", cookie.Next(), record.ParseJSON, recipe.AtMost(seal.MaxToken), keys.open, tokens.CheckClaims))
	if err != nil {
		return nil, err
	}
	recipe.Cookie = strings.Join(plain, " or ")
	if len(plain) > 1 {
		recipe.Counts = securedOverHTTPS
	}
	recipe.Values = sessionStores(names)
	return recipe, nil
}

// secure begins the names of cookies that both libraries set where they know to be reached by https.
const secure = "__Secure-"

// securedOverHTTPS refuses the usual names without that over https (packages/core/src/lib/utils/cookie.ts, defaultCookies, the same in
// NextAuth.js 4). There the site does not look at them, and a token of version 4 fits any name: a member could plant an own one on
// somebody else, of whom the site then knows nothing.
func securedOverHTTPS(v *recipe.Visit, token cookie.Cookie) error {
	if !v.HTTPS || strings.HasPrefix(token.Name, secure) {
		return nil
	}
	return session.Nobodyf(session.Forged, "a cookie without __Secure- over https, where the site sets it with; if it does not, "+
		"TAWK_SESSION_COOKIE is the whole name")
}

// authJSSecrets are the keys that the secrets lead to, by the name of the cookie.
type authJSSecrets map[string][][]byte

// authJSKeys derives the keys once. Auth.js makes one for each cookie (packages/core/src/jwt.ts), for A256CBC-HS512 today and
// A256GCM before; NextAuth.js 4 makes one for all (packages/next-auth/src/jwt/index.ts). A token counts only in a cookie for which it
// was made: a site that reads one by another name sees nobody in it.
func authJSKeys(secrets [][]byte, cookies []string) (authJSSecrets, error) {
	keys := authJSSecrets{}
	for i, secret := range secrets {
		if len(secret) == 0 {
			return nil, fmt.Errorf("secret %d is empty", i+1)
		}
		derive := func(salt, info string, size int) []byte {
			key, err := hkdf.Key(sha256.New, secret, []byte(salt), info, size)
			if err != nil {
				panic(err) // only for sizes beyond 255 hashes
			}
			return key
		}
		version4 := derive("", "NextAuth.js Generated Encryption Key", 32)
		for _, cookie := range cookies {
			info := "Auth.js Generated Encryption Key (" + cookie + ")"
			keys[cookie] = append(keys[cookie], version4, derive(cookie, info, 64), derive(cookie, info, 32))
		}
	}
	if len(keys) == 0 {
		return nil, errors.New("the secret is missing")
	}
	return keys, nil
}

// open is the step that decrypts a token. Which of the two ciphers it is in decides only which keys have the right size.
func (s authJSSecrets) open(_ context.Context, v *recipe.Visit, state recipe.State) (recipe.State, error) {
	token, err := jose.ParseEncryptedCompact(string(state.Data), []jose.KeyAlgorithm{jose.DIRECT},
		[]jose.ContentEncryption{jose.A256CBC_HS512, jose.A256GCM})
	if err != nil {
		return state, session.Nobodyf(session.Malformed, "not a whole encrypted token")
	}
	for _, key := range s[state.Cookie] {
		if text, err := token.Decrypt(key); err == nil {
			v.Tell("a secret opens it")
			state.Data = text
			return state, nil
		}
	}
	return state, session.Nobodyf(session.Forged, "no secret fits the token")
}
