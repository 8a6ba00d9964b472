package recipe

import (
	"strings"
	"unicode/utf8"
)

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
