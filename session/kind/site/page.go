package site

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/transform"

	"tawkproxy/session"
)

// A page reads texts out of an HTML page.
type page struct{ places []place }

// A place is where on a page a text stands.
type place struct {
	path      string // as it was written
	elements  goquery.Matcher
	attribute string // "": the element's text
}

var placeForm = regexp.MustCompile(`\A(.+?)(?:@([A-Za-z_][\w:.-]*))?\z`)

// newPage compiles paths of the form selector or selector@attribute (Selectors Level 4).
func newPage(paths []string) (page, error) {
	var p page
	for _, path := range paths {
		parts := placeForm.FindStringSubmatch(path)
		if parts == nil {
			return p, &session.PathError{Path: path, What: "is not a CSS selector"}
		}
		selector, err := cascadia.Compile(parts[1])
		if err != nil {
			return p, &session.PathError{Path: path, What: "is not a CSS selector, nor one with @attribute: " + err.Error()}
		}
		p.places = append(p.places, place{path, selector, strings.ToLower(parts[2])})
	}
	return p, nil
}

// read returns the text at each path. A path at which several elements differ leads to all of their texts, which is no name and
// no id: one of them may be another person's.
func (p page) read(body []byte, contentType string) (any, error) {
	media, _, _ := mime.ParseMediaType(contentType)
	if media != "text/html" && media != "application/xhtml+xml" {
		return nil, errors.New("not an HTML page")
	}
	document, err := goquery.NewDocumentFromReader(inUTF8(body, contentType))
	if err != nil {
		return nil, errors.New("an HTML page that cannot be read")
	}
	tree := make(map[string]any, len(p.places))
	for _, place := range p.places {
		switch texts := place.texts(document); len(texts) {
		case 0:
		case 1:
			tree[place.path] = texts[0]
		default:
			tree[place.path] = texts
		}
	}
	return tree, nil
}

// texts lists the different texts at a place, blanks folded, without empty ones.
func (p place) texts(document *goquery.Document) []any {
	var all []any
	for _, element := range document.FindMatcher(p.elements).EachIter() {
		text := element.Text()
		if p.attribute != "" {
			text, _ = element.Attr(p.attribute)
		}
		text = strings.Join(strings.Fields(text), " ")
		if text != "" && !slices.Contains(all, any(text)) {
			all = append(all, text)
		}
	}
	return all
}

// inUTF8 decodes a page as browsers do (WHATWG HTML, determining the character encoding). But a page that declares nothing and
// is UTF-8 is not taken for Windows-1252, the default in the western world.
func inUTF8(body []byte, contentType string) io.Reader {
	encoding, name, certain := charset.DetermineEncoding(body, contentType)
	if !certain && name == "windows-1252" && utf8.Valid(body) {
		return bytes.NewReader(body)
	}
	return transform.NewReader(bytes.NewReader(body), encoding.NewDecoder())
}
