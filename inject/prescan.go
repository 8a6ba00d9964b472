package inject

import (
	"bytes"
	"strings"
)

// prescanBytes is how far into a page browsers look for the declaration of its encoding before they parse it.
const prescanBytes = 1024

// metaEncoding is "prescan a byte stream to determine its encoding" of WHATWG HTML §13.2.3.2: it finds the first meta element
// that declares a known encoding, and where it ends. It works on bytes, not on tokens: a meta in a script's string is one, a meta
// in a comment is not. It returns "" when it runs out of bytes.
func metaEncoding(page []byte) (encoding string, end int) {
	for at := 0; at < len(page); at++ {
		if page[at] != '<' {
			continue
		}
		rest := page[at:]
		switch {
		case bytes.HasPrefix(rest, []byte("<!--")):
			// The dashes of "<!--" count: "<!-->" is a whole comment.
			end := bytes.Index(rest[2:], []byte("-->"))
			if end < 0 {
				return "", 0
			}
			at += 2 + end + 2
		case len(rest) > 5 && bytes.EqualFold(rest[:5], []byte("<meta")) && (isSpace(rest[5]) || rest[5] == '/'):
			a := attributes{page: page, at: at + 5}
			encoding, ok := a.encoding()
			if !ok || encoding != "" {
				return encoding, a.at + 1
			}
			at = a.at
		case len(rest) > 1 && isLetter(rest[1]), len(rest) > 2 && rest[1] == '/' && isLetter(rest[2]):
			name := bytes.IndexAny(rest, "\t\n\f\r >")
			if name < 0 {
				return "", 0
			}
			a := attributes{page: page, at: at + name}
			for a.next() {
			}
			at = a.at
		case len(rest) > 1 && (rest[1] == '!' || rest[1] == '/' || rest[1] == '?'):
			end := bytes.IndexByte(rest, '>')
			if end < 0 {
				return "", 0
			}
			at += end
		}
	}
	return "", 0
}

// attributes reads a tag's attributes as the prescan does ("get an attribute"). It ends at the tag's '>' or behind the page.
type attributes struct {
	page        []byte
	at          int
	name, value []byte // of the current attribute, as written
}

// encoding returns the known encoding that the attributes of a meta element declare, "" if they declare none. It reports false
// if the page ends before the tag.
func (a *attributes) encoding() (string, bool) {
	seen := map[string]string{}
	for a.next() {
		name := strings.ToLower(string(a.name))
		if _, again := seen[name]; !again {
			seen[name] = strings.ToLower(string(a.value))
		}
	}
	if a.at == len(a.page) {
		return "", false
	}
	label, ok := seen["charset"]
	if !ok && seen["http-equiv"] == "content-type" {
		label = contentCharset(seen["content"])
	}
	return encodingInMarkup(label), true
}

// next reads the next attribute. It reports false at the end of the tag or of the page.
func (a *attributes) next() bool {
	for a.at < len(a.page) && (isSpace(a.page[a.at]) || a.page[a.at] == '/') {
		a.at++
	}
	if a.at == len(a.page) || a.page[a.at] == '>' {
		return false
	}
	a.value = nil
	start := a.at
	a.at++ // a '=' in front belongs to the name
	a.skipTo("\t\n\f\r =/>")
	a.name = a.page[start:a.at]
	a.skipSpace()
	if a.at == len(a.page) || a.page[a.at] != '=' {
		return a.at < len(a.page)
	}
	a.at++
	a.skipSpace()
	if a.at == len(a.page) {
		return false
	}
	switch quote := a.page[a.at]; quote {
	case '"', '\'':
		a.at++
		start := a.at
		a.skipTo(string(quote))
		a.value = a.page[start:a.at]
		a.at = min(a.at+1, len(a.page))
	default:
		start := a.at
		a.skipTo("\t\n\f\r >")
		a.value = a.page[start:a.at]
	}
	return a.at < len(a.page)
}

func (a *attributes) skipSpace() {
	for a.at < len(a.page) && isSpace(a.page[a.at]) {
		a.at++
	}
}

// skipTo moves to the next of the given bytes, or behind the page.
func (a *attributes) skipTo(set string) {
	n := bytes.IndexAny(a.page[a.at:], set)
	if n < 0 {
		n = len(a.page) - a.at
	}
	a.at += n
}

// contentCharset returns the charset that a meta element's content attribute, in lower case, names ("extracting a character
// encoding from a meta element", WHATWG HTML §2.6.6).
func contentCharset(content string) string {
	for {
		_, rest, ok := strings.Cut(content, "charset")
		if !ok {
			return ""
		}
		content = strings.TrimLeft(rest, markupSpace)
		value, ok := strings.CutPrefix(content, "=")
		if !ok {
			continue
		}
		value = strings.TrimLeft(value, markupSpace)
		if value != "" && (value[0] == '"' || value[0] == '\'') {
			label, _, ok := strings.Cut(value[1:], value[:1])
			if !ok {
				return ""
			}
			return label
		}
		if end := strings.IndexAny(value, markupSpace+";"); end >= 0 {
			value = value[:end]
		}
		return value
	}
}

// xmlEncoding returns the encoding named by an XML declaration at the page's first byte ("get an XML encoding").
func xmlEncoding(page []byte) string {
	declaration, _, ok := bytes.Cut(page, []byte(">"))
	if !ok || !bytes.HasPrefix(declaration, []byte("<?xml")) {
		return ""
	}
	_, rest, _ := bytes.Cut(declaration, []byte("encoding"))
	value, ok := bytes.CutPrefix(trimControls(rest), []byte("="))
	value = trimControls(value)
	if !ok || len(value) == 0 || value[0] != '"' && value[0] != '\'' {
		return ""
	}
	label, _, ok := bytes.Cut(value[1:], value[:1])
	if !ok || bytes.ContainsFunc(label, isControl) {
		return ""
	}
	return encodingInMarkup(string(label))
}

// encodingInMarkup is the encoding that a label inside a page stands for. A page in which it can be read is not in UTF-16.
func encodingInMarkup(label string) string {
	switch encoding := encodingOf(label); encoding {
	case "utf-16le", "utf-16be":
		return "utf-8"
	case "x-user-defined":
		return "windows-1252"
	default:
		return encoding
	}
}

const markupSpace = "\t\n\f\r "

func isSpace(c byte) bool  { return strings.IndexByte(markupSpace, c) >= 0 }
func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isControl(r rune) bool           { return r <= ' ' }
func trimControls(text []byte) []byte { return bytes.TrimLeftFunc(text, isControl) }
