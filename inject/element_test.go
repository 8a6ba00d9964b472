package inject

import (
	"strings"
	"testing"
)

func TestElement(t *testing.T) {
	s := Script{Name: "mark", Text: []byte("go()")}
	for _, c := range []struct {
		data, nonce  string
		trustedTypes bool
		want         string
	}{
		{`{"a":1}`, "", false, `<script data-mark='{"a":1}'>go()</script>`},
		{`{}`, "abc+/=", false, `<script nonce="abc+/=" data-mark='{}'>go()</script>`},
		{`{}`, "a", true, `<script nonce="a" data-mark-trusted data-mark='{}'>go()</script>`},
		{``, "", false, `<script data-mark=''>go()</script>`},
	} {
		got, err := s.opening(holding, []byte(c.data), c.nonce, c.trustedTypes)
		if got := string(got) + string(s.closing(holding)); err != nil || got != c.want {
			t.Errorf("%s %s: %s, %v", c.data, c.nonce, got, err)
		}
	}
	for _, c := range []struct{ data, nonce string }{
		{data: `'`}, {data: `<`}, {data: `>`}, {data: `&`}, {data: "\n"}, {data: "\x00"}, {data: "\x7f"}, {data: "é"}, {data: "\r"},
		{nonce: `"`}, {nonce: `&`}, {nonce: "a b"}, {nonce: "é"}, {nonce: "<"}, {nonce: ">"},
	} {
		if got, err := s.opening(holding, []byte(c.data), c.nonce, true); err == nil {
			t.Errorf("data %q, nonce %q: %s, want an error", c.data, c.nonce, got)
		}
	}
}

func TestScriptCheck(t *testing.T) {
	if err := (Script{Name: "mark", Text: []byte("if (a < b) { c('<p>') }\n")}).Check(); err != nil {
		t.Error(err)
	}
	for _, c := range []struct{ name, text, says string }{
		{"", "", "lower-case"}, {"A", "", "lower-case"}, {"a-b", "", "lower-case"}, {"a1", "", "lower-case"},
		{"a", "é", "0xc3"}, {"a", "a\rb", "0x0d"}, {"a", "\x00", "0x00"},
		{"a", "'</ScRipt>'", "</script"}, {"a", "<!-- -->", "<!--"},
	} {
		err := Script{Name: c.name, Text: []byte(c.text)}.Check()
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("name %q, text %q: %v, want %q in it", c.name, c.text, err, c.says)
		}
	}
}
