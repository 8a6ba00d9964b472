package inject

import (
	"bytes"
	"strings"

	"golang.org/x/text/encoding/htmlindex"
)

// A declaration says how a page's encoding is known, by the order of WHATWG HTML §13.2.3.2: a mark at its first byte, the
// Content-Type, a declaration inside the page.
type declaration struct {
	encoding string // the standard's name for it, lower-case; "": nothing declares one
	mark     int    // length of the mark: what follows is the page
	behind   int    // where the meta element that declares it ends; 0: something else does
}

// declared finds the encoding that a browser will read the page in. It reports false while more bytes could change the answer;
// ended says that no more will come.
func declared(page []byte, ended bool, contentType string) (declaration, bool) {
	const longestMark = 4
	if len(page) < longestMark && !ended {
		return declaration{}, false
	}
	if encoding, mark := marked(page); encoding != "" {
		return declaration{encoding: encoding, mark: mark}, true
	}
	if encoding := encodingOf(contentTypeCharset(contentType)); encoding != "" {
		return declaration{encoding: encoding}, true
	}
	head := page[:min(len(page), prescanBytes)]
	encoding, behind := metaEncoding(head)
	switch {
	case encoding != "":
		return declaration{encoding: encoding, behind: behind}, true
	case len(head) < prescanBytes && !ended:
		return declaration{}, false
	}
	return declaration{encoding: xmlEncoding(head)}, true
}

// marked recognises the byte order marks, and the encodings in which the first '<' of a page is not one byte. Browsers know
// neither UTF-32 nor, unless an XML declaration follows, UTF-16 without a mark, but there is nothing to be put into such pages.
func marked(page []byte) (encoding string, mark int) {
	for _, m := range []struct {
		bytes, encoding string
		mark            int
	}{
		{"\xef\xbb\xbf", "utf-8", 3},
		{"\xff\xfe", "utf-16le", 2}, // UTF-32LE begins with the same bytes
		{"\xfe\xff", "utf-16be", 2},
		{"\x00\x00\xfe\xff", "utf-16be", 4},
		{"<\x00", "utf-16le", 0},
		{"\x00<\x00", "utf-16be", 0},
	} {
		if bytes.HasPrefix(page, []byte(m.bytes)) {
			return m.encoding, m.mark
		}
	}
	return "", 0
}

// asciiSafe reports whether ASCII bytes mean the same wherever they are put into a page in this encoding. In all legacy
// encodings that browsers know, save these, no byte below 0x30 is a part of another character.
func asciiSafe(encoding string) bool {
	switch encoding {
	case "utf-16le", "utf-16be", "iso-2022-jp", "replacement":
		return false
	}
	return true
}

// encodingOf returns the name of the encoding that a label stands for (WHATWG Encoding §4.2), "" if for none.
func encodingOf(label string) string {
	encoding, err := htmlindex.Get(label)
	if err != nil {
		return ""
	}
	name, err := htmlindex.Name(encoding)
	if err != nil {
		return ""
	}
	return name
}

// contentTypeCharset returns the charset parameter of a Content-Type as browsers find it ("extract a MIME type" of WHATWG Fetch
// §2.2.2): of several values the last valid one counts, and it inherits the charset of one before with the same type.
func contentTypeCharset(header string) string {
	var essence, charset string
	for header != "" {
		var value string
		value, header = cutUnquoted(header, ',')
		kind, parameters := cutUnquoted(value, ';')
		kind = strings.ToLower(strings.Trim(kind, httpSpace))
		if major, minor, ok := strings.Cut(kind, "/"); !ok || major == "" || minor == "" || kind == "*/*" {
			continue
		}
		own := charsetParameter(parameters)
		if kind != essence || own != "" {
			essence, charset = kind, own
		}
	}
	return charset
}

const httpSpace = " \t\r\n"

// charsetParameter returns the first charset among parameters, however malformed the others are.
func charsetParameter(parameters string) string {
	for parameters != "" {
		var parameter string
		parameter, parameters = cutUnquoted(parameters, ';')
		name, value, _ := strings.Cut(parameter, "=")
		if !strings.EqualFold(strings.TrimLeft(name, httpSpace), "charset") {
			continue
		}
		if quoted, ok := strings.CutPrefix(value, `"`); ok {
			value, _, _ = strings.Cut(quoted, `"`)
		}
		if value = strings.Trim(value, httpSpace); value != "" {
			return value
		}
	}
	return ""
}

// cutUnquoted cuts a header's value at the first separator outside of a quoted string.
func cutUnquoted(s string, separator byte) (before, after string) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case s[i] == '\\' && quoted:
			i++
		case s[i] == separator && !quoted:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}
