package main

import (
	"strings"
	"testing"
)

// Colours are for terminals, and what comes from elsewhere moves no cursor.
func TestCheckReport(t *testing.T) {
	for _, test := range []struct {
		colour bool
		want   string
	}{
		{false, "ok       site       fine\nwarning  page       a \ufffd[2J b\n                      <title>\ufffd</title>\n                    → mend it\n"},
		{true, "\x1b[32mok       \x1b[0msite       fine\n\x1b[33mwarning  \x1b[0mpage       a \ufffd[2J b\n                      <title>\ufffd</title>\n" +
			"                    → mend it\n"},
	} {
		var out strings.Builder
		r := &checkReport{w: &out, colour: test.colour}
		r.add(checked{Step: "site", Says: "fine"})
		r.add(checked{Step: "page", State: stateWarning, Says: "a \x1b[2J\nb", Remedy: "mend it", Lines: []string{"<title>\x07</title>"}})
		if code := r.end(); code != 1 || out.String() != test.want {
			t.Errorf("colour %t: exit code %d, %q, want %q", test.colour, code, out.String(), test.want)
		}
	}
	if isTerminal(&strings.Builder{}) {
		t.Error("a text is taken for a terminal")
	}
}
