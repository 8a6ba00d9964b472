package session

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Mapping says where in a session's values the user stands. Each path is a dotted one such as user.id: keys of maps, or
// positions in lists counted from 0. A key that itself contains dots is found too.
type Mapping struct {
	ID         string            // required
	Name       string            // "": none
	Email      string            // "": none
	Phone      string            // "": none
	Attributes map[string]string // name of the attribute → path

	Require []Condition // all must hold, or nobody is logged in
	Prefix  string      // put before the ID, so that users of several sites never share one
}

// A Condition demands that the text at Path equals Value; an empty Value demands that there is nothing at Path, or something
// empty or false.
type Condition struct{ Path, Value string }

// maxText bounds each of a user's texts, in bytes; what is longer was not meant as a name.
const maxText = 1024

// User reads the user out of a parsed record. No id, or one that frameworks use for guests (nothing, false, 0), is [NoUser].
func (m Mapping) User(tree any) (User, error) {
	for _, c := range m.Require {
		if got := textAt(tree, c.Path); got != c.Value && !(c.Value == "" && (got == "0" || got == "false")) {
			return User{}, nobody(Unmet, "the value at %s is not as required", c.Path)
		}
	}
	value, _ := At(tree, m.ID)
	id := Text(value)
	if _, flag := value.(bool); flag || id == "" || id == "0" {
		return User{}, &Nobody{Reason: NoUser}
	}
	if !utf8.ValidString(id) || len(id) > maxText || strings.ContainsFunc(id, unicode.IsControl) {
		return User{}, nobody(Malformed, "the user id at %s is not a printable text of at most %d bytes", m.ID, maxText)
	}
	u := User{ID: m.Prefix + id, Name: m.text(tree, m.Name), Email: m.text(tree, m.Email), Phone: m.text(tree, m.Phone)}
	for name, path := range m.Attributes {
		if value := m.text(tree, path); value != "" {
			if u.Attributes == nil {
				u.Attributes = make(map[string]string, len(m.Attributes))
			}
			u.Attributes[name] = value
		}
	}
	return u, nil
}

// text is the printable text at path, or "" if there is none: a detail that cannot be shown is left out, not the user.
func (m Mapping) text(tree any, path string) string {
	if path == "" {
		return ""
	}
	s := textAt(tree, path)
	if !utf8.ValidString(s) || len(s) > maxText {
		return ""
	}
	return s
}

func textAt(tree any, path string) string {
	value, _ := At(tree, path)
	return Text(value)
}

// At follows a dotted path through maps and lists. At each level the longest key that fits the path is tried first.
func At(tree any, path string) (any, bool) {
	if path == "" {
		return tree, true
	}
	switch node := tree.(type) {
	case map[string]any:
		for end := len(path); end > 0; end = strings.LastIndexByte(path[:end], '.') {
			if child, ok := node[path[:end]]; ok {
				if value, ok := At(child, strings.TrimPrefix(path[end:], ".")); ok {
					return value, true
				}
			}
		}
	case []any:
		key, rest, _ := strings.Cut(path, ".")
		if i, err := strconv.Atoi(key); err == nil && i >= 0 && i < len(node) {
			return At(node[i], rest)
		}
	}
	return nil, false
}

// Text is the text of a scalar: numbers in decimal without exponent or needless fraction, booleans as true and false. Anything
// else, and a number that no decimal integer or fraction names, is "".
func Text(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case []byte:
		return string(v)
	case bool:
		return strconv.FormatBool(v)
	case json.Number:
		return numberText(string(v))
	case int, int8, int16, int32, int64:
		return strconv.FormatInt(toInt64(v), 10)
	case uint, uint8, uint16, uint32, uint64, uintptr:
		return strconv.FormatUint(toUint64(v), 10)
	case float32:
		return floatText(float64(v))
	case float64:
		return floatText(v)
	}
	return ""
}

// numberText writes a JSON number as Text promises; an integer keeps all its digits.
func numberText(n string) string {
	if !strings.ContainsAny(n, ".eE") {
		return n
	}
	f, err := strconv.ParseFloat(n, 64)
	if err != nil {
		return ""
	}
	return floatText(f)
}

func floatText(f float64) string {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return ""
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

func toInt64(v any) int64 {
	switch n := v.(type) {
	case int:
		return int64(n)
	case int8:
		return int64(n)
	case int16:
		return int64(n)
	case int32:
		return int64(n)
	}
	return v.(int64)
}

func toUint64(v any) uint64 {
	switch n := v.(type) {
	case uint:
		return uint64(n)
	case uint8:
		return uint64(n)
	case uint16:
		return uint64(n)
	case uint32:
		return uint64(n)
	case uintptr:
		return uint64(n)
	}
	return v.(uint64)
}

// Paths lists the paths that the mapping reads, sorted, each once.
func (m Mapping) Paths() []string {
	paths := []string{m.ID, m.Name, m.Email, m.Phone}
	for _, path := range m.Attributes {
		paths = append(paths, path)
	}
	for _, c := range m.Require {
		paths = append(paths, c.Path)
	}
	slices.Sort(paths)
	return slices.DeleteFunc(slices.Compact(paths), func(p string) bool { return p == "" })
}
