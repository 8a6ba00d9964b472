package setting

import (
	"fmt"
	"io"
	"log/slog"
	"unicode/utf8"
)

// A Secret is a text that shows itself to nobody who does not call [Secret.Reveal]: fmt with every verb, JSON and slog get
// only its length. The zero Secret is one that is not set.
type Secret struct {
	// A pointer, because fmt calls no methods on what it finds in unexported fields: there it prints an address.
	text *string
}

// NewSecret makes a secret of a text. The empty text is the zero Secret.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{&text}
}

// Reveal returns the text itself, "" if it is not set.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsSet tells whether there is a text.
func (s Secret) IsSet() bool { return s.text != nil }

// String tells how long the secret is, and nothing else about it.
func (s Secret) String() string {
	if !s.IsSet() {
		return "not set"
	}
	return fmt.Sprintf("set, %d characters", utf8.RuneCountInString(*s.text))
}

// GoString implements [fmt.GoStringer] with [Secret.String].
func (s Secret) GoString() string { return s.String() }

// Format implements [fmt.Formatter]: every verb prints [Secret.String].
func (s Secret) Format(f fmt.State, _ rune) { io.WriteString(f, s.String()) }

// MarshalText implements [encoding.TextMarshaler], and so JSON, with [Secret.String].
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue implements [slog.LogValuer] with [Secret.String].
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
