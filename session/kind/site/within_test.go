package site

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/andybalholm/cascadia"

	"tawkproxy/session"
	"tawkproxy/session/kind"
	"tawkproxy/session/sessiontest"
)

// What an expression finds is what the browser has there: HTML's escapes are resolved where HTML resolves them, and those of JavaScript
// in code alone.
func TestWithin(t *testing.T) {
	const user, whole = `script@/user:\s*"([^"]+)"/`, `script@/user:\s*"((?:[^"\\]|\\.)*)"/`
	for _, test := range []struct {
		name, path, body string
		want             any // the text, a list of texts, errCut, or nil
	}{
		{"a script", user, `<script>var x = {user: "ada"}</script>`, "ada"},
		{"among scripts", user, `<script src=x></script><script>user: "ada"</script><script>1</script>`, "ada"},
		{"several lines", `script@/user = \{\s+id: (\d+)/`, "<script>\nuser = {\n  id: 42,\n}</script>", "42"},
		{"slashes", `a@href/^/user/(\d+)/`, `<a href="/user/42/edit">x</a>`, "42"},
		{"escaped slashes", `a@href/\/user\/(\d+)/`, `<a href="/user/42/edit">x</a>`, "42"},
		{"an attribute written large", `a@HREF/(\d+)/`, `<a HREF="/user/42">x</a>`, "42"},
		{"an @ in both", `a[href*="@"]@href/(.+)@/`, `<a href="ada@example.com">x</a>`, "ada"},
		{"an expression within quotation marks", `a[title="@/(x)/"]@href/(\d+)/`, `<a title="@/(x)/" href="42">x</a>`, "42"},
		{"text as it is shown", `p@/^Logged in as (.+)\.$/`, "<p>Logged\n in <b>as</b>  Ada  Lovelace.</p>", "Ada Lovelace"},
		{"a flag", `p@/(?i)USER (\d+)/`, "<p>user 42", "42"},
		{"a group that took no part", `script@/id:(?:null|"(.+?)")/`, `<script>{id:null}</script>`, []any{}},
		{"an empty match", `script@/id:"(.*?)"/`, `<script>{id:""}</script>`, []any{}},
		{"the same twice", user, `<script>user: "ada"; user: "ada"</script><script>user:"ada"</script>`, "ada"},
		{"two", user, `<script>user: "ada"; user: "jose"</script>`, []any{"ada", "jose"}},
		{"two in two", user, `<script>user: "ada"</script><script>user:"jose"</script>`, []any{"ada", "jose"}},
		{"none there", user, `<script>user: null</script>`, []any{}},
		{"no script", user, `<p>user: "ada"</p>`, nil},
		{"a comment", user, `<!-- <script>user: "ada"</script> -->`, nil},

		{"HTML in a script is text", whole, `<script>user: "O&#39;Neil &amp; Co"</script>`, "O&#39;Neil &amp; Co"},
		{"HTML in an attribute", `body@data-user/"id":"([^"]+)"/`, `<body data-user="{&quot;id&quot;:&quot;a&amp;b&quot;}">`, "a&b"},
		{"HTML in an event", `body@onload/login\('([^']+)'\)/`, `<body onload="login(&#39;ada\u0040example.com&#39;)">`, "ada@example.com"},
		{"HTML in a text", `p@/user (.+)/`, `<p>user a&amp;b &lt;`, "a&b <"},
		{"JavaScript", whole, `<script>user: "ada\u0040example\x2ecom"</script>`, "ada@example.com"},
		{"quotation marks", whole, `<script>user: "Jos\u00e9 \"Pepe\" O\'Neil <\/script>"</script>`, `José "Pepe" O'Neil </script>`},
		{"two halves of a character", whole, `<script>user: "\ud83d\ude00\u{1F600}"</script>`, "😀😀"},
		{"half a character", whole, `<script>user: "\ud83d!"</script>`, "\ufffd!"},
		{"backslashes", whole, `<script>user: "a\\u0040\\"</script>`, `a\u0040\`},
		{"old escapes", whole, `<script>user: "\101\60\400\t"</script>`, "A0 0\t"},
		{"a line that goes on", `script@/user: "((?:[^"\\]|(?s:\\.))*)"/`, "<script>user: \"a\\\nb\\\r\nc\\d\"</script>", "abcd"},
		{"blanks in a script", whole, `<script>user: "a  b"</script>`, "a  b"},
		{"a module", whole, `<script type=module>user: "\x61"</script>`, "a"},
		{"JSON in a script", `script[type="application/json"]@/"user":"([^"]+)"/`, `<script type="application/json">{"user":"a\u0026b"}</script>`, "a&b"},
		{"JSON in an attribute", `p@data-x/"user":"([^"]+)"/`, `<p data-x='{"user":"a\u0026b"}'>`, "a&b"},
		{"JSON in a text", `#x@/"user": "([^"]+)"/`, `<pre id=x>[{"user": "a\u0026b"}]</pre>`, "a&b"},
		{"no JSON", `p@data-x/(.+)/`, `<p data-x='{C:\u0026b}'>`, `{C:\u0026b}`},
		{"no code", `p@/file (.+)/`, `<p>file C:\new\u0041`, `C:\new\u0041`},
		{"a template", `script@/user: "(.+?)"/`, `<script type="text/x-template">user: "\u0041"</script>`, `\u0041`},

		{"cut behind a backslash", user, `<script>user: "ada\"x"</script>`, errCut},
		{"cut in front of a backslash's letter", `script@/\\(u0040)/`, `<script>"\u0040"</script>`, errCut},
		{"cut within digits", `script@/"(\\u00)40/`, `<script>"\u0040"</script>`, errCut},
		{"cut behind digits", `script@/\\u00(40.*?)"/`, `<script>"\u0040x"</script>`, errCut},
		{"cut between halves", `script@/\\ud83d(.*?)"/`, `<script>"\ud83d\ude00"</script>`, errCut},
		{"digits that are none", whole, `<script>user: "\u00g0"</script>`, errCut},
		{"a character that is none", whole, `<script>user: "\u{110000}"</script>`, errCut},
		{"one cut, one not", user, `<script>user: "jose"; user: "ada\"x"</script>`, errCut},
		{"an escaped backslash in front", `script@/:(\w+)/`, `<script>"\\\\:ada"</script>`, "ada"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, err := newPage([]string{test.path})
			if err != nil {
				t.Fatal(err)
			}
			tree, err := p.read([]byte(test.body), "text/html; charset=utf-8")
			if err != nil {
				t.Fatal(err)
			}
			if got := tree.(map[string]any)[test.path]; !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %#v, want %#v", got, test.want)
			}
		})
	}
}

