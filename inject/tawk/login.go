package tawk

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// The vendor's limits. Those on attributes are documented for setAttributes; a login that breaks one is answered with 400, and
// then nobody is logged in, so they are kept here as well. No limit is documented for the id and the name.
const (
	maxText       = 255 // UTF-16 units of an id, a name, an email address or the value of an attribute
	maxAttributes = 50
)

var (
	attributeKey = regexp.MustCompile(`^[a-z0-9-]+$`)
	e164         = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
	phoneFiller  = strings.NewReplacer(" ", "", "\u00a0", "", "-", "", ".", "", "(", "", ")", "")
	reserved     = []string{"hash", "userid", "name", "email", "phone"}
)

// login returns the argument of Tawk_API.login for a visitor: every detail that keeps the vendor's limits, and in words what
// was left out. It returns no fields, so that nobody is logged in, if the id is empty or cannot be sent unchanged.
func login(s *signer, v Visitor) (fields map[string]string, leftOut []string) {
	if v.ID == "" {
		return nil, nil
	}
	if !utf8.ValidString(v.ID) || length(v.ID) > maxText {
		return nil, []string{fmt.Sprintf("everything: the user id is not UTF-8 or longer than %d characters", maxText)}
	}
	fields = make(map[string]string, 5+len(v.Attributes))
	for _, name := range slices.Sorted(maps.Keys(v.Attributes)) {
		switch value, to := v.Attributes[name], strings.ToLower(name); {
		case value == "":
		case !attributeKey.MatchString(to):
			leftOut = append(leftOut, fmt.Sprintf("attribute %q: its name may hold letters, digits and dashes only", name))
		case slices.Contains(reserved, to):
			leftOut = append(leftOut, fmt.Sprintf("attribute %q: the name has a meaning of its own", name))
		case fields[to] != "":
			leftOut = append(leftOut, fmt.Sprintf("attribute %q: another one differs from it in case only", name))
		case length(value) > maxText:
			leftOut = append(leftOut, fmt.Sprintf("attribute %q: longer than %d characters", name, maxText))
		case len(fields) == maxAttributes:
			leftOut = append(leftOut, fmt.Sprintf("attribute %q: one more than %d", name, maxAttributes))
		default:
			fields[to] = value
		}
	}
	fields["userId"], fields["hash"] = v.ID, s.hash(v.ID)
	if v.Name != "" {
		fields["name"] = shorten(v.Name)
	}
	switch {
	case v.Email == "":
	case length(v.Email) > maxText:
		leftOut = append(leftOut, fmt.Sprintf("the email address: longer than %d characters", maxText))
	default:
		fields["email"] = v.Email
	}
	switch phone := phoneFiller.Replace(v.Phone); {
	case phone == "":
	case !e164.MatchString(phone):
		leftOut = append(leftOut, "the phone number: not in international form (E.164), such as +441632960123")
	default:
		fields["phone"] = phone
	}
	return fields, leftOut
}

// length counts as JavaScript does, in UTF-16 units.
func length(s string) (units int) {
	for _, r := range s {
		units += max(1, utf16.RuneLen(r))
	}
	return units
}

// shorten cuts s to maxText UTF-16 units, never within a character.
func shorten(s string) string {
	units := 0
	for i, r := range s {
		if units += max(1, utf16.RuneLen(r)); units > maxText {
			return s[:i]
		}
	}
	return s
}
