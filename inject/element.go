package inject

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
)

// A Script is the constant part of the element to insert:
//
//	<script async src="SRC" data-NAME='DATA'></script>
//	<script data-NAME='DATA'>TEXT</script>
//
// The second is for pages that may not load it, or whose browsers are not known to get to SRC; where that is all, an attribute
// data-NAME-src says where they might try. The text is the same for every page, so that one hash allows it under any
// Content-Security-Policy; what belongs to the page or its reader stands in the data. Where the page demands Trusted Types, which show
// in no other way before something is refused, there is an empty attribute data-NAME-trusted besides.
type Script struct {
	Name string // of the data attribute, without "data-": lower-case letters. It also marks pages that already have the element
	Text []byte // JavaScript: ASCII, without CR, "</script" and "<!--"
	Src  string // path on the page's own origin that serves the text: letters, digits and ._~- between slashes; "": none does
}

// A Payload is what the element says on one page.
type Payload struct {
	Data    []byte // JSON in ASCII without ' < > and &, which a JSON string can escape; nil: insert nothing here
	Private bool   // the data belong to one reader: no shared cache may keep the page
	Note    string // a word of the caller's about it, for Transport.Placed
}

// Check reports why the script cannot be put into any page, whatever its charset, and found there again. It belongs into the
// start of a program: pages are served unchecked.
func (s Script) Check() error {
	var faults []error
	if s.Name == "" || strings.Trim(s.Name, "abcdefghijklmnopqrstuvwxyz") != "" {
		faults = append(faults, fmt.Errorf("script name %q: want lower-case letters", s.Name))
	}
	if i := slices.IndexFunc(s.Text, func(c byte) bool { return c >= 0x80 || c == '\r' || c == 0 }); i >= 0 {
		faults = append(faults, fmt.Errorf("script text, byte %d: 0x%02x is not ASCII, or changed by HTML parsers", i, s.Text[i]))
	}
	for _, end := range []string{"</script", "<!--"} {
		if bytes.Contains(bytes.ToLower(s.Text), []byte(end)) {
			faults = append(faults, fmt.Errorf("script text: %q has a meaning of its own in HTML", end))
		}
	}
	if strings.Trim(s.Src, "/ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-") != "" ||
		s.Src != "" && path.Clean("/"+s.Src) != s.Src {
		faults = append(faults, fmt.Errorf("script address %q: want a path", s.Src))
	}
	return errors.Join(faults...)
}

// opening renders the part of the element that differs from page to page: data or a nonce that could mean anything else than
// themselves inside their quotes are an error.
func (s Script) opening(form form, data []byte, nonce string, trustedTypes bool) ([]byte, error) {
	if i := slices.IndexFunc(data, func(c byte) bool { return c < ' ' || c > '~' || strings.IndexByte("'<>&", c) >= 0 }); i >= 0 {
		return nil, fmt.Errorf("data, byte %d: 0x%02x needs escaping", i, data[i])
	}
	if strings.ContainsFunc(nonce, func(c rune) bool { return c <= ' ' || c > '~' || strings.ContainsRune(`"&<>`, c) }) {
		return nil, errors.New("nonce needs escaping")
	}
	const markup = len(`<script async src="" nonce="" data--trusted data-=''>`)
	opening := make([]byte, 0, markup+len(s.Src)+len(nonce)+2*len(s.Name)+len(data))
	opening = append(opening, "<script"...)
	switch form {
	case fetching:
		opening = append(append(append(opening, ` async src="`...), s.Src...), '"')
	case probing:
		opening = append(append(append(opening, " data-"...), s.Name...), `-src="`...)
		opening = append(append(opening, s.Src...), '"')
	}
	if nonce != "" {
		opening = append(append(append(opening, ` nonce="`...), nonce...), '"')
	}
	if trustedTypes {
		opening = append(append(append(opening, " data-"...), s.Name...), "-trusted"...)
	}
	opening = append(append(append(opening, " data-"...), s.Name...), "='"...)
	return append(append(opening, data...), "'>"...), nil
}

// closing renders the rest of the element, the same for every page.
func (s Script) closing(form form) []byte {
	if form == fetching {
		return []byte("</script>")
	}
	return slices.Concat(s.Text, []byte("</script>"))
}
