package config

import (
	"log/slog"
	"net/netip"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
)

// parsers turn text into the types of fields that env does not know, or knows too generously. Their errors are a [Mistake].
var parsers = map[reflect.Type]env.ParserFunc{
	reflect.TypeFor[Secret]():         func(text string) (any, error) { return NewSecret(text), nil },
	reflect.TypeFor[Keys]():           parseKeys,
	reflect.TypeFor[Bytes]():          parseBytes,
	reflect.TypeFor[Pairs]():          parsePairs,
	reflect.TypeFor[url.URL]():        parseURL,
	reflect.TypeFor[[]netip.Prefix](): parseNetworks,
	reflect.TypeFor[[]string]():       parseList,
}

// remedies say what to write for the types that env parses itself.
var remedies = map[reflect.Type]string{
	reflect.TypeFor[bool]():          "write true or false",
	reflect.TypeFor[int]():           "write a whole number",
	reflect.TypeFor[time.Duration](): "write a number with its unit, such as 500ms, 5s or 1m30s",
	reflect.TypeFor[slog.Level]():    "write debug, info, warn or error",
}

// Bytes is a size.
type Bytes int64

func parseBytes(text string) (any, error) {
	digits := strings.TrimRight(text, "KMGiB")
	unit, known := map[string]Bytes{"": 1, "B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}[text[len(digits):]]
	n, err := strconv.ParseUint(strings.TrimSpace(digits), 10, 32)
	if err != nil || !known {
		return nil, wrong("write bytes such as 65536, or 64KiB or 1MiB", "%s is not a size", quote(text))
	}
	return Bytes(n) * unit, nil
}

// A Pair is a name and what belongs to it.
type Pair struct{ Name, Value string }

// Pairs are name=value, separated by commas.
type Pairs []Pair

func parsePairs(list string) (any, error) {
	var pairs Pairs
	for item := range strings.SplitSeq(list, ",") {
		name, value, ok := strings.Cut(strings.TrimSpace(item), "=")
		pair := Pair{strings.TrimSpace(name), strings.TrimSpace(value)}
		switch {
		case !ok || pair.Name == "":
			return nil, wrong("write name=value with commas between", "%s is not a pair", quote(item))
		case slices.ContainsFunc(pairs, func(p Pair) bool { return p.Name == pair.Name }):
			return nil, wrong("write each name once", "%s stands there twice", quote(pair.Name))
		}
		pairs = append(pairs, pair)
	}
	return pairs, nil
}

// parseURL reads a URL. Which schemes and parts are allowed is the setting's own rule; only a bare host or host:port is refused
// here, because it would pass for a path or for a scheme.
func parseURL(text string) (any, error) {
	u, err := url.Parse(text)
	guess, guessErr := url.Parse("http://" + text)
	switch {
	case guessErr == nil && guess.User == nil && guess.Host != "" && (guess.Port() != "" || err == nil && u.Scheme == ""):
		return nil, wrong("write http://"+text+" or https://"+text, "%s has no scheme", quote(text))
	case err != nil:
		return nil, wrong("write it as in http://host:port", "%s is not a URL", quote(text))
	}
	return *u, nil
}

// parseList reads what stands between commas.
func parseList(text string) (any, error) {
	list := strings.Split(text, ",")
	for i := range list {
		list[i] = strings.TrimSpace(list[i])
	}
	return slices.DeleteFunc(list, func(item string) bool { return item == "" }), nil
}

// private is the networks that are not reached from the Internet: RFC 1122 3.2.1.3, 1918, 3927, 4193, 4291.
var private = []netip.Prefix{
	netip.MustParsePrefix("127.0.0.0/8"),
	netip.MustParsePrefix("::1/128"),
	netip.MustParsePrefix("169.254.0.0/16"),
	netip.MustParsePrefix("fe80::/10"),
	netip.MustParsePrefix("10.0.0.0/8"),
	netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("fc00::/7"),
}

// parseNetworks reads addresses, networks and the word private, separated by commas, or the word none.
func parseNetworks(list string) (any, error) {
	networks := []netip.Prefix{}
	if list == "none" {
		return networks, nil
	}
	for item := range strings.SplitSeq(list, ",") {
		item = strings.TrimSpace(item)
		if item == "private" {
			networks = append(networks, private...)
			continue
		}
		network, err := parseNetwork(item)
		if err != nil {
			return nil, wrong("write addresses or networks such as 192.0.2.0/24 with commas between, private, or none",
				"%s is not a network", quote(item))
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
