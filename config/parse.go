package config

import (
	"log/slog"
	"net/netip"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"

	"tawkproxy/config/setting"
)

// parsers turn text into the types of fields that env does not know, or knows too generously. Their errors are a [setting.Mistake].
func parsers() map[reflect.Type]env.ParserFunc {
	all := setting.Parsers()
	all[reflect.TypeFor[url.URL]()] = parseURL
	all[reflect.TypeFor[[]netip.Prefix]()] = setting.ParseNetworks
	all[reflect.TypeFor[[]string]()] = parseList
	return all
}

// remedies say what to write for the types that env parses itself.
var remedies = map[reflect.Type]string{
	reflect.TypeFor[bool]():          "write true or false",
	reflect.TypeFor[int]():           "write a whole number",
	reflect.TypeFor[time.Duration](): "write a number with its unit, such as 500ms, 5s or 1m30s",
	reflect.TypeFor[slog.Level]():    "write debug, info, warn or error",
}

// parseURL reads a URL. Which schemes and parts are allowed is the setting's own rule; only a bare host or host:port is refused
// here, because it would pass for a path or for a scheme.
func parseURL(text string) (any, error) {
	u, err := url.Parse(text)
	guess, guessErr := url.Parse("http://" + text)
	switch {
	case guessErr == nil && guess.User == nil && guess.Host != "" && (guess.Port() != "" || err == nil && u.Scheme == ""):
		return nil, setting.Wrong("write http://"+text+" or https://"+text, "%s has no scheme", setting.Quote(text))
	case err != nil:
		return nil, setting.Wrong("write it as in http://host:port", "%s is not a URL", setting.Quote(text))
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
