package inject

import (
	"strings"
	"testing"
)

func TestContentTypeCharset(t *testing.T) {
	for header, want := range map[string]string{
		"":                                          "",
		"text/html":                                 "",
		"text/html;":                                "",
		"text/html;charset=utf-8":                   "utf-8",
		"text/html; charset=utf-8":                  "utf-8",
		"Text/HTML ; Charset=\"x\"":                 "x",
		"text/html;;charset=\"Shift_JIS\",":         "Shift_JIS",
		"text/html; a=b; charset=\"a;b\"":           "a;b",
		"text/html; charset=\"a\\\"b\"":             `a\`, // no label has a backslash
		"text/html; charset=\"open":                 "open",
		"text/html; charset=\"a\"b; c=d":            "a",
		"text/html; charset = utf-8":                "", // WHATWG MIME Sniffing §4.4: the name is "charset " and no token
		"text/html; charset=":                       "",
		"text/html; charset=; charset=b":            "b",
		"text/html; charset=a; charset=b":           "a",
		"text/html; charset=a, text/html":           "a",
		"text/html; charset=a, text/html;charset=b": "b",
		"text/html; charset=a, text/plain":          "",
		"text/html; charset=a, */*;charset=b":       "a",
		"text/html; charset=a, nonsense":            "a",
		"nonsense;charset=a":                        "",
		"charset=a":                                 "",
	} {
		if got := contentTypeCharset(header); got != want {
			t.Errorf("%q: got %q, want %q", header, got, want)
		}
	}
}

func TestEncodingOf(t *testing.T) {
	for label, want := range map[string]string{
		"":                "",
		"nonsense":        "",
		"utf-7":           "",
		"utf-32":          "",
		"UTF8":            "utf-8",
		" latin1\n":       "windows-1252",
		"ascii":           "windows-1252",
		"sjis":            "shift_jis",
		"unicode":         "utf-16le",
		"utf-16":          "utf-16le",
		"UTF-16BE":        "utf-16be",
		"csISO2022JP":     "iso-2022-jp",
		"iso-2022-kr":     "replacement",
		"iso-2022-cn-ext": "replacement",
		"hz-gb-2312":      "replacement",
		"x-user-defined":  "x-user-defined",
	} {
		if got := encodingOf(label); got != want {
			t.Errorf("%q: got %q, want %q", label, got, want)
		}
	}
}

func TestAsciiSafe(t *testing.T) {
	for _, name := range []string{"utf-8", "windows-1252", "shift_jis", "gbk", "big5", "euc-jp", "euc-kr", ""} {
		if !asciiSafe(name) {
			t.Errorf("%q: unsafe", name)
		}
	}
	for _, name := range []string{"utf-16le", "utf-16be", "iso-2022-jp", "replacement"} {
		if asciiSafe(name) {
			t.Errorf("%q: safe", name)
		}
	}
}

// TestMetaEncoding follows the prescan of WHATWG HTML §13.2.3.2 step by step. A caret marks where the declaring element ends.
func TestMetaEncoding(t *testing.T) {
	for _, c := range []struct{ page, want string }{
		{"<meta charset=koi8-r>‸", "koi8-r"},
		{"<META\tCharSet='KOI8-R'>‸", "koi8-r"},
		{"<meta/charset=koi8-r/>", ""}, // the slash is part of the value
		{"<meta charset=koi8-r />‸", "koi8-r"},
		{`<meta charset = "koi8-r"/x=y>‸`, "koi8-r"},
		{"<meta\fcharset\n=\rkoi8-r\t>‸", "koi8-r"},
		{"<meta charset=koi8-r", ""},
		{"<meta charset='koi8-r>", ""},
		{"<metacharset=koi8-r>", ""},
		{"<meta>", ""},
		{"<meta", ""},
		{"<meta charset=x><meta charset=koi8-r>‸", "koi8-r"},
		{"<meta charset=x charset=koi8-r>", ""},
		{"<meta =charset=koi8-r>", ""},
		{"<meta charset><meta charset=>", ""},
		{"<meta charset=>koi8-r", ""},
		{"<meta charset=utf-16be>‸", "utf-8"},
		{"<meta charset=x-user-defined>‸", "windows-1252"},

		// The pragma.
		{`<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">‸`, "koi8-r"},
		{`<meta content="text/html; charset=koi8-r" http-equiv=content-type>‸`, "koi8-r"},
		{`<meta content="text/html; charset=koi8-r">`, ""},
		{`<meta http-equiv=refresh http-equiv=content-type content="charset=koi8-r">`, ""},
		{`<meta http-equiv=content-type content="charset=x" content="charset=koi8-r">`, ""},
		{`<meta http-equiv=content-type content="charset=koi8-r" charset=big5>‸`, "big5"},
		{`<meta http-equiv=content-type content="charset=koi8-r" charset=x>`, ""},
		{`<meta charset=x http-equiv=content-type content="charset=koi8-r">`, ""},
		{`<meta http-equiv=content-type content="charset charset = 'koi8-r' x">‸`, "koi8-r"},
		{`<meta http-equiv=content-type content="charset=koi8-r;x">‸`, "koi8-r"},
		{`<meta http-equiv=content-type content="charset='koi8-r">`, ""},
		{`<meta http-equiv=content-type content='charset="koi8-r"'>‸`, "koi8-r"},
		{`<meta http-equiv=content-type content="charset=">`, ""},
		{`<meta http-equiv=content-type content="charset">`, ""},

		// What is passed over.
		{"<!-- <meta charset=big5> --><meta charset=koi8-r>‸", "koi8-r"},
		{"<!--><meta charset=koi8-r>‸", "koi8-r"},
		{"<!---><meta charset=koi8-r>‸", "koi8-r"},
		{"<!-- --!><meta charset=koi8-r>", ""}, // no end of a comment here
		{"<!-- <meta charset=koi8-r>", ""},
		{`<a title="<meta charset=big5>"><meta charset=koi8-r>‸`, "koi8-r"},
		{`<a b='>' "><meta charset=koi8-r>‸`, "koi8-r"},
		{`</a title="<meta charset=big5>"><meta charset=koi8-r>‸`, "koi8-r"},
		{"<a<meta charset=big5>", ""},
		{"<a/b=c><meta charset=koi8-r>‸", "koi8-r"},
		{"<!doctype '<meta charset=koi8-r>", ""},
		{"<?x <meta charset=koi8-r>", ""},
		{"</ <meta charset=koi8-r>", ""},
		{"</><meta charset=koi8-r>‸", "koi8-r"},
		{"<1 <meta charset=koi8-r>‸", "koi8-r"},
		{"<<meta charset=koi8-r>‸", "koi8-r"},
		{"<script>'<meta charset=koi8-r>‸'</script>", "koi8-r"}, // bytes, not tokens
		{"<title><meta charset=koi8-r>‸</title>", "koi8-r"},
		{"<", ""},
		{"", ""},
	} {
		before, after, found := strings.Cut(c.page, caret)
		end := 0
		if found {
			end = len(before)
		}
		encoding, behind := metaEncoding([]byte(before + after))
		if encoding != c.want || encoding != "" && behind != end {
			t.Errorf("%q: got %q at %d", c.page, encoding, behind)
		}
	}
}

