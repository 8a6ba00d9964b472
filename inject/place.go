package inject

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
func place(window []byte, end ending, p page) placement {
	panic("unwritten")
}
