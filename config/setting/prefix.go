package setting

// A Prefix is what stands before the keys of a site's sessions. The word none stands for nothing, which as a value would count as
// not set.
type Prefix struct{ text *string }

// ParsePrefix reads a prefix.
func ParsePrefix(text string) (any, error) {
	if text == "none" {
		text = ""
	}
	return Prefix{&text}, nil
}

// Or returns the prefix, or the usual one if none is set.
func (p Prefix) Or(usual string) string {
	if p.text == nil {
		return usual
	}
	return *p.text
}
