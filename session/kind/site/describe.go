package site

import (
	"log/slog"

	"tawkproxy/session"
)

// LogValue tells the operator what the site is asked.
func (a *Asker) LogValue() slog.Value {
	return session.Logged("kind", "site", "cookie", a.cookie, "asks", a.path.Path, "sends", a.headers.String(), a.mapping)
}

// LogValue tells the operator which headers the site adds.
func (s *Responses) LogValue() slog.Value {
	asks, sends := "", ""
	if s.ask != nil {
		asks, sends = s.ask.path.Path, s.ask.headers.String()
	}
	return session.Logged("kind", "response", "asks", asks, "sends", sends, s.mapping)
}

// About implements [session.Source].
func (a *Asker) About() session.About {
	return session.About{Cookie: a.cookie, Reads: session.NamedOrPiece(a.cookie), Deferred: true, Guard: a.Guard, Look: a.Look, Ask: a.Try}
}

// About implements [session.Source].
func (s *Responses) About() session.About {
	about := session.About{Cookie: s.cookie, Reads: session.NamedOrPiece(s.cookie), Mute: true, Stale: Cached, Transport: s.Transport}
	if s.ask != nil {
		about.Mute, about.Guard, about.Look, about.Ask = false, s.ask.Guard, s.ask.Look, s.ask.Try
	}
	return about
}
