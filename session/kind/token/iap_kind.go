package token

import (
	"strings"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind"
)

// GoogleIAP is the kind of sites behind Google's Identity-Aware Proxy.
func GoogleIAP() kind.Kind {
	return kind.Kind{
		Name: "google-iap", Title: "Google's Identity-Aware Proxy in front",
		Guide: "a site behind Google's Identity-Aware Proxy",
		Needs: []string{"TAWK_IAP_AUDIENCE"},
		Keys:  []string{"TAWK_IAP_AUDIENCE"},
		New:   func() kind.Settings { return new(googleIAPSettings) },
	}
}

type googleIAPSettings struct {
	// The `Signed Header JWT Audience`, such as `/projects/123456789/global/backendServices/987654321`. Required.
	Audience string `env:"TAWK_IAP_AUDIENCE"`
}

func (g *googleIAPSettings) Rules(*setting.Common) []setting.Rule {
	return []setting.Rule{{Settings: []string{"TAWK_IAP_AUDIENCE"}, Check: func() error {
		if g.Audience != "" && !strings.HasPrefix(g.Audience, "/projects/") {
			return setting.Wrong("write /projects/NUMBER/global/backendServices/ID or /projects/NUMBER/apps/PROJECT, as the console shows it",
				"is not the audience of an Identity-Aware Proxy")
		}
		return nil
	}}}
}

func (g *googleIAPSettings) Open(site kind.Site) (session.Source, error) {
	return NewGoogleIAP(GoogleIAPOptions{Setup: site.Setup(), Audience: g.Audience})
}
