package token

import (
	"cmp"
	"errors"
	"time"

	"tawkproxy/session/recipe"
	"tawkproxy/session/seal"
)

// GoogleIAPOptions describe a site behind Google's Identity-Aware Proxy, which puts a token into the header
// X-Goog-IAP-JWT-Assertion (cloud.google.com/iap/docs/signed-headers-howto). The headers X-Goog-Authenticated-User-Id and -Email
// beside it are not signed and are not read.
//
// The token has an id and an e-mail address, but no name. The id begins with who vouches for it, such as accounts.google.com:,
// and is left so: the same number may mean somebody else with another provider.
type GoogleIAPOptions struct {
	recipe.Setup        // Header has a default; the mapping has sub and email
	Audience     string // /projects/NUMBER/global/backendServices/ID or /projects/NUMBER/apps/PROJECT
	JWKS         string // where the keys are; "": where Google publishes them
}

// NewGoogleIAP makes the recipe. Errors name the option that is wrong.
func NewGoogleIAP(o GoogleIAPOptions) (*recipe.Recipe, error) {
	if o.Audience == "" {
		return nil, errors.New("the audience is missing")
	}
	o.Header = cmp.Or(o.Header, "X-Goog-Iap-Jwt-Assertion")
	token := JWTOptions{Setup: o.Setup, Algorithm: "ES256", Issuer: "https://cloud.google.com/iap", Audience: o.Audience,
		JWKS:   cmp.Or(o.JWKS, "https://www.gstatic.com/iap/verify/public_key-jwk"),
		Leeway: 30 * time.Second} // as Google's documentation asks for
	keys, err := token.keySource()
	if err != nil {
		return nil, err
	}
	recipe, err := token.recipe("google-iap", seal.TokenVerifier{Keys: keys})
	if err != nil {
		return nil, err
	}
	recipe.Family = []string{"X-Goog-Iap-", "X-Goog-Authenticated-User-"}
	return recipe, nil
}
