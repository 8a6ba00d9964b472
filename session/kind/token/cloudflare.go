package token

import (
	"cmp"
	"errors"
	"net/url"
	"strings"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind"
	"tawkproxy/session/recipe"
	"tawkproxy/session/seal"
)

// CloudflareAccess is the kind of sites behind Cloudflare Access.
func CloudflareAccess() kind.Kind {
	return kind.Kind{
		Name: "cloudflare-access", Title: "Cloudflare Access in front",
		Guide:  "a site behind Cloudflare Access",
		Cookie: "CF_Authorization",
		Needs:  []string{"TAWK_CLOUDFLARE_TEAM_DOMAIN", "TAWK_CLOUDFLARE_AUD"},
		Keys:   []string{"TAWK_CLOUDFLARE_TEAM_DOMAIN"},
		Signs:  kind.Signs{Cookies: []string{"CF_Authorization", "CF_AppSession"}},
		New:    func() kind.Settings { return new(CloudflareAccessOptions) },
	}
}

// CloudflareAccessOptions describe a site behind Cloudflare Access, which puts a token into the header
// Cf-Access-Jwt-Assertion of every request and into the cookie CF_Authorization
// (developers.cloudflare.com/cloudflare-one/identity/authorization-cookie/application-token). The header
// Cf-Access-Authenticated-User-Email beside it is not signed and is not read.
//
// The token has an id and an e-mail address, but no name. That of a service, not a person, has an empty id.
type CloudflareAccessOptions struct {
	recipe.Setup // Cookie and Header have defaults; the mapping has sub and email

	// The team domain, such as `example.cloudflareaccess.com`. Required.
	TeamDomain string `env:"TAWK_CLOUDFLARE_TEAM_DOMAIN"`

	// The Application Audience (AUD) Tag of the application. Required.
	Audience string `env:"TAWK_CLOUDFLARE_AUD"`

	JWKS url.URL // where the keys are; nothing: in the team's domain, at /cdn-cgi/access/certs
}

func (c *CloudflareAccessOptions) Rules(*setting.Common) []setting.Rule {
	return []setting.Rule{{Settings: []string{"TAWK_CLOUDFLARE_TEAM_DOMAIN"}, Check: c.usual}}
}

// usual brings a team's domain into its usual form. One that is not set is missed already.
func (c *CloudflareAccessOptions) usual() (err error) {
	if c.TeamDomain != "" {
		c.TeamDomain, err = teamDomain(c.TeamDomain)
	}
	return err
}

// teamDomain is a team's domain in its usual form.
func teamDomain(text string) (string, error) {
	text = strings.TrimSuffix(strings.TrimPrefix(text, "https://"), "/")
	if strings.ContainsAny(text, "/:@?# ") || !strings.Contains(text, ".") {
		return text, setting.Wrong("write it as in example.cloudflareaccess.com", "is not a team domain")
	}
	return text, nil
}

func (c *CloudflareAccessOptions) Open(site kind.Site) (session.Source, error) {
	c.Setup = site.Setup()
	return NewCloudflareAccess(*c)
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
		JWKS:   cmp.Or(o.JWKS, url.URL{Scheme: "https", Host: team, Path: "/cdn-cgi/access/certs"}),
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
