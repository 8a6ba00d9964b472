package inject

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A token is a piece of a page: a tag, a comment, a doctype, or text that is not only white space.
type token struct {
	kind       html.TokenType
	name       atom.Atom // of a tag that HTML knows
	start, end int       // text starts with its first character that is not white space
	cut        bool      // the page's bytes end before it is known how the token ends; its other fields are not to be trusted
	doctype    bool      // a doctype of HTML
	policy     bool      // a meta element with a Content-Security-Policy
	own        bool      // a script with our data attribute
}

// A scanner cuts the first bytes of a page into tokens, leaving out the white space between them.
type scanner struct {
	page   []byte
	whole  bool   // the page ends with these bytes
	marker string // our data attribute

	at       int  // behind the last token
	inScript bool // that was a script's start tag
	source   *feed
	tokens   *html.Tokenizer
}

// A feed feeds a tokenizer and notices when it asks for more than there is: what it says then, it says of a page that ends
// here. A token for which it did not ask would be the same in any longer page.
type feed struct {
	rest []byte
	dry  bool
}

func (s *feed) Read(p []byte) (int, error) {
	if len(s.rest) == 0 {
		s.dry = true
		return 0, io.EOF
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// seek makes the scanner go on at offset at, in ordinary text.
func (s *scanner) seek(at int) {
	s.at, s.inScript = at, false
	s.source = &feed{rest: s.page[at:]}
	s.tokens = html.NewTokenizer(s.source)
}

// next returns the next token. Behind the last one it returns cut tokens.
func (s *scanner) next() token {
	if s.inScript {
		// The tokenizer leaves a script's escaped state at any "<" that opens no tag; WHATWG HTML §13.2.5.23 stays in it.
		length := scriptLength(s.page[s.at:])
		if length < 0 {
			return token{start: len(s.page), end: len(s.page), cut: true}
		}
		s.seek(s.at + length)
	}
	t := token{kind: s.tokens.Next(), start: s.at}
	s.at += len(s.tokens.Raw())
	t.end, t.cut = s.at, s.source.dry
	switch t.kind {
	case html.TextToken:
		text := bytes.TrimLeft(s.page[t.start:t.end], markupSpace)
		if len(text) == 0 && !t.cut {
			return s.next()
		}
		t.start = t.end - len(text)
		// Text is known by its first character, unless that may yet turn out to open a tag.
		t.cut = len(text) == 0 || t.cut && !s.whole && (string(text) == "<" || string(text) == "</")
	case html.DoctypeToken:
		name := bytes.TrimLeft(s.tokens.Text(), markupSpace)
		t.doctype = len(name) >= 4 && bytes.EqualFold(name[:4], []byte("html"))
	case html.StartTagToken, html.SelfClosingTagToken:
		// HTML knows no self-closing tags; the slash of <head/> means nothing.
		t.kind = html.StartTagToken
		s.readTag(&t)
		s.inScript = t.name == atom.Script
	case html.EndTagToken:
		s.readTag(&t)
	}
	return t
}

func (s *scanner) readTag(t *token) {
	name, more := s.tokens.TagName()
	t.name = atom.Lookup(name)
	if t.name != atom.Meta && t.name != atom.Script {
		return
	}
	for more {
		var key, value []byte
		key, value, more = s.tokens.TagAttr()
		switch {
		case t.name == atom.Meta && string(key) == "http-equiv":
			t.policy = strings.EqualFold(string(value), "content-security-policy")
		case t.name == atom.Script && string(key) == s.marker:
			t.own = true
		}
	}
}

// skipText moves behind the end tag of an element that holds nothing but text, after its start tag. It reports false if the end
// is not there.
func (s *scanner) skipText() bool {
	for {
		switch t := s.next(); {
		case t.cut:
			return false
		case t.kind == html.EndTagToken:
			return true
		}
	}
}

// scriptLength returns the length of a script's text, which is followed by its end tag; -1 if that is not there. Between "<!--"
// and "-->" a "<script>" needs its own "</script>" before the element's (WHATWG HTML §13.2.5.4, §13.2.5.15 to §13.2.5.31).
func scriptLength(text []byte) int {
	const (
		plain = iota
		escaped
		doubled
	)
	state := plain
	for at := 0; at < len(text); at++ {
		rest := text[at:]
		switch {
		case rest[0] != '<' && rest[0] != '-':
		case state == plain && bytes.HasPrefix(rest, []byte("<!--")):
			state = escaped
			at++ // the dashes may be those of "-->", too
		case state != plain && bytes.HasPrefix(rest, []byte("-->")):
			state = plain
		case tagOpens(rest, "</script"):
			if state != doubled {
				return at
			}
			state = escaped
		case state == escaped && tagOpens(rest, "<script"):
			state = doubled
		}
	}
	return -1
}

// tagOpens reports whether text begins with a tag of this beginning, whose name ends there.
func tagOpens(text []byte, tag string) bool {
	if len(text) <= len(tag) || !strings.EqualFold(string(text[:len(tag)]), tag) {
		return false
	}
	after := text[len(tag)]
	return isSpace(after) || after == '/' || after == '>'
}

// starts reports whether the token is the start tag of one of the elements.
func (t token) starts(names ...atom.Atom) bool {
	return t.kind == html.StartTagToken && slices.Contains(names, t.name)
}

// strayEnd reports whether the token is an end tag that means nothing outside of a body.
func (t token) strayEnd() bool {
	if t.kind != html.EndTagToken {
		return false
	}
	switch t.name {
	case atom.Head, atom.Body, atom.Html, atom.Br:
		return false
	}
	return true
}

// staysInHead reports whether the token leaves a parser that is in the head there. A template would, too, but anything can be in
// it.
func (t token) staysInHead() bool {
	switch t.kind {
	case html.CommentToken, html.DoctypeToken:
		return true
	case html.StartTagToken:
		switch t.name {
		case atom.Base, atom.Basefont, atom.Bgsound, atom.Head, atom.Html, atom.Link, atom.Meta, atom.Noframes, atom.Noscript,
			atom.Script, atom.Style, atom.Title:
			return !t.policy
		}
	}
	return t.strayEnd()
}

// holdsText reports whether the token starts an element of the head in which tags are text.
func (t token) holdsText() bool {
	return t.starts(atom.Noframes, atom.Noscript, atom.Script, atom.Style, atom.Title)
}
