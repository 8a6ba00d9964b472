package config

import (
	"fmt"
	"log/slog"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// places are the settings that are secret only because a password may stand in an address.
var places = []string{"TAWK_SESSION_STORE", "TAWK_PHP_SAVE_PATH", "TAWK_USER_DSN"}

var (
	// plainPlace is a folder, also as PHP writes one, or a word.
	plainPlace = regexp.MustCompile(`^(([0-9]+;){0,2}/[\w./ -]*|database|cookie)$`)

	// Where an address is not written as it should be, a password may stand anywhere in it.
	plainHost = regexp.MustCompile(`^([\w.-]*|\[[0-9A-Fa-f:.]+\])(:[0-9]+)?$`)
	plainPath = regexp.MustCompile(`^[\w./-]*$`)
)

// withoutSecrets is the part of an address that says where something is: no account, no password, no parameters. It reports false
// if there is no telling which part that is.
func withoutSecrets(address string) (string, bool) {
	if plainPlace.MatchString(address) {
		return address, true
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "" || u.Opaque != "" || !plainHost.MatchString(u.Host) || !plainPath.MatchString(u.Path) ||
		u.User == nil && strings.Contains(address, "@") {
		return "", false
	}
	return u.Scheme + "://" + u.Host + u.Path, true
}

// LogValue implements [slog.LogValuer]: what is set, by the names of the variables. Defaults are left out and secrets withheld.
func (c Config) LogValue() slog.Value { return slog.GroupValue(c.inForce...) }

// String is the same as [Config.LogValue] in one line: NAME=VALUE with blanks between.
func (c Config) String() string {
	pairs := make([]string, len(c.inForce))
	for i, pair := range c.inForce {
		pairs[i] = pair.String()
	}
	return strings.Join(pairs, " ")
}

// inForce lists what is set.
func (l *loader) inForce() []slog.Attr {
	var pairs []slog.Attr
	for _, s := range l.settings {
		text := l.values[s.name]
		if text == "" {
			continue
		}
		if public, ok := withoutSecrets(text); s.secret && ok && slices.Contains(places, s.name) {
			text = public
		} else if s.secret {
			text = fmt.Sprint(s.value.Interface())
		}
		pairs = append(pairs, slog.String(s.name, text))
	}
	return pairs
}