func TestWithinRefuses(t *testing.T) {
	for path, want := range map[string]string{
		`script@/user/`:        "has 0 groups",
		`script@/(user)(\d+)/`: "has 2 groups",
		`script@/(?:user)/`:    "has 0 groups",
		`script@//`:            "has 0 groups",
		`script@/(?=user)(x)/`: "cannot be read",
		`script@/(x)\1/`:       "cannot be read",
		`script@/(x/`:          "cannot be read",
		`script@/(x)/gi`:       "has gi behind",
		`script@/(x)`:          "nor one with @attribute or @/expression/",
		`/(x)/`:                "is not a CSS selector",
		`@/(x)/`:               "is not a CSS selector",
		`p[@/(x)/`:             "is not a CSS selector",
		`p@1/(x)/`:             "is not a CSS selector",
		`p@/(x{1000}){1000}/`:  "cannot be read",
		`p@/(\w{501})/`:        "too many steps",
		`p@/(` + strings.Repeat("x", 1000) + `)/`:      "more than 1000 bytes",
		`script@/user:"([^"]+)"/ , script@/u:"(.+?)"/`: "has 2 groups",
	} {
		_, err := newPage([]string{path})
		wrong, ok := errors.AsType[*session.PathError](err)
		if !ok || wrong.Path != path || !strings.Contains(wrong.What, want) || wrong.Remedy == "" {
			t.Errorf("%s: got %+v, want %q", path, err, want)
		}
	}
}

// What is looked at is bounded, and what is not looked at may be anybody.
func TestWithinBounds(t *testing.T) {
	for name, c := range map[string]struct{ path, body string }{
		"matches": {`p@/(x)/`, "<p>" + strings.Repeat("x", mostMatches)},
		"text":    {`div@/(x)/`, strings.Repeat("<div>", 200) + strings.Repeat("y", 1<<15)},
	} {
		p, err := newPage([]string{c.path})
		if err != nil {
			t.Fatal(err)
		}
		if tree, err := p.read([]byte(c.body), "text/html"); err == nil {
			t.Errorf("%s: got %v", name, tree)
		}
	}
}

