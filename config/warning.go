package config

import (
	"cmp"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"unicode/utf8"

	"tawkproxy/config/setting"
)

// Warnings lists what can be right but seldom is, one line each, to be logged at start.
func (c Config) Warnings() []string { return c.warnings }

// keyLength is how many characters tawk.to's secret keys have, as far as they are known; its documentation does not say.
const keyLength = 40

func (l *loader) warnings() []string {
	var all []string
	warn := func(setting string, mistake setting.Mistake) {
		mistake.Name = cmp.Or(l.origin[setting], setting)
		all = append(all, mistake.Error())
	}
	key := l.config.Widget.Key.Reveal()
	if n := utf8.RuneCountInString(key); n != keyLength {
		warn("TAWK_SECRET_KEY", setting.Wrong("check that nothing was cut off or added", "has %d characters, not the usual %d", n, keyLength))
	}
	for _, s := range l.settings {
		if s.secret && quoted(l.values[s.name]) {
			warn(s.name, setting.Wrong("remove them unless they belong to the secret", "has quotation marks, which count as part of it"))
		}
	}
	for _, s := range l.settings {
		keys, _ := s.value.Interface().(setting.Keys)
		for i, key := range keys {
			if strings.Contains(key.Reveal(), ", ") && strings.Contains(l.values[s.name], ", ") {
				warn(s.name, setting.Wrong("if these are several keys, remove the blank: keys in a list stand without",
					"has a comma with a blank behind it in key %d, which counts as part of that key", i+1))
			}
		}
	}
	if slices.ContainsFunc(l.config.Site.TrustedProxies, func(network netip.Prefix) bool { return network.Bits() == 0 }) {
		warn("TAWK_TRUSTED_PROXIES", setting.Wrong("write the networks of your own proxies", "lets every visitor pretend to come from anywhere"))
	}
	for _, rule := range l.rules {
		if mistake, is := errors.AsType[setting.Mistake](rule.Check()); rule.Advice && is {
			warn(rule.Settings[0], mistake)
		}
	}
	return all
}
