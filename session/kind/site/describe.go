package site

import (
	"log/slog"

	"tawkproxy/session"
)

// LogValue tells the operator what the site is asked.
func (a *Asker) LogValue() slog.Value {
	return session.Logged("kind", "site", "cookie", a.cookie, "asks", a.path.Path, a.mapping)
}

// LogValue tells the operator which headers the site adds.
func (s *Responses) LogValue() slog.Value {
	asks := ""
	if s.ask != nil {
		asks = s.ask.path.Path
	}
	return session.Logged("kind", "response", "asks", asks, s.mapping)
}
