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

// usual brings a team's domain into its usual form. One that is not set is missed already.
func (c *cloudflareAccessSettings) usual() (err error) {
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

func (c *cloudflareAccessSettings) Open(site kind.Site) (session.Source, error) {
	return NewCloudflareAccess(CloudflareAccessOptions{Setup: site.Setup(), TeamDomain: c.TeamDomain, Audience: c.Audience})
}
