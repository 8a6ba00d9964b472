package config

import (
	"fmt"
	"log/slog"
	"strings"
)

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
		if s.secret {
			text = fmt.Sprint(s.value.Interface())
		}
		pairs = append(pairs, slog.String(s.name, text))
	}
	return pairs
}
