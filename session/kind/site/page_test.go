package site

import (
	"reflect"
	"strings"
	"testing"

	"tawkproxy/session"
)

func TestPage(t *testing.T) {
	html := "text/html"
	tests := []struct {
		name, path, contentType, body string
		want                          any // the text, a list of texts, or nil
	}{
		{"text", ".name", html, `<b class="x name">Ada  <i>Lovelace</i>&#10;</b>`, "Ada Lovelace"},
		{"entities", ".name", html, `<b class=name>Jos&eacute; &quot;Pepe&quot; O&#39;Neil &lt;/script&gt;</b>`,
			`José "Pepe" O'Neil </script>`},
		{"form field", "input[name=uid]@value", html, `<form><input name=uid value=" 42 "></form>`, "42"},
		{"attribute", "body@data-user", html, `<body DATA-USER=42>`, "42"},
		{"attribute, written large", "body@DATA-USER", html, `<body data-user=42>`, "42"},
		{"attribute of a name space", "a@xlink:href", html, `<a xlink:href=x>`, "x"},
		{"an @ in the selector", `a[href="mailto:a@b"]`, html, `<a href="mailto:a@b">x</a>`, "x"},
		{"meta", `meta[name="user-id"]@content`, html, `<meta name=user-id content=42>`, "42"},
		{"several selectors", "#old, #new", html, `<p id=new>42`, "42"},
		{"same text twice", ".name", html, `<b class=name>Ada</b><i class=name> Ada</i><i class=name></i>`, "Ada"},
		{"two names", ".name", html, `<b class=name>Ada</b><b class=name>José</b>`, []any{"Ada", "José"}},
		{"none", ".name", html, `<p>`, nil},
		{"empty", ".name", html, `<p class=name> &nbsp; </p>`, nil},
		{"no such attribute", "p@title", html, `<p>x</p>`, nil},
		{"XHTML", "p", "application/xhtml+xml; charset=utf-8", `<p>é</p>`, "é"},
		{"UTF-8, not declared", "p", html, `<p>é</p>`, "é"},
		{"UTF-8, not declared, far behind", "p", html, strings.Repeat(" ", 2000) + `<p>é</p>`, "é"},
		{"Latin-1", "p", "text/html; charset=iso-8859-1", "<p>\xe9</p>", "é"},
		{"Latin-1, not declared", "p", html, "<p>\xe9</p>", "é"},
		{"Shift_JIS by meta", "p", html, "<meta charset=shift_jis><p>\x8e\x96</p>", "事"},
		{"UTF-16", "p", html, "\xff\xfe<\x00p\x00>\x00\xe9\x00", "é"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p, err := newPage([]string{test.path})
			if err != nil {
				t.Fatal(err)
			}
			tree, err := p.read([]byte(test.body), test.contentType)
			if err != nil {
				t.Fatal(err)
			}
			if got := tree.(map[string]any)[test.path]; !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %#v, want %#v", got, test.want)
			}
		})
	}
}

// Two names are nobody's, and do not count as no name either.
func TestPageWithTwoNames(t *testing.T) {
	m := session.Mapping{ID: "#id", Name: ".name", Require: []session.Condition{{Path: ".pending"}}}
	p, err := newPage(m.Paths())
	if err != nil {
		t.Fatal(err)
	}
	for body, want := range map[string]string{
		`<b id=id>42</b><b class=name>Ada</b>`:                                                      "42 Ada",
		`<b id=id>42</b><b class=name>Ada</b><b class=name>José</b>`:                                "42",
		`<b id=id>42</b><b id=id>43</b><b class=name>Ada</b>`:                                       "no_user",
		`<b id=id>42</b><b class=name>Ada</b><b class=pending>code</b>`:                             "unmet",
		`<b id=id>42</b><b class=name>Ada</b><b class=pending>code</b><b class=pending>or mail</b>`: "unmet",
	} {
		tree, err := p.read([]byte(body), "text/html")
		if err != nil {
			t.Fatal(err)
		}
		u, err := m.User(tree)
		reason, _ := session.NobodyReason(err)
		if got := strings.TrimSpace(u.ID + " " + u.Name + string(reason)); got != want {
			t.Errorf("%s: got %q, want %q", body, got, want)
		}
	}
}

func TestPageRefuses(t *testing.T) {
	for _, path := range []string{"", "@value", "p@", "p@1", "p[", "p:nonsense", "p { }"} {
		if _, err := newPage([]string{path}); err == nil {
			t.Errorf("%q is accepted", path)
		}
	}
	p, err := newPage([]string{"p"})
	if err != nil {
		t.Fatal(err)
	}
	for _, contentType := range []string{"", "text/plain", "application/json", "image/svg+xml", "text/html-ish"} {
		if tree, err := p.read([]byte("<p>42</p>"), contentType); err == nil {
			t.Errorf("%q is read as %v", contentType, tree)
		}
	}
	if tree, err := p.read([]byte(strings.Repeat("<div>", 100_000)), "text/html"); err == nil {
		t.Errorf("a page of 100,000 levels is read as %v", tree)
	}
}
