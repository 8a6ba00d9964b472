package proxy

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Visitor returns what tells visitors apart by where they come from: the address, or of IPv6 its first 64 bits, as whoever has one
// address there has them all (RFC 6177). It is that of the peer; behind proxies in the trusted networks it is the last one in
// X-Forwarded-For that is not of such a proxy, because those before it may be made up.
func Visitor(trusted []netip.Prefix) func(*http.Request) string {
	known := func(address netip.Addr) bool {
		return slices.ContainsFunc(trusted, func(network netip.Prefix) bool { return network.Contains(address) })
	}
	return func(r *http.Request) string {
		address, ok := hop(r.RemoteAddr)
		if !ok {
			return r.RemoteAddr
		}
		hops := strings.Split(strings.Join(r.Header["X-Forwarded-For"], ","), ",")
		for _, text := range slices.Backward(hops) {
			if !known(address) {
				break
			}
			before, ok := hop(strings.TrimSpace(text))
			if !ok {
				break
			}
			address = before
		}
		if address.Is6() {
			if network, err := address.Prefix(64); err == nil {
				return network.String()
			}
		}
		return address.String()
	}
}

// hop reads an address. Some proxies write a port behind it.
func hop(text string) (netip.Addr, bool) {
	address, err := netip.ParseAddr(text)
	if err != nil {
		var pair netip.AddrPort
		pair, err = netip.ParseAddrPort(text)
		address = pair.Addr()
	}
	return address.Unmap().WithZone(""), err == nil
}
