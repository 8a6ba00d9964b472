// Package header is the kind of sites behind an authenticating proxy that names the user in headers.
package header

import (
	"net/netip"
	"slices"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind"
)

// Header is the kind of sites behind an authenticating proxy.
func Header() kind.Kind {
	return kind.Kind{
		Name: "header", Title: "An authenticating proxy in front",
		Guide:   "an authenticating proxy in front names the user in headers",
		Ageless: true,
		New:     func() kind.Settings { return new(headerSettings) },
	}
}

type headerSettings struct {
	// Product whose headers are believed from `TAWK_TRUSTED_PROXIES` with `TAWK_SESSION=header`: `oauth2-proxy`,
	// `nginx-auth-request`, `authelia`, `tailscale` or `azure-easyauth`. For another, set `TAWK_USER_ID` and the like to the
	// names of its headers.
	Proxy string `env:"TAWK_HEADER_PROXY" values:"oauth2-proxy nginx-auth-request authelia tailscale azure-easyauth"`
}

func (h *headerSettings) Rules(common *setting.Common) []setting.Rule {
	return []setting.Rule{
		setting.NoQuery(common),
		{Settings: []string{"TAWK_TRUSTED_PROXIES"}, Check: func() error { return chosen(common.TrustedProxies) }},
		{Settings: []string{"TAWK_USER_ID", "TAWK_HEADER_PROXY"}, Check: func() error {
			if h.Proxy == "" && common.User.ID == "" {
				return setting.Wrong("write the name of the header with the user's id, or the product's name into TAWK_HEADER_PROXY",
					"is required with TAWK_SESSION=header but not set")
			}
			return nil
		}},
	}
}

// chosen checks that whoever is believed about who is logged in was chosen on purpose.
func chosen(trusted []netip.Prefix) error {
	everyone := func(network netip.Prefix) bool { return network.Bits() == 0 }
	named := func(network netip.Prefix) bool { return slices.Contains(trusted, network) }
	allPrivate := !slices.ContainsFunc(setting.Private(), func(network netip.Prefix) bool { return !named(network) })
	if len(trusted) == 0 || allPrivate || slices.ContainsFunc(trusted, everyone) {
		return setting.Wrong("write the addresses of the authenticating proxy alone, such as 127.0.0.1",
			"does not say who may name the user with TAWK_SESSION=header")
	}
	return nil
}

func (h *headerSettings) Open(site kind.Site) (session.Source, error) {
	return NewHeaders(HeaderOptions{Proxy: h.Proxy, Mapping: site.Mapping, Trusted: site.Trusted})
}
