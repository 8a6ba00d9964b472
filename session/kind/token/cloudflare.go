package token

import (
	"cmp"
	"errors"

	"tawkproxy/session/recipe"
	"tawkproxy/session/seal"
)

// CloudflareAccessOptions describe a site behind Cloudflare Access, which puts a token into the header
// Cf-Access-Jwt-Assertion of every request and into the cookie CF_Authorization
// (developers.cloudflare.com/cloudflare-one/identity/authorization-cookie/application-token). The header
// Cf-Access-Authenticated-User-Email beside it is not signed and is not read.
//
// The token has an id and an e-mail address, but no name. That of a service, not a person, has an empty id.
type CloudflareAccessOptions struct {
	recipe.Setup        // Cookie and Header have defaults; the mapping has sub and email
	TeamDomain   string // such as example.cloudflareaccess.com
	Audience     string // Application Audience (AUD) Tag of the application
	JWKS         string // where the keys are; "": in the team's domain, at /cdn-cgi/access/certs
}

// NewCloudflareAccess makes the recipe. Errors name the option that is wrong.
func NewCloudflareAccess(o CloudflareAccessOptions) (*recipe.Recipe, error) {
	team, err := teamDomain(o.TeamDomain)
	switch {
	case err != nil:
		return nil, err
	case o.Audience == "":
		return nil, errors.New("the application audience tag is missing")
	}
	o.Header = cmp.Or(o.Header, "Cf-Access-Jwt-Assertion")
	o.Cookie = cmp.Or(o.Cookie, CloudflareAccess().Cookie)
	token := JWTOptions{Setup: o.Setup, Algorithm: "RS256", Issuer: "https://" + team, Audience: o.Audience,
		JWKS:   cmp.Or(o.JWKS, "https://"+team+"/cdn-cgi/access/certs"),
		Claims: map[string]string{"type": "app"}} // a token of type org would open every application of the team
	keys, err := token.keySource()
	if err != nil {
		return nil, err
	}
	recipe, err := token.recipe("cloudflare-access", seal.TokenVerifier{Keys: keys})
	if err != nil {
		return nil, err
	}
	recipe.Family = []string{"Cf-Access-"}
	return recipe, nil
}
