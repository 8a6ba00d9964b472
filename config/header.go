package config

import (
	"net/netip"
	"slices"

	"tawkproxy/config/setting"
)

// authProxies checks that whoever is believed about who is logged in was chosen on purpose.
func authProxies(kind string, trusted []netip.Prefix) error {
	everyone := func(network netip.Prefix) bool { return network.Bits() == 0 }
	allPrivate := !slices.ContainsFunc(private, func(network netip.Prefix) bool { return !slices.Contains(trusted, network) })
	if kind == "header" && (len(trusted) == 0 || allPrivate || slices.ContainsFunc(trusted, everyone)) {
		return setting.Wrong("write the addresses of the authenticating proxy alone, such as 127.0.0.1",
			"does not say who may name the user with TAWK_SESSION=header")
	}
	return nil
}

// headerID checks that it is known in which header the user's id stands.
func headerID(kind, proxy, id string) error {
	if kind == "header" && proxy == "" && id == "" {
		return setting.Wrong("write the name of the header with the user's id, or the product's name into TAWK_HEADER_PROXY",
			"is required with TAWK_SESSION=header but not set")
	}
	return nil
}
