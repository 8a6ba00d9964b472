package setting

// A Prefix is what stands before the keys of a site's sessions. The word none stands for nothing, which as a value would count as
// not set.
type Prefix struct{ text *string }

// NewPrefix makes a prefix of its text, which may be empty.
func NewPrefix(text string) Prefix { return Prefix{&text} }

// ParsePrefix reads a prefix.
func ParsePrefix(text string) (any, error) {
	if text == "none" {
		text = ""
	}
	return NewPrefix(text), nil
}

// Text returns the prefix; "" if none is set.
func (p Prefix) Text() string { return p.Or("") }

// Or returns the prefix, or the usual one if none is set: for kinds in which that depends on the rest.
func (p Prefix) Or(usual string) string {
	if p.text == nil {
		return usual
	}
	return *p.text
}
