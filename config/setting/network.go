package setting

import (
	"net/netip"
	"strings"
)

// Private returns the networks that are not reached from the Internet: RFC 1122 3.2.1.3, 1918, 3927, 4193, 4291.
func Private() []netip.Prefix {
	return []netip.Prefix{
		netip.MustParsePrefix("127.0.0.0/8"),
		netip.MustParsePrefix("::1/128"),
		netip.MustParsePrefix("169.254.0.0/16"),
		netip.MustParsePrefix("fe80::/10"),
		netip.MustParsePrefix("10.0.0.0/8"),
		netip.MustParsePrefix("172.16.0.0/12"),
		netip.MustParsePrefix("192.168.0.0/16"),
		netip.MustParsePrefix("fc00::/7"),
	}
}

// ParseNetworks reads addresses, networks and the word private, separated by commas, or the word none.
func ParseNetworks(list string) (any, error) {
	networks := []netip.Prefix{}
	if list == "none" {
		return networks, nil
	}
	for item := range strings.SplitSeq(list, ",") {
		item = strings.TrimSpace(item)
		if item == "private" {
			networks = append(networks, Private()...)
			continue
		}
		network, err := parseNetwork(item)
		if err != nil {
			return nil, Wrong("write addresses or networks such as 192.0.2.0/24 with commas between, private, or none",
				"%s is not a network", Quote(item))
		}
		networks = append(networks, network)
	}
	return networks, nil
}

func parseNetwork(text string) (netip.Prefix, error) {
	if strings.Contains(text, "/") {
		network, err := netip.ParsePrefix(text)
		return network.Masked(), err
	}
	address, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Prefix{}, err
	}
	address = address.Unmap()
	return netip.PrefixFrom(address, address.BitLen()), nil
}
