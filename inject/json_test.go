package inject

import (
	"strings"
	"testing"
)

// TestJSONWindow holds how far JSON is looked at, and that no more bytes are waited for.
func TestJSONWindow(t *testing.T) {
	p := page{contentType: "text/html; charset=utf-8", marker: marker, navigation: true}
	long := `{"html":"<html><head></head>` + strings.Repeat("x", evidenceBytes)
	for _, c := range []struct {
		name, page string
		end        ending
		want       placement
	}{
		{"long", long, open, placement{verdict: Fragment}},
		{"long, and no JSON further on", long[:evidenceBytes] + "\n<p>", open, placement{verdict: Fragment}},
		{"no JSON just before that", long[:evidenceBytes-1] + "\n<p>", open, placement{verdict: Inserted}},
		{"short", long[:evidenceBytes-1], open, placement{more: true}},
		{"short, in a window of its size", long[:evidenceBytes-1], full, placement{verdict: Fragment}},
		{"complete, but who knows", `{"a":"<html>"}`, open, placement{more: true}},
		{"blanks only", " \n", open, placement{more: true}},
		{"half a mark", "\xef\xbb", open, placement{more: true}},
		{"deep", strings.Repeat("[", 2*evidenceBytes), open, placement{verdict: Fragment}},
	} {
		if got := place([]byte(c.page), c.end, p); got != c.want {
			t.Errorf("%s: got %+v, want %+v", c.name, got, c.want)
		}
	}
}

func BenchmarkJSON(b *testing.B) {
	text := []byte(`[` + strings.Repeat(`{"id":1,"html":"<p>"},`, 400))
	b.SetBytes(evidenceBytes)
	for b.Loop() {
		isJSON(text, full)
	}
}
