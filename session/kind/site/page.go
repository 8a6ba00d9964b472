package site

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/transform"
)

// A page reads texts out of an HTML page.
type page struct{ places []place }

// newPage compiles paths, each as [newPlace] does.
func newPage(paths []string) (page, error) {
	var p page
	for _, path := range paths {
		place, err := newPlace(path)
		if err != nil {
			return p, err
		}
		p.places = append(p.places, place)
	}
	return p, nil
}

// mostText bounds the text that is looked at for one place, in bytes: where elements stand in one another, it is there several times.
const mostText = 2 * maxAnswer

// read returns the text at each path. A path at which several texts differ leads to all of them, which is no name and no id: one of
// them may be another person's. Where there are elements and an expression finds nothing in them, it leads to a list of none.
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
		elements := document.FindMatcher(place.elements)
		texts, err := place.texts(elements)
		switch {
		case errors.Is(err, errCut):
			tree[place.path] = errCut
		case err != nil:
			return nil, err
		case len(texts) == 1:
			tree[place.path] = texts[0]
		case len(texts) > 1, place.within != nil && elements.Length() > 0:
			tree[place.path] = texts
		}
	}
	return tree, nil
}

// texts lists the different texts at a place, without empty ones.
func (p place) texts(elements *goquery.Selection) ([]any, error) {
	all := []any{}
	left := mostText
	for _, element := range elements.EachIter() {
		text := element.Text()
		if p.attribute != "" {
			text, _ = element.Attr(p.attribute)
		}
		if left -= len(text); left < 0 {
			return nil, errors.New("the elements that one selector matches hold too much text")
		}
		texts := []string{folded(text)}
		if p.within != nil {
			var err error
			if texts, err = p.found(text, p.isCode(element, text)); err != nil {
				return nil, err
			}
		}
		for _, text := range texts {
			if text != "" && !slices.Contains(all, any(text)) {
				all = append(all, text)
			}
		}
	}
	return all, nil
}

// folded is a text as a page shows it: blanks are one blank.
func folded(text string) string { return strings.Join(strings.Fields(text), " ") }

// inUTF8 decodes a page as browsers do (WHATWG HTML, determining the character encoding). But a page that declares nothing and
// is UTF-8 is not taken for Windows-1252, the default in the western world.
func inUTF8(body []byte, contentType string) io.Reader {
	encoding, name, certain := charset.DetermineEncoding(body, contentType)
	if !certain && name == "windows-1252" && utf8.Valid(body) {
		return bytes.NewReader(body)
	}
	return transform.NewReader(bytes.NewReader(body), encoding.NewDecoder())
}