// The log says what an expression does not find, and why.
func TestWithinNobody(t *testing.T) {
	for body, want := range map[string]string{
		`<script>user:"ada"</script>`:               "ada",
		`<script>user:null</script>`:                "its expression finds nothing there",
		`<p>user:"ada"</p>`:                         "no element of the page that has a text matches",
		`<script>user:"ada";user:"jose"</script>`:   "ambiguous: script@/user:\"([^\"]+)\"/ finds 2 different texts on the page",
		`<script>user:"ada\"jose"</script>`:         "in the middle of an escape",
		"<script>user:\"ada\\u0000\"</script>":      "not a printable text",
		`<script>user:"ada\ud83d"</script>`:         "not a printable text",
		`<script>user:"0"</script>`:                 "no user",
		`<script>user:"` + "\xff" + `ada"</script>`: "not a printable text",
	} {
		source := mustAsk(t, AskOptions{Answer: "html", Mapping: session.Mapping{ID: `script@/user:"([^"]+)"/`},
			Questions: kind.Questions{Site: page200("text/html; charset=utf-8", body)}})
		u, err := source.Identify(sessiontest.Visitor("s=1"), nil)
		got := u.ID
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, want) {
			t.Errorf("%s: got %s, want %s", body, got, want)
		}
	}
}

// FuzzEscape holds that what JSON can hold is read as encoding/json reads it, whole and in no part cut apart.
func FuzzEscape(f *testing.F) {
	for _, text := range []string{"ada@example.com", `José "Pepe" \ O'Neil </script>`, "\x00\u2028😀\n", `\u0040`, "\ufffd"} {
		f.Add(text, 1, 3)
	}
	f.Fuzz(func(t *testing.T, text string, from, to int) {
		text = strings.ToValidUTF8(text, "?")
		written, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		script := "x = " + string(written)
		if got, whole := unescaped(script, 5, len(script)-1); !whole || got != text {
			t.Fatalf("%s became %q", written, got)
		}
		// Any part: the text of it, or nothing, but no other.
		if from < 5 || to > len(script)-1 || from > to || !utf8.ValidString(script[from:to]) {
			return
		}
		part, whole := unescaped(script, from, to)
		var want string
		if json.Unmarshal([]byte(`"`+script[from:to]+`"`), &want) == nil && whole && part != want {
			t.Errorf("%q of %s became %q, not %q", script[from:to], written, part, want)
		}
		if whole && !strings.Contains(text, part) {
			t.Errorf("%q of %s became %q, which is no part of it", script[from:to], written, part)
		}
		_, _ = unescaped(text, 0, len(text)) // whatever it is
	})
}

// FuzzWithin reads any page by any path. A path without an expression means what it did before there were any; with one, what is found is
// text of the page, but for escapes.
func FuzzWithin(f *testing.F) {
	for _, path := range []string{`script@/user:"([^"]+)"/`, `a@href/(\d+)/`, `a[href*="@/x/"]@href/(?i)(x)/`, `.name`, `input[name=uid]@value`, `p@/^(.*)$/`} {
		f.Add(path, []byte(`<a class=name href="/user/42">Ada</a><script>user:"a\u0040b"</script><p>{"x":"\n"}`))
	}
	f.Fuzz(func(t *testing.T, path string, body []byte) {
		place, err := newPlace(path)
		if err != nil {
			return
		}
		if parts := plainForm.FindStringSubmatch(path); place.within != nil && parts != nil {
			if _, err := cascadia.Compile(parts[1]); err == nil {
				t.Errorf("%q is a selector, and is read as one with an expression", path)
			}
		}
		if place.within != nil && place.within.NumSubexp() != 1 {
			t.Errorf("%q has %d groups", path, place.within.NumSubexp())
		}
		var p page
		p.places = append(p.places, place)
		tree, err := p.read(body, "text/html; charset=utf-8")
		if err != nil {
			return
		}
		for _, value := range tree.(map[string]any) {
			texts, _ := value.([]any)
			if text, one := value.(string); one {
				texts = []any{text}
			}
			for _, text := range texts {
				if text == "" || !utf8.ValidString(text.(string)) || len(text.(string)) > len(body)*3 {
					t.Errorf("%q: got %q", path, text)
				}
			}
		}
	})
}
