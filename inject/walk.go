package inject

import (
	"bytes"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A walk follows an HTML parser from the start of a page to the element's place (WHATWG HTML §13.2.6.4.1, "initial",
// to §13.2.6.4.4, "in head").
//
// The place is the first one in the head, written or implied, behind what must come early: the meta elements, some of which
// declare the encoding or a mode of old browsers, the title, and comments among them. It is never behind a meta element with a
// Content-Security-Policy, which rules over what follows.
type walk struct {
	scanner
	end    ending
	needed int // offset before which the element must not stand

	evidence bool  // seen: a doctype, or a tag that only whole documents have
	behind   token // the one behind the place
}

// place returns Inserted with the place, or why there is none.
func (w *walk) place() placement {
	t, ok := w.toHead()
	switch {
	case !ok && w.end == open:
		return placement{more: true}
	case !ok && w.end == full:
		return placement{verdict: WindowFull}
	case !ok:
		return placement{verdict: NoPlace}
	}
	for titled := false; ; t = w.read() {
		if t.own {
			return placement{verdict: AlreadyThere}
		}
		early := t.start < w.needed
		title := t.starts(atom.Title) && !titled
		titled = titled || title
		crossed := title || t.kind == html.CommentToken || t.starts(atom.Meta) && !t.policy || early && t.staysInHead()
		unfinished := t.cut || crossed && t.holdsText() && !w.skipText()
		switch {
		case unfinished && w.end == open:
			return placement{more: true}
		case crossed && !unfinished:
			continue
		case early:
			return placement{verdict: CharsetWindow}
		}
		w.behind = t
		return placement{verdict: Inserted, offset: t.start}
	}
}

// toHead passes over all that stands before a head, and returns the first token in it, or the one that implies it. It reports
// false if the bytes end before.
func (w *walk) toHead() (token, bool) {
	for {
		switch t := w.read(); {
		case t.cut:
			return t, false
		case t.starts(atom.Head):
			return w.read(), true
		case t.kind == html.CommentToken, t.kind == html.DoctypeToken, t.starts(atom.Html), t.strayEnd():
		default:
			return t, true
		}
	}
}

// read returns the next token and keeps in mind whether it belongs to a whole document.
func (w *walk) read() token {
	t := w.next()
	if !t.cut {
		w.evidence = w.evidence || t.doctype || t.starts(atom.Html, atom.Head, atom.Body, atom.Frameset)
	}
	return t
}

// evidenceBytes is how far into a page evidence of a whole document is looked for.
const evidenceBytes = 8 << 10

// document reports whether the page, whose place was found, is a whole document for a person rather than a piece of one or
// data, which often have the type text/html too. It reports false as the second while more bytes could change that.
//
//   - A page that begins with a tag must be navigated to or show a doctype, html, head, body or frameset tag.
//   - XML must show one before anything else: what it carries inside may be pages.
//   - Text in front may be the site's warnings, but also JSON or a script with a page in a string: both are asked for.
func (w *walk) document(page []byte, navigation bool) (document, ok bool) {
	first, ok := significant(page)
	if !ok && w.end == open {
		return false, false
	}
	markup := first == '<'
	xml := bytes.HasPrefix(bytes.TrimLeft(page, markupSpace), []byte("<?xml"))
	switch {
	case !markup && !navigation:
		return false, true
	case w.evidence, markup && !xml && navigation:
		return true, true
	case xml, w.behind.kind == html.StartTagToken && w.behind.name == 0:
		return false, true
	}
	for t := w.behind; t.start < evidenceBytes; t = w.read() {
		switch {
		case w.evidence:
			return true, true
		case t.cut:
			return false, w.end != open
		}
	}
	return false, true
}

// significant returns the first byte of a page that is neither white space nor part of a byte order mark, with which included
// files like to begin. It reports false if there is none.
func significant(page []byte) (byte, bool) {
	const mark = "\xef\xbb\xbf"
	for len(page) > 0 {
		switch {
		case isSpace(page[0]):
			page = page[1:]
		case bytes.HasPrefix(page, []byte(mark)):
			page = page[len(mark):]
		case bytes.HasPrefix([]byte(mark), page):
			return page[0], false
		default:
			return page[0], true
		}
	}
	return 0, false
}
