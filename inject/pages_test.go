package inject

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// A legacyPage is one of the pages in testdata/pages, such as old sites serve them.
type legacyPage struct {
	name        string
	contentType string
	text        []byte
	want        placement
}

// legacyPages reads testdata/pages/PAGES.txt: a line a page with its name, its Content-Type and either the verdict on it or the
// offset of the place and the text behind it, separated by tabs.
func legacyPages(t testing.TB) []legacyPage {
	t.Helper()
	list, err := os.ReadFile("testdata/pages/PAGES.txt")
	if err != nil {
		t.Fatal(err)
	}
	var pages []legacyPage
	for line := range strings.Lines(string(list)) {
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		text, err := os.ReadFile(filepath.Join("testdata/pages", fields[0]+".html"))
		if err != nil {
			t.Fatal(err)
		}
		p := legacyPage{name: fields[0], contentType: fields[1], text: text, want: placement{verdict: Reason(fields[2])}}
		if len(fields) == 4 {
			offset, err := strconv.Atoi(fields[2])
			behind, quoteErr := strconv.Unquote(fields[3])
			if err != nil || quoteErr != nil || !bytes.HasPrefix(text[offset:], []byte(behind)) {
				t.Fatalf("%s: no %s at %s", fields[0], fields[3], fields[2])
			}
			p.want = placement{verdict: Inserted, offset: offset}
		}
		pages = append(pages, p)
	}
	return pages
}

func TestPlaceLegacyPages(t *testing.T) {
	pages := legacyPages(t)
	if len(pages) < 51 {
		t.Errorf("only %d pages", len(pages))
	}
	for _, c := range pages {
		t.Run(c.name, func(t *testing.T) {
			p := page{contentType: c.contentType, marker: marker, insertion: 4 << 10, navigation: true}
			got := place(c.text, whole, p)
			if got != c.want {
				t.Fatalf("got %+v, want %+v", got, c.want)
			}
			if got.verdict == Inserted {
				if e := effectOf(t, c.text, got.offset); e != live {
					t.Errorf("%s: %q", e, spliced(c.text, got.offset))
				}
			}
			everySplit(t, c.text, p)
		})
	}
}

// TestPlaceAgentPages holds the shapes of the 31 pages with which New Relic's agents test where their loader goes
// (rum_loader_insertion_location), written anew. An arrow stands for a line feed.
func TestPlaceAgentPages(t *testing.T) {
	for _, c := range []struct{ name, text string }{
		{"basic", `<html><head>↵‸<script>a</script></head><body>b</body></html>`},
		{"body_with_attributes", `<html>↵‸<body style='color:red' class="a">b</body></html>`},
		{"charset_tag", `<html><head><meta charset="utf-8" />↵‸<script>a</script></head><body></body></html>`},
		{"charset_tag_after_x_ua_tag",
			`<head><meta http-equiv="X-UA-Compatible" content="IE=5"><meta charset="utf-8">‸<link></head><body></body>`},
		{"charset_tag_before_x_ua_tag",
			`<head><meta charset="utf-8"><meta http-equiv="X-UA-Compatible" content="IE=5">‸<link></head><body></body>`},
		{"charset_tag_with_spaces", `<html><head>↵<meta   charset = "utf-8"   />↵<title>t</title>‸</head><body></body></html>`},
		{"comments1",
			`<html><head><title>t</title>↵<!-- <meta http-equiv="X-UA-Compatible" content="IE=8"> -->↵‸<script></script>`},
		{"comments2",
			`<html><!-- <head> <meta charset="utf-8"> -->↵<head>↵<!-- <meta charset="x"> --><title>t</title>↵‸</head>`},
		{"content_type_charset_tag",
			`<head><title>t</title><meta http-equiv="Content-Type" content="text/html; charset=utf-8">‸</head><body></body>`},
		{"content_type_after_x_ua_tag",
			`<head><meta http-equiv="X-UA-Compatible" content="IE=5">` +
				`<meta http-equiv="Content-Type" content="text/html;charset=utf-8">‸</head>`},
		{"content_type_before_x_ua_tag",
			`<head><meta http-equiv="Content-Type" content="text/html;charset=utf-8">` +
				`<meta http-equiv="X-UA-Compatible" content="IE=5">‸</head>`},
		{"gt_in_quotes1",
			`<html><head data-a="b>c"><!-- <meta http-equiv="X-UA-Compatible" content="a>b"> --> ‸<script></script></head>`},
		{"gt_in_quotes2",
			`<html><head><meta content="a>b" http-equiv="X-UA-Compatible"><meta name=">>">‸<link title=">"></head>`},
		{"gt_in_quotes_mismatch", `<html><head data-a="b>'c"><meta content="a>'">‸<link></head>`},
		{"gt_in_single_quotes1", `<html><head data-a='b>c'><meta content='a>b'>‸<link></head>`},
		{"gt_in_single_quotes_mismatch", `<html><head data-a='b>"c'><meta content='a>"'>‸<link></head>`},
		{"head_with_attributes", `<html><head lang="en" data-b><title>t</title>‸</head><body></body></html>`},
		{"incomplete_non_meta_tags", `<html><head><title>t</title </head>‸<body>↵<div`},
		{"no_end_header", `<html><head><title>t</title>↵‸<body>b</body></html>`},
		{"no_header", `<html>↵‸<body>b</body></html>`},
		{"no_html_and_no_header", `‸<body>b</body>`},
		{"no_start_header", `<html><title>t</title>↵‸</head><body>b</body></html>`},
		{"script1", `<html><head>‸<script>var a = '<head>';</script><meta charset=utf-8></head><body></body></html>`},
		{"script2", `<html><head><title>t</title>‸<script>document.write('<meta charset="x">');</script></head></html>`},
		{"x_ua_meta_tag", `<head><meta http-equiv="X-UA-Compatible" content="IE=8"/>‸<script></script></head><body></body>`},
		{"x_ua_meta_tag_multiline", `<head>↵<meta↵ http-equiv="X-UA-Compatible"↵ content="IE=8"↵/>↵‸<script></script></head>`},
		{"x_ua_meta_tag_multiple_tags",
			`<head><meta http-equiv="X-UA-Compatible" content="IE=8"><meta http-equiv="X-UA-Compatible" content="IE=9">‸</head>`},
		{"x_ua_meta_tag_spaces_equals", `<head><meta http-equiv = "X-UA-Compatible" content = "IE=8">‸</head>`},
		{"x_ua_meta_tag_with_others",
			`<head><meta name=a content=b><meta http-equiv="X-UA-Compatible" content="IE=8"><meta name=c>‸</head>`},
		{"x_ua_meta_tag_with_spaces", `<head>  <meta   http-equiv="X-UA-Compatible"   content="IE=8"  >  ‸</head>`},
		{"x_ua_meta_with_uppercase", `<HEAD><META HTTP-EQUIV="X-UA-COMPATIBLE" CONTENT="IE=8">‸</HEAD>`},
	} {
		before, after, _ := strings.Cut(strings.ReplaceAll(c.text, "↵", "\n"), caret)
		window := []byte(before + after)
		p := page{contentType: "text/html; charset=utf-8", marker: marker, insertion: 4 << 10, navigation: true}
		got := place(window, whole, p)
		if want := (placement{verdict: Inserted, offset: len(before)}); got != want {
			t.Errorf("%s: got %+v, want %+v", c.name, got, want)
			continue
		}
		if e := effectOf(t, window, got.offset); e != live {
			t.Errorf("%s: %s", c.name, e)
		}
		everySplit(t, window, p)
	}
}
