package cookie

import (
	"strings"
	"unicode/utf8"
)

// NodeCookies reads cookies as the Node library cookie does since 1.0 (jshttp/cookie, src/index.ts): the first of a name counts,
// and values are decoded by decodeURIComponent.
func NodeCookies(header string) Cookies { return nodePairs(header, trimBlanks, sameText) }

// Node07Cookies reads them as its release 0.7, on which Express and its sessions are today, and which also takes off quotation
// marks.
func Node07Cookies(header string) Cookies {
	return nodePairs(header, trimBlanks, func(value string) string {
		if strings.HasPrefix(value, `"`) && strings.HasSuffix(value, `"`) {
			return value[min(1, len(value)):max(1, len(value)-1)]
		}
		return value
	})
}

// oldNodeCookies reads them as the releases before, which take off the last character of whatever begins with a quotation mark,
// and all that JavaScript takes for blanks.
func oldNodeCookies(header string) Cookies {
	return nodePairs(header, trimScript, func(value string) string {
		if strings.HasPrefix(value, `"`) {
			return value[1:max(1, len(value)-1)]
		}
		return value
	})
}

// Node are those of a site that reads cookies with the library, in whatever release.
func Node() []Reader { return []Reader{Node07Cookies, NodeCookies, oldNodeCookies} }

// Express are those of a site with express-session, which has not come to the release 1.0.
func Express() []Reader { return []Reader{Node07Cookies, oldNodeCookies} }

func nodePairs(header string, trim, unquote func(string) string) Cookies {
	var jar cookieJar
	for pair := range strings.SplitSeq(header, ";") {
		if name, value, found := strings.Cut(pair, "="); found {
			jar.first(trim(name), tryComponent(unquote(trim(value))))
		}
	}
	return jar.cookies
}

func trimBlanks(text string) string { return strings.Trim(text, " \t") }

// trimScript is JavaScript's trim for a header, which Node reads as Latin-1.
func trimScript(text string) string {
	blank := func(c byte) bool { return strings.IndexByte(asciiBlanks+"\xa0", c) >= 0 }
	for text != "" && blank(text[0]) {
		text = text[1:]
	}
	for text != "" && blank(text[len(text)-1]) {
		text = text[:len(text)-1]
	}
	return text
}

// tryComponent decodes by decodeURIComponent. What that refuses stays as it is.
func tryComponent(text string) string {
	plain, _ := decodeComponent(text)
	return plain
}

// decodeComponent is JavaScript's decodeURIComponent (ECMA-262 section 19.2.6.5): escapes must be whole and make UTF-8. A plus is a
// plus. It returns the text itself if it fails.
func decodeComponent(text string) (plain string, ok bool) {
	if !strings.Contains(text, "%") {
		return text, true
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		if text[i] != '%' {
			b.WriteByte(text[i])
			i++
			continue
		}
		var run []byte // of escapes side by side: together they make characters
		for i < len(text) && text[i] == '%' {
			if i+2 >= len(text) {
				return text, false
			}
			high, isHigh := unhex(text[i+1])
			low, isLow := unhex(text[i+2])
			if !isHigh || !isLow {
				return text, false
			}
			run = append(run, high<<4|low)
			i += 3
		}
		if !utf8.Valid(run) {
			return text, false
		}
		b.Write(run)
	}
	return b.String(), true
}
