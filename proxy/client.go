package proxy

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Client is the address from which a request came, as far as that can be believed: the last one in X-Forwarded-For that no
// trusted proxy has, or the peer's own if that is not in a trusted network. What stands before it may be made up. The zero Addr
// stands for a peer without an address, as at a Unix socket.
func Client(r *http.Request, trusted []netip.Prefix) netip.Addr {
	believed := func(address netip.Addr) bool {
		return slices.ContainsFunc(trusted, func(network netip.Prefix) bool { return network.Contains(address) })
	}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	client := plain(peer.Addr())
	if len(r.Header["X-Forwarded-For"]) == 0 {
		return client
	}
	hops := strings.Split(strings.Join(r.Header["X-Forwarded-For"], ","), ",")
	for _, hop := range slices.Backward(hops) {
		if !believed(client) {
			break
		}
		before, ok := parseHop(strings.TrimSpace(hop))
		if !ok {
			break
		}
		client = before
	}
	return client
}

// parseHop reads one element of X-Forwarded-For. Some proxies write a port behind the address.
func parseHop(hop string) (netip.Addr, bool) {
	if address, err := netip.ParseAddr(strings.Trim(hop, "[]")); err == nil {
		return plain(address), true
	}
	both, err := netip.ParseAddrPort(hop)
	return plain(both.Addr()), err == nil
}

// plain is an address as networks are compared with it.
func plain(address netip.Addr) netip.Addr { return address.Unmap().WithZone("") }

// Share is all that stands for one client where limits are by client: its address, or of IPv6 the first 64 bits, because who has
// one address there has them all (RFC 6177 section 2).
func Share(client netip.Addr) netip.Prefix {
	bits := client.BitLen()
	if client.Is6() {
		bits = 64
	}
	share, _ := client.Prefix(bits) // of no address there is no prefix
	return share
}
