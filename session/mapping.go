package session

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Mapping says where in a session's values the user stands. Each path is a dotted one such as user.id: keys of maps, or
// positions in lists counted from 0. A key that itself contains dots is found too, see [At].
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

// A PathError is a path of a [Mapping] that the kind of session cannot follow, whatever comes.
type PathError struct {
	Path string
	What string // is wrong with it
}

func (e *PathError) Error() string { return strconv.Quote(e.Path) + " " + e.What }

// A KeysError names keys of a session. Some sites make keys of their users' names, so it is for debug logs only.
type KeysError struct{ text string }

func (e *KeysError) Error() string { return e.text }

// maxText bounds each of a user's texts, in bytes; what is longer was not meant as a name.
const maxText = 1024

// User reads the user out of a parsed record. No id, or one that frameworks use for guests (nothing, false, 0), is [NoUser]. Where a
// path leads to two different values (see [At]), nobody can tell which is meant: the id is [Ambiguous], a condition [Unmet], a detail
// left out.
func (m Mapping) User(tree any) (User, error) {
	for _, c := range m.Require {
		value, ways := follow(tree, c.Path)
		if ways > 1 {
			return User{}, nobody(Unmet, "%s leads to two different values", c.Path)
		}
		if c.Value == "" && !isEmpty(value) || c.Value != "" && Text(value) != c.Value {
			return User{}, nobody(Unmet, "the value at %s is not as required", c.Path)
		}
	}
	value, ways := follow(tree, m.ID)
	if ways > 1 {
		return User{}, nobody(Ambiguous, "%s leads to two different values, since a key has a dot in it", m.ID)
	}
	id := Text(value)
	if _, flag := value.(bool); flag || id == "" || id == "0" {
		return User{}, &Nobody{NoUser, &KeysError{fmt.Sprintf("there is no user at %s, but %s", m.ID, beside(tree, m.ID))}}
	}
	// Decoders put U+FFFD for what they cannot read, so that different ids would become one.
	if !utf8.ValidString(id) || len(id) > maxText || strings.ContainsRune(id, utf8.RuneError) ||
		strings.ContainsFunc(id, unicode.IsControl) {
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

// Text is the text of a scalar: numbers in decimal without exponent or needless fraction, booleans as true and false. Anything
// else, and a number that may have lost digits, is "".
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
	}
	switch v := reflect.ValueOf(value); {
	case v.CanInt():
		return strconv.FormatInt(v.Int(), 10)
	case v.CanUint():
		return strconv.FormatUint(v.Uint(), 10)
	case v.CanFloat():
		return floatText(v.Float(), v.Type().Bits())
	}
	return ""
}

// isEmpty tells whether a value counts as not being there.
func isEmpty(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case map[string]any:
		return len(v) == 0
	case []any:
		return len(v) == 0
	}
	text := Text(value)
	_, isText := value.(string)
	_, isBytes := value.([]byte)
	return text == "0" || text == "false" || text == "" && (isText || isBytes)
}

// numberText writes a JSON number as Text promises. An integer keeps all its digits, however many.
func numberText(n string) string {
	if strings.ContainsAny(n, "eE") {
		f, err := strconv.ParseFloat(n, 64)
		if err != nil || math.Abs(f) > maxExact {
			return ""
		}
		return floatText(f, 64)
	}
	if strings.Contains(n, ".") {
		n = strings.TrimRight(strings.TrimRight(n, "0"), ".")
	}
	if n == "-0" {
		return "0"
	}
	return n
}

// maxExact is the largest integer up to which a float64 tells all integers apart: two ids must not become one.
const maxExact = 1<<53 - 1

// floatText writes a float of that many bits.
func floatText(f float64, bits int) string {
	if math.IsNaN(f) || math.Abs(f) > maxExact {
		return ""
	}
	return strconv.FormatFloat(f+0, 'f', -1, bits) // minus zero plus zero is zero
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