func TestXMLEncoding(t *testing.T) {
	for declaration, want := range map[string]string{
		`<?xml version="1.0" encoding="koi8-r"?>`: "koi8-r",
		"<?xml encoding\n=\t'koi8-r'>":            "koi8-r",
		"<?xmlencoding='koi8-r'>":                 "koi8-r",
		`<?xml encoding="utf-16"?>`:               "utf-8",
		`<?xml encoding="koi8-r"`:                 "",
		`<?xml encoding="koi8-r?>`:                "",
		`<?xml encoding=koi8-r?>`:                 "",
		`<?xml encoding "koi8-r"?>`:               "",
		`<?xml encoding=" koi8-r"?>`:              "",
		`<?xml encoding=`:                         "",
		`<?xml encoding=?>`:                       "",
		`<?XML encoding="koi8-r"?>`:               "",
		` <?xml encoding="koi8-r"?>`:              "",
		`<?xml?>`:                                 "",
		``:                                        "",
	} {
		if got := xmlEncoding([]byte(declaration)); got != want {
			t.Errorf("%q: got %q, want %q", declaration, got, want)
		}
	}
}

func TestScriptLength(t *testing.T) {
	for _, text := range []string{
		"‸</script>",
		"a<b‸</SCRIPT >",
		"'</scripts>' ‸</script/>",
		"<!-- ‸</script>",
		"<!-- <script </script",
		"<!-- <script> </script> ‸</script>",
		"<!-- <script> </script> <script/ </script> ‸</script>",
		"<!-- <script> --> ‸</script>",
		"<!-- <scripts> ‸</script>",
		"<!--> <script> ‸</script>",
		"<!---> <script> ‸</script>",
		"<!-- --> <script> ‸</script>",
		"<!- <script> ‸</script>",
		"<!-- a < b <script> </script> ‸</script>",
		"<!-- <!-- <script> </script> ‸</script>",
		"<script> ‸</script>",
		"",
		"</script",
		"<!-- <script> </script>",
	} {
		before, after, found := strings.Cut(text, caret)
		want := len(before)
		if !found {
			want = -1
		}
		if got := scriptLength([]byte(before + after)); got != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
	}
}
