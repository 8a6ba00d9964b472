package token

import (
	"cmp"
	"errors"
	"net/url"
	"strings"
	"time"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind"
	"tawkproxy/session/recipe"
	"tawkproxy/session/seal"
)

// GoogleIAP is the kind of sites behind Google's Identity-Aware Proxy.
func GoogleIAP() kind.Kind {
	return kind.Kind{
		Name: "google-iap", Title: "Google's Identity-Aware Proxy in front",
		Guide: "a site behind Google's Identity-Aware Proxy",
		Needs: []string{"TAWK_IAP_AUDIENCE"},
		Keys:  []string{"TAWK_IAP_AUDIENCE"},
		Signs: kind.Signs{Cookies: []string{"GCP_IAP_UID", "GCP_IAP_XSRF_NONCE*"}, Headers: []string{"X-Goog-Iap-Generated-Response: "}},
		New:   func() kind.Settings { return new(GoogleIAPOptions) },
	}
}

// GoogleIAPOptions describe a site behind Google's Identity-Aware Proxy, which puts a token into the header
// X-Goog-IAP-JWT-Assertion (cloud.google.com/iap/docs/signed-headers-howto). The headers X-Goog-Authenticated-User-Id and -Email
// beside it are not signed and are not read.
//
// The token has an id and an e-mail address, but no name. The id begins with who vouches for it, such as accounts.google.com:,
// and is left so: the same number may mean somebody else with another provider.
type GoogleIAPOptions struct {
	recipe.Setup // Header has a default; the mapping has sub and email

	// The `Signed Header JWT Audience`, such as `/projects/123456789/global/backendServices/987654321`. Required.
	Audience string `env:"TAWK_IAP_AUDIENCE"`

	JWKS url.URL // where the keys are; nothing: where Google publishes them
}

func (g *GoogleIAPOptions) Rules(*setting.Common) []setting.Rule {
	return []setting.Rule{{Settings: []string{"TAWK_IAP_AUDIENCE"}, Check: func() error {
		if g.Audience != "" && !strings.HasPrefix(g.Audience, "/projects/") {
			return setting.Wrong("write /projects/NUMBER/global/backendServices/ID or /projects/NUMBER/apps/PROJECT, as the console shows it",
				"is not the audience of an Identity-Aware Proxy")
		}
		return nil
	}}}
}

func (g *GoogleIAPOptions) Open(site kind.Site) (session.Source, error) {
	g.Setup = site.Setup()
	return NewGoogleIAP(*g)
}

// NewGoogleIAP makes the recipe. Errors name the option that is wrong.
func NewGoogleIAP(o GoogleIAPOptions) (*recipe.Recipe, error) {
	if o.Audience == "" {
		return nil, errors.New("the audience is missing")
	}
	o.Header = cmp.Or(o.Header, "X-Goog-Iap-Jwt-Assertion")
	token := JWTOptions{Setup: o.Setup, Algorithm: "ES256", Issuer: "https://cloud.google.com/iap", Audience: o.Audience,
		JWKS:   cmp.Or(o.JWKS, url.URL{Scheme: "https", Host: "www.gstatic.com", Path: "/iap/verify/public_key-jwk"}),
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
