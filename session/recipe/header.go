package recipe

import (
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"

	"tawkproxy/session"
)

// NamedHeaders are the headers in which somebody names a user.
type NamedHeaders struct {
	id       string // the name of the one with the user's id
	Names    []string
	repeated session.Reason // to refuse a header that is there twice; an honest sender sets it once
}

// NewNamedHeaders takes the mapping's paths as names of headers, and refuses what cannot be a header about a user.
func NewNamedHeaders(m session.Mapping, repeated session.Reason) (NamedHeaders, error) {
	n := NamedHeaders{m.ID, m.Paths(), repeated}
	for _, name := range n.Names {
		switch http.CanonicalHeaderKey(name) {
		case "Cookie", "Authorization", "Host", "Connection", "Content-Type", "Set-Cookie", "Keep-Alive", "Proxy-Connection",
			"Proxy-Authorization", "Proxy-Authenticate", "Te", "Trailer", "Transfer-Encoding", "Upgrade", "Content-Length":
			return n, &session.PathError{Path: name, What: "is a header that does not name a user"}
		}
		if !isHeaderName(name) {
			return n, &session.PathError{Path: name, What: "is not the name of a header, which is made of letters, digits and dashes"}
		}
	}
	return n, nil
}

// Tree returns the value of each header under its name. All but the id may be written in words of RFC 2047, as those do who
// are not sure of UTF-8; if ids could be, two of them might become one.
func (n NamedHeaders) Tree(h http.Header) (any, error) {
	tree := make(map[string]any, len(n.Names))
	for _, name := range n.Names {
		values := h.Values(name)
		switch {
		case len(values) > 1:
			return nil, session.Nobodyf(n.repeated, "the header %s is there %d times", name, len(values))
		case len(values) == 1 && name == n.id:
			tree[name] = values[0]
		case len(values) == 1:
			tree[name] = decodeWords(values[0])
		}
	}
	return tree, nil
}

// isHeaderName tells whether a name is spelt with letters, digits and dashes alone.
func isHeaderName(name string) bool {
	for i := range len(name) {
		if name[i] != '-' && Fold(name[i]) == '-' {
			return false
		}
	}
	return name != ""
}

// Belongs tells whether a site may take the name for one of the family, in which a name that ends with a dash stands for all
// that begin so. To CGI and its heirs case does not matter, and everything but letters and digits may be the same (RFC 3875
// section 4.1.18, and PHP for the variables made by it). What they put in front, and more separators than there should be, is
// taken off here, because somebody behind them may do so.
func Belongs(name string, family []string) bool {
	return spells(bare(name), family) || spells(name, family)
}

// Odd tells whether a name belongs to the family, but is not spelt as an honest sender spells it.
func Odd(name string, family []string) bool {
	return Belongs(name, family) && !(isHeaderName(name) && spells(name, family) && !strings.Contains(name+"-", "--"))
}

// bare takes off a name what makes a variable of it: HTTP_, and REDIRECT_, which Apache's httpd puts in front of that.
func bare(name string) string {
	if isHeaderName(name) && !strings.HasPrefix(name, "Http-") && !strings.HasPrefix(name, "Redirect-") &&
		!strings.HasPrefix(name, "-") && !strings.HasSuffix(name, "-") && !strings.Contains(name, "--") {
		return name
	}
	words := strings.FieldsFunc(name, func(c rune) bool { return c >= utf8.RuneSelf || Fold(byte(c)) == '-' })
	for len(words) > 0 && (strings.EqualFold(words[0], "http") || strings.EqualFold(words[0], "redirect")) {
		words = words[1:]
	}
	return strings.Join(words, "-")
}

// spells tells whether a name is one of the family, but for case and separators.
func spells(name string, family []string) bool {
	for _, member := range family {
		if len(name) < len(member) || len(name) > len(member) && member[len(member)-1] != '-' {
			continue
		}
		i := 0
		for i < len(member) && Fold(name[i]) == Fold(member[i]) {
			i++
		}
		if i == len(member) {
			return true
		}
	}
	return false
}

// Fold makes alike what a site may take for the same character in a header's name.
func Fold(c byte) byte {
	switch {
	case 'A' <= c && c <= 'Z':
		return c + 'a' - 'A'
	case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
		return c
	}
	return '-'
}

// decodeWords decodes words of RFC 2047. A text that has none, or damaged ones, stays as it is.
func decodeWords(text string) string {
	decoded, err := new(mime.WordDecoder).DecodeHeader(text)
	if err != nil || !utf8.ValidString(decoded) {
		return text
	}
	return decoded
}
