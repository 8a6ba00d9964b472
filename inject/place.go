package inject

import (
	"bytes"
)

// A page is what is known of a page before its first bytes.
type page struct {
	contentType string // the header's value as it came; several are joined with commas
	marker      string // Script.Name: the page has the element if a script has this data attribute
	insertion   int    // upper bound of the element's length in bytes; 1024 and more mean the same
	navigation  bool   // the request's Sec-Fetch headers say that a person is about to see the answer
}

// An ending says what follows the first bytes of a page.
type ending int

const (
	open  ending = iota // perhaps more
	whole               // nothing: the page ends here
	full                // more, but no more will be looked at
)

// A placement is the answer of place. Offset counts from the window's first byte and is set with Inserted only. More is set while
// the bytes do not suffice for a verdict.
type placement struct {
	verdict Reason
	offset  int
	more    bool
}

// place decides where in a page the element goes, given the page's first bytes, decoded from any content coding.
//
// It asks five questions, one after the other, and each either waits for more bytes or has an answer that more bytes would not
// change. So the verdict does not depend on how the bytes arrive:
//
//   - In which encoding will a browser read the page? See declared.
//   - Is it JSON, which a browser would show as text? See isJSON. What is not navigated to must begin with a tag anyway.
//   - Where does the parser have a head, and what in it must stay in front? See walk.
//   - Does the page have the element? Looked at are the tokens up to the place and the one behind it, which is where the same
//     rule has put it before.
//   - Is it a document at all? See document.
func place(window []byte, end ending, p page) placement {
	known, ok := declared(window, end == whole, p.contentType)
	switch {
	case !ok && end == full:
		return placement{verdict: WindowFull}
	case !ok:
		return placement{more: true}
	case !asciiSafe(known.encoding):
		return placement{verdict: Charset}
	}
	if p.navigation {
		switch data, ok := isJSON(window[known.mark:], end); {
		case !ok:
			return placement{more: true}
		case data:
			return placement{verdict: Fragment}
		}
	}
	w := walk{end: end, needed: needed(known, p.insertion)}
	w.scanner = scanner{page: window, whole: end == whole, marker: "data-" + p.marker}
	w.seek(known.mark)
	answer := w.place()
	if answer.verdict != Inserted {
		return answer
	}
	if known.encoding == "" && bytes.IndexByte(window[:answer.offset], escape) >= 0 {
		return placement{verdict: Charset}
	}
	document, ok := w.document(window[known.mark:], p.navigation)
	switch {
	case !ok:
		return placement{more: true}
	case !document:
		return placement{verdict: Fragment}
	}
	return answer
}

// escape starts another set of characters in ISO-2022-JP. Browsers may guess that encoding where none is declared.
const escape = 0x1b

// needed returns the offset before which the element must not stand: where the meta element ends that declares the page's
// encoding, if the element would push it out of the bytes that browsers search for it.
func needed(d declaration, insertion int) int {
	if insertion <= prescanBytes-d.behind {
		return 0
	}
	return d.behind
}
