package inject

import (
	"bytes"
	"strings"
	"testing"
)

// caret marks the expected place in a page.
const caret = "‸"

// A placeCase is a page and what must become of it. Its name begins with the number it has in testdata/CASES.md.
type placeCase struct {
	name string
	page string // with a caret where the element goes
	want Reason // unless there is a caret

	contentType string // "": text/html; charset=utf-8
	anonymous   bool   // nothing says that a person navigates
	size        int    // of the element; 0: 4 KiB
	misread     bool   // by x/net's parser, whose tokenizer leaves a script's escaped state too early
}

func (c placeCase) known() page {
	p := page{contentType: c.contentType, marker: marker, insertion: c.size, navigation: !c.anonymous}
	if p.contentType == "" {
		p.contentType = "text/html; charset=utf-8"
	}
	if p.insertion == 0 {
		p.insertion = 4 << 10
	}
	return p
}

func TestPlaceCases(t *testing.T) {
	for _, c := range slicesOf(headCases, documentCases, charsetCases, repeatedCases) {
		t.Run(c.name, func(t *testing.T) {
			want := placement{verdict: c.want}
			before, after, ok := strings.Cut(c.page, caret)
			if ok {
				want = placement{verdict: Inserted, offset: len(before)}
			}
			window := []byte(before + after)
			got := place(window, whole, c.known())
			if got != want {
				t.Fatalf("got %+v, want %+v in %q", got, want, window)
			}
			if ok && !c.misread {
				if e := effectOf(t, window, got.offset); e != live {
					t.Errorf("%s: %q", e, spliced(window, got.offset))
				}
			}
			everySplit(t, window, c.known())
		})
	}
}

// everySplit holds that a verdict on the first bytes is the verdict on all of them, wherever they are split.
func everySplit(t testing.TB, window []byte, p page) {
	t.Helper()
	decided := false
	var verdict placement
	for n := range len(window) + 1 {
		got := place(window[:n:n], open, p)
		switch {
		case decided && got != verdict:
			t.Fatalf("after %d bytes %+v, then %+v: %q", n, verdict, got, window)
		case !got.more:
			decided, verdict = true, got
		}
	}
	for _, end := range []ending{whole, full} {
		got := place(window, end, p)
		switch {
		case got.more, got.verdict == "":
			t.Fatalf("no verdict at the end: %+v: %q", got, window)
		case decided && got != verdict:
			t.Fatalf("at the end %+v, before %+v: %q", got, verdict, window)
		case got.verdict == Inserted && got.offset > len(window):
			t.Fatalf("place beyond the window: %+v: %q", got, window)
		}
	}
}

func slicesOf(tables ...[]placeCase) (all []placeCase) {
	for _, table := range tables {
		all = append(all, table...)
	}
	return all
}

// TestPlaceWindow holds what happens where the window ends before the page does.
func TestPlaceWindow(t *testing.T) {
	p := page{contentType: "text/html; charset=utf-8", marker: marker, navigation: true}
	for _, c := range []struct {
		window string
		want   placement
	}{
		{"", placement{verdict: WindowFull}},
		{"<!doctype html><!-- " + strings.Repeat("x", 1000), placement{verdict: WindowFull}},
		{"<!doctype html>" + strings.Repeat(" ", 1000), placement{verdict: WindowFull}},
		{"<!doctype html><html><he", placement{verdict: WindowFull}},
		{"<!doctype html><html><", placement{verdict: WindowFull}},
		{"<!doctype html>‸<html", placement{verdict: WindowFull}},
		{"<head>\n‸", placement{}},
		{"<head>‸<", placement{}},
		{"<head><meta charset=utf-8>‸<title>never closed", placement{}},
		{"<head>‸<!-- never closed", placement{}},
		{"<head><title>t</title>‸<meta cont", placement{}},
		{"<title>x</title>‸<script src", placement{}},
	} {
		before, after, _ := strings.Cut(c.window, caret)
		want := c.want
		if want.verdict == "" {
			want = placement{verdict: Inserted, offset: len(before)}
		}
		if got := place([]byte(before+after), full, p); got != want {
			t.Errorf("%q: got %+v, want %+v", c.window, got, want)
		}
	}

	// The declaration of the encoding may be anywhere in 1024 bytes: a smaller window says nothing.
	p.contentType = "text/html"
	if got := place([]byte("<head><link>"), full, p); got.verdict != WindowFull {
		t.Errorf("undeclared encoding in a small window: %+v", got)
	}
}

// TestPlaceEarly holds that a page is not kept waiting for bytes that cannot change its place.
func TestPlaceEarly(t *testing.T) {
	p := page{contentType: "text/html; charset=utf-8", marker: marker}
	for _, window := range []string{
		"<!doctype html><html><head><title>t</title><link>",
		"<!doctype html><html><head>x",
		"<!doctype html>\n\nx",
		"<body>",
		`{"a"`,
		"<html></head>",
	} {
		if got := place([]byte(window), open, p); got.more {
			t.Errorf("%q: undecided", window)
		}
		if got := place([]byte(window[:len(window)-1]), open, p); !got.more {
			t.Errorf("%q: decided before its last byte: %+v", window, got)
		}
	}
	p.contentType = ""
	head := "<html><head><meta charset=koi8-r><title>t</title><link>"
	if got := place([]byte(head), open, p); got.more {
		t.Errorf("%q: undecided although the encoding is declared", head)
	}
	undeclared := append([]byte("<html><head><link>"), bytes.Repeat([]byte("x"), 2000)...)
	if got := place(undeclared[:1023], open, p); !got.more {
		t.Errorf("decided before the browser has searched for a declaration: %+v", got)
	}
	if got := place(undeclared[:1024], open, p); got.more {
		t.Error("undecided after 1024 bytes without a declaration")
	}
}
