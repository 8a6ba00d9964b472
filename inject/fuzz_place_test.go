package inject

import (
	"bytes"
	"testing"
)

// FuzzPlace holds for any bytes: no panic, a verdict that does not depend on how the bytes arrive, a place in the window, and
// there a live script in the head with the rest of the document as it was.
func FuzzPlace(f *testing.F) {
	for _, c := range slicesOf(headCases, documentCases, charsetCases, repeatedCases) {
		f.Add(bytes.ReplaceAll([]byte(c.page), []byte(caret), nil), c.known().contentType, c.known().insertion, !c.anonymous)
	}
	for _, c := range legacyPages(f) {
		f.Add(c.text, c.contentType, 0, true)
	}
	for _, document := range corpus(f) {
		f.Add(document, "text/html", 4<<10, true)
	}
	f.Fuzz(func(t *testing.T, window []byte, contentType string, insertion int, navigation bool) {
		if len(window) > 8<<10 {
			t.Skip("needs too many splits")
		}
		p := page{contentType: contentType, marker: marker, insertion: insertion, navigation: navigation}
		answer := place(window, whole, p)
		if len(window) < 512 {
			everySplit(t, window, p)
		} else {
			someSplits(t, window, p)
		}
		// Pages with a second element of ours, which only counts right behind the place, would confuse the judge.
		second := bytes.Contains(bytes.ToLower(window), []byte("data-"+marker))
		if answer.verdict != Inserted || second || misread(window[:answer.offset]) {
			return
		}
		if e := effectOf(t, window, answer.offset); e != live {
			t.Fatalf("%s: %q", e, spliced(window, answer.offset))
		}
	})
}

// someSplits is everySplit for pages that are too long for it.
func someSplits(t *testing.T, window []byte, p page) {
	t.Helper()
	final := place(window, whole, p)
	for n := len(window) % 31; n <= len(window); n += 31 {
		if got := place(window[:n:n], open, p); !got.more && got != final {
			t.Fatalf("after %d bytes %+v, at the end %+v: %q", n, got, final, window)
		}
	}
}

// misread reports whether x/net's tokenizer may see another end of a script before the place than the standard does.
func misread(before []byte) bool {
	return bytes.Contains(before, []byte("<!--")) && bytes.Contains(bytes.ToLower(before), []byte("<script"))
}
