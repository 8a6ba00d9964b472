package setting

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// A Mistake is one setting that cannot be used as it is.
type Mistake struct {
	Name   string // of the variable
	What   string // is wrong with it. Never holds a secret
	Remedy string // what to write instead
}

// Error is one line: "TAWK_LISTEN: has no port; write :8080".
func (m Mistake) Error() string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, m.Name+": "+m.What+"; "+m.Remedy)
}

// Mistakes is everything that is wrong with an environment: first what is set or missing among the settings, in their order,
// then the names that are unknown.
type Mistakes []Mistake

// Error is one line for each mistake.
func (m Mistakes) Error() string {
	lines := make([]string, len(m))
	for i, mistake := range m {
		lines[i] = mistake.Error()
	}
	return strings.Join(lines, "\n")
}

// Wrong is a mistake that does not yet know its name.
func Wrong(remedy, format string, args ...any) Mistake {
	return Mistake{What: fmt.Sprintf(format, args...), Remedy: remedy}
}

// Quote shows a value within one line. Text that might hold a password is not shown.
func Quote(value string) string {
	const most = 60
	if strings.Contains(value, "@") {
		return "the value"
	}
	if len(value) > most {
		return strconv.Quote(value[:most]) + "…"
	}
	return strconv.Quote(value)
}

// Refused makes what is wrong with a setting, as only its use can tell, a [Mistake]; nil of nil. Nothing has been read or connected
// yet, so nothing else can be to blame.
func Refused(name string, err error) error {
	if err == nil {
		return nil
	}
	return Mistake{Name: name, What: err.Error(), Remedy: "tawkproxy help says how it is written"}
}

// Missing is the mistake of a setting that is required with another, written NAME=VALUE, but not set. What to write there follows
// from its meaning.
func Missing(with string) Mistake {
	return Mistake{What: "is required with " + with + " but not set"}
}
