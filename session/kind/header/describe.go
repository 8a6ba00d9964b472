package header

import (
	"fmt"
	"log/slog"

	"tawkproxy/session"
)

// LogValue tells the operator whose headers are believed.
func (s *Headers) LogValue() slog.Value {
	return session.Logged("kind", "header", "from", fmt.Sprint(s.trusted), s.mapping)
}

// About implements [session.Source].
func (s *Headers) About() session.About { return session.About{Guard: s.Guard} }
