package tawk

import (
	"bytes"
	"encoding/json"
	"maps"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"
)

var testWidget = Widget{
	PropertyID: testProperty, WidgetID: "default", Key: testKey, Origin: "https://embed.tawk.to", Embed: true, Own: "/.tawkproxy/",
}

func TestData(t *testing.T) {
	user := Identity{Known: true, Visitor: Visitor{ID: "42", Name: `José "Pepe" O'Neil 😀`}}
	const (
		hash  = "68be1d8dd9a3fc65b9f94da91b132e6643b29fb83480ca4dabd160aa4f301e1e"
		embed = `"embed":"https://embed.tawk.to/0123456789abcdef01234567/default","own":"/.tawkproxy/"`
		pepe  = `"user":{"hash":"` + hash + `","name":"Jos\u00e9 \"Pepe\" O\u0027Neil \ud83d\ude00","userId":"42"}`
	)
	mark := testWidget.Mark(user)
	if mark == "" {
		t.Error("a user without a mark")
	}
	quiet := Widget{Key: testKey, Own: testWidget.Own, Once: true}
	for name, test := range map[string]struct{ got, want string }{
		"user":            {string(testWidget.Data(user)), `{` + pepe + `,"mark":"` + mark + `",` + embed + `}`},
		"nobody":          {string(testWidget.Data(Identity{Known: true})), `{"user":null,` + embed + `}`},
		"unknown":         {string(testWidget.Data(Identity{})), `{` + embed + `}`},
		"ask":             {string(testWidget.Ask()), `{"ask":true,` + embed + `}`},
		"once, not embed": {string(quiet.Data(Identity{Known: true})), `{"user":null,"once":true,"own":"/.tawkproxy/"}`},
		"answer: user":    {string(testWidget.Answer(user)), `{` + pepe + `,"mark":"` + mark + `"}`},
		"answer: nobody":  {string(testWidget.Answer(Identity{Known: true})), `{"user":null}`},
		"answer: unknown": {string(testWidget.Answer(Identity{})), `{}`},
	} {
		if test.got != test.want {
			t.Errorf("%s\n got %s\nwant %s", name, test.got, test.want)
		}
	}
}

// FuzzData holds that whoever is logged in is told unchanged, in an attribute of a page in any charset that contains ASCII.
func FuzzData(f *testing.F) {
	f.Add("42", "Ada Lovelace", "ada@example.com", "plan", "pro")
	f.Add("1", "</script><script>alert(1)</script>", "'\"&lt;", "x", "{{7*7}}")
	f.Add("\u2028", "José \"Pepe\" O'Neil 😀\u2029\x7f\x00", "{{{", "A-b", "<!--")
	f.Add("\xff", "\xff\xfe", "\xed\xa0\x80", "", "")
	f.Fuzz(func(t *testing.T, id, name, email, key, value string) {
		visitor := Visitor{ID: id, Name: name, Email: email, Attributes: map[string]string{key: value}}
		data := testWidget.Data(Identity{Known: true, Visitor: visitor})
		if i := bytes.IndexAny(data, "<>&'\x7f"); i >= 0 || bytes.Contains(data, []byte("{{")) {
			t.Fatalf("unsafe text: %s", data)
		}
		for _, b := range data {
			if b < ' ' || b > '~' {
				t.Fatalf("byte %#x in %s", b, data)
			}
		}
		if again := testWidget.Data(Identity{Known: true, Visitor: visitor}); !bytes.Equal(data, again) {
			t.Fatalf("%s, then %s", data, again)
		}

		var got struct{ User map[string]string }
		if err := json.Unmarshal([]byte(attribute(t, data)), &got); err != nil {
			t.Fatalf("%s: %v", data, err)
		}
		if id == "" || !utf8.ValidString(id) || length(id) > maxText {
			if got.User != nil {
				t.Fatalf("a user without a usable id: %v", got.User)
			}
			return
		}
		want, _ := login(newSigner(testKey), visitor)
		for field, text := range want {
			want[field] = string([]rune(text)) // JSON cannot hold what is not UTF-8
		}
		if !maps.Equal(got.User, want) {
			t.Fatalf("told %v, want %v", got.User, want)
		}
	})
}

// attribute returns what a browser's parser makes of the data in a page.
func attribute(t *testing.T, data []byte) string {
	t.Helper()
	tokens := html.NewTokenizer(bytes.NewReader([]byte(element(data))))
	if tokens.Next() != html.StartTagToken {
		t.Fatalf("%s is not in a start tag", data)
	}
	token := tokens.Token()
	if len(token.Attr) != 1 || token.Attr[0].Key != "data-"+Name {
		t.Fatalf("attributes %v", token.Attr)
	}
	if tokens.Next() != html.TextToken || tokens.Next() != html.EndTagToken || tokens.Next() != html.ErrorToken {
		t.Fatal("the element is not one element")
	}
	return token.Attr[0].Val
}
