package session

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"tawkproxy/session/record"
)

// Mapping says where in a session's values the user stands. Each path is a dotted one such as user.id: keys of maps, or
// positions in lists counted from 0. A key that itself contains dots is found too, see [record.At].
type Mapping struct {
	ID         string            // required
	Name       string            // "": none
	Email      string            // "": none
	Phone      string            // "": none
	Attributes map[string]string // name of the attribute → path

	Values map[string]string // further ones that a lookup asks for: name → path

	Require []Condition // all must hold, or nobody is logged in
	Prefix  string      // put before the ID, so that users of several sites never share one
}

// A Condition demands that the text at Path equals Value; an empty Value demands that there is nothing at Path, or something
// empty or false.
type Condition struct{ Path, Value string }

// A PathError is a path of a [Mapping] that the kind of session cannot follow, whatever comes.
type PathError struct {
	Path   string
	What   string // is wrong with it
	Remedy string // what to write instead; "": see how paths are written
}

func (e *PathError) Error() string {
	if strings.ContainsAny(e.Path, "\"\\") { // an expression: quoted, it would be another
		return e.Path + " " + e.What
	}
	return strconv.Quote(e.Path) + " " + e.What
}

// A KeysError names keys of a session. Some sites make keys of their users' names, so it is for debug logs only.
type KeysError struct{ text string }

func (e *KeysError) Error() string { return e.text }

// MaxText bounds each of a user's texts, in bytes; what is longer was not meant as a name.
const MaxText = 1024

// User reads the user out of a parsed record. No id, or one that frameworks use for guests (nothing, false, 0), is [NoUser]. Where a
// path leads to two different values (see [record.At]), nobody can tell which is meant: the id is [Ambiguous], a condition [Unmet], a detail
// left out.
func (m Mapping) User(tree any) (User, error) {
	for _, c := range m.Require {
		value, ways := record.Follow(tree, c.Path)
		if ways > 1 {
			return User{}, Nobodyf(Unmet, "%s leads to two different values", c.Path)
		}
		if c.Value == "" && !record.IsEmpty(value) || c.Value != "" && record.Text(value) != c.Value {
			return User{}, Nobodyf(Unmet, "the value at %s is not as required", c.Path)
		}
	}
	value, ways := record.Follow(tree, m.ID)
	if ways > 1 {
		return User{}, Nobodyf(Ambiguous, "%s leads to two different values, since a key has a dot in it", m.ID)
	}
	id := record.Text(value)
	if _, flag := value.(bool); flag || id == "" || id == "0" {
		return User{}, &Nobody{NoUser, &KeysError{fmt.Sprintf("there is no user at %s, but %s", m.ID, NearbyKeys(tree, m.ID))}}
	}
	// Decoders put U+FFFD for what they cannot read, so that different ids would become one.
	if !utf8.ValidString(id) || len(id) > MaxText || strings.ContainsRune(id, utf8.RuneError) ||
		strings.ContainsFunc(id, unicode.IsControl) {
		return User{}, Nobodyf(Malformed, "the user id at %s is not a printable text of at most %d bytes", m.ID, MaxText)
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
	s := record.TextAt(tree, path)
	if !utf8.ValidString(s) || len(s) > MaxText {
		return ""
	}
	return s
}

// Further returns the further values, as far as there are such: texts and numbers as text, yes and no as 1 and 0.
func (m Mapping) Further(tree any) map[string]string {
	var values map[string]string
	for name, path := range m.Values {
		value := record.ValueAt(tree, path)
		text := m.text(tree, path)
		if flag, is := value.(bool); is {
			text = map[bool]string{true: "1", false: "0"}[flag]
		}
		if text == "" {
			continue
		}
		if values == nil {
			values = make(map[string]string, len(m.Values))
		}
		values[name] = text
	}
	return values
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
