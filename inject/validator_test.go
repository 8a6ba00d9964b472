package inject

import (
	"net/http"
	"strings"
	"testing"
)

const somePrint = "0123456789abcdef"

func TestTag(t *testing.T) {
	for _, c := range []struct{ field, value, tag string }{
		{"Etag", `"a"`, `W/"a~tps0123456789abcdef"`},
		{"Etag", `W/"a"`, `W/"a~tpw0123456789abcdef"`},
		{"Etag", `"a,b/c='~tp"`, `W/"a,b/c='~tp~tps0123456789abcdef"`},
		{"Etag", `a`, `W/"YQ~tpo0123456789abcdef"`},
		{"Etag", `""`, `W/"IiI~tpo0123456789abcdef"`},
		{"Etag", `"a b"`, `W/"ImEgYiI~tpo0123456789abcdef"`},
		{"Etag", `w/"a"`, `W/"dy8iYSI~tpo0123456789abcdef"`},
		{"Etag", `W/"a~tps0123456789abcdef"`, `W/"a~tps0123456789abcdef~tpw0123456789abcdef"`}, // of a proxy behind this one
		{"Last-Modified", "Tue, 09 Nov 2004 17:30:00 GMT", `W/"VHVlLCAwOSBOb3YgMjAwNCAxNzozMDowMCBHTVQ~tpd0123456789abcdef"`},
		{"Last-Modified", "yesterday", `W/"eWVzdGVyZGF5~tpd0123456789abcdef"`},
	} {
		v, known := validatorOf(http.Header{c.field: {c.value}})
		v.print = somePrint
		if !known || v.value != c.value || v.tag() != c.tag {
			t.Errorf("%s: %s: tag %s of %v, want %s", c.field, c.value, v.tag(), v, c.tag)
		}
		if back, ours := parseTag(c.tag); !ours || back != v {
			t.Errorf("%s: read as %v, want %v", c.tag, back, v)
		}
		if strong, ours := parseTag(strings.TrimPrefix(c.tag, "W/")); !ours || strong != v {
			t.Errorf("%s without W/: read as %v", c.tag, strong)
		}
	}
	both := headerOf(`ETag: "a"`, "Last-Modified: yesterday")
	if v, _ := validatorOf(both); v.kind != strongTag {
		t.Errorf("a page with both is known by %v", v)
	}
	if v, known := validatorOf(http.Header{}); known {
		t.Errorf("a page without validators is known by %v", v)
	}
}

func TestForeignTag(t *testing.T) {
	for _, tag := range []string{
		"", "*", `"`, `""`, `"a"`, `W/"a"`, `a~tps0123456789abcdef`, `"~tps0123456789abcdef"`, `"a~tps0123456789abcde"`,
		`"a~tps0123456789abcdef0"`, `"a~tpx0123456789abcdef"`, `"a~tps0123456789abcde="`, `"a~tps0123456789abcdef-gzip"`,
		`"a~TPs0123456789abcdef"`, `"a b~tps0123456789abcdef"`, `"a~tpd0123456789abcdef"`, `"a=~tpo0123456789abcdef"`,
		`"Cg~tpo0123456789abcdef"`, // a line break
		`"a"~tps0123456789abcdef"`,
	} {
		if v, ours := parseTag(tag); ours {
			t.Errorf("%s is taken for ours: %v", tag, v)
		}
	}
}

// TestPrint tells apart what differs in anything that is not the site's.
func TestPrint(t *testing.T) {
	base := Transport{Key: []byte("key"), Script: testScript}
	sources := map[string][]string{"img-src": {"https://a.example"}}
	seen := map[string]string{}
	for name, variant := range map[string]*Transport{
		"same":          {Key: base.Key, Script: testScript},
		"other key":     {Key: []byte("yek"), Script: testScript},
		"other script":  {Key: base.Key, Script: Script{Name: "test", Text: []byte("/* new */")}},
		"other place":   {Key: base.Key, Script: Script{Name: "test", Text: testScript.Text, Src: "/x"}},
		"other sources": {Key: base.Key, Script: testScript, Sources: sources},
		"extended":      {Key: base.Key, Script: testScript, Sources: sources, ExtendPolicies: true},
	} {
		for data, payload := range map[string]Payload{
			"ada": {Data: []byte(`{"user":"ada"}`)}, "bob": {Data: []byte(`{"user":"bob"}`)}, "empty": {Data: []byte{}}, "none": {},
		} {
			print := variant.print(payload, holding)
			if other, known := seen[print]; known {
				t.Errorf("%s, %s has the print of %s", name, data, other)
			}
			if len(print) != printLength || print != variant.print(payload, holding) {
				t.Errorf("%s, %s: print %q", name, data, print)
			}
			seen[print] = name + ", " + data
		}
	}
	ada := Payload{Data: []byte(`{"user":"ada"}`)}
	if base.print(ada, holding) == base.print(ada, fetching) {
		t.Error("a page that loads the script has the print of one that holds it")
	}
	if _, same := seen[base.print(Payload{Data: []byte(`{"user":"ada"}`)}, holding)]; !same {
		t.Error("two proxies with the same settings make different prints")
	}
}

// FuzzTag turns whatever the site calls a page into a tag and back, and lets nothing else pass for one that could not be sent.
func FuzzTag(f *testing.F) {
	for _, value := range []string{`"a"`, `W/"a"`, "a", "", `"a~tps0123456789abcdef"`, lastModified, "\"\xff\"", "\n"} {
		f.Add(value, somePrint)
		f.Add(`W/"`+value+`~tpo0123456789abcdef"`, somePrint)
	}
	f.Fuzz(func(t *testing.T, value, print string) {
		if v, ours := parseTag(value); ours {
			if again, _ := parseTag(v.tag()); again != v {
				t.Errorf("%q is read as %v, written %q and read as %v", value, v, v.tag(), again)
			}
			if strings.ContainsFunc(v.value, notInHeaders) || v.value == "" {
				t.Errorf("%q stands for %q", value, v.value)
			}
		}
		if value == "" || strings.ContainsFunc(value, notInHeaders) {
			return
		}
		if raw, err := wording.DecodeString(print); err != nil || len(raw) != printBytes || len(print) != printLength {
			print = somePrint
		}
		for _, field := range []string{"Etag", "Last-Modified"} {
			v, _ := validatorOf(http.Header{field: {value}})
			v.print = print
			if back, ours := parseTag(v.tag()); !ours || back != v {
				t.Errorf("%s: %q becomes %q and then %v", field, value, v.tag(), back)
			}
		}
	})
}
