package kinds

import "regexp"

// LookingLike returns the name of the kind whose session cookies have values of this form; "" if there is none, or no telling.
func LookingLike(value string) string {
	for _, k := range All() {
		if k.Signs.Value != "" && regexp.MustCompile(k.Signs.Value).MatchString(value) {
			return k.Name
		}
	}
	return ""
}
