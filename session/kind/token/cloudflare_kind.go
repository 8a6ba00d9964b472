package token

import (
	"strings"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind"
)

// CloudflareAccess is the kind of sites behind Cloudflare Access.
func CloudflareAccess() kind.Kind {
	return kind.Kind{
		Name: "cloudflare-access", Title: "Cloudflare Access in front",
		Guide:  "a site behind Cloudflare Access",
		Cookie: "CF_Authorization",
		Needs:  []string{"TAWK_CLOUDFLARE_TEAM_DOMAIN", "TAWK_CLOUDFLARE_AUD"},
		Keys:   []string{"TAWK_CLOUDFLARE_TEAM_DOMAIN"},
		New:    func() kind.Settings { return new(cloudflareAccessSettings) },
	}
}

type cloudflareAccessSettings struct {
	// The team domain, such as `example.cloudflareaccess.com`. Required.
	TeamDomain string `env:"TAWK_CLOUDFLARE_TEAM_DOMAIN"`

	// The Application Audience (AUD) Tag of the application. Required.
	Audience string `env:"TAWK_CLOUDFLARE_AUD"`
}

func (c *cloudflareAccessSettings) Rules(*setting.Common) []setting.Rule {
	return []setting.Rule{{Settings: []string{"TAWK_CLOUDFLARE_TEAM_DOMAIN"}, Check: c.usual}}
}

// usual brings a team's domain into its usual form.
func (c *cloudflareAccessSettings) usual() error {
	c.TeamDomain = strings.TrimSuffix(strings.TrimPrefix(c.TeamDomain, "https://"), "/")
	if strings.ContainsAny(c.TeamDomain, "/:@?# ") || c.TeamDomain != "" && !strings.Contains(c.TeamDomain, ".") {
		return setting.Wrong("write it as in example.cloudflareaccess.com", "is not a team domain")
	}
	return nil
}

func (c *cloudflareAccessSettings) Open(site kind.Site) (session.Source, error) {
	return NewCloudflareAccess(CloudflareAccessOptions{Setup: site.Setup(), TeamDomain: c.TeamDomain, Audience: c.Audience})
}
