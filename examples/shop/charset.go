package shop

import (
	"net/http"
	"strconv"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
)

func utf8(w http.ResponseWriter, _ *http.Request, page []byte) {
	write(w, "text/html; charset=utf-8", page)
}

// utf8BOM puts a byte order mark in front, as an editor of the time did when it saved a page.
func utf8BOM(w http.ResponseWriter, _ *http.Request, page []byte) {
	write(w, "text/html", append([]byte("\xef\xbb\xbf"), page...))
}

func latin1(w http.ResponseWriter, _ *http.Request, page []byte) {
	write(w, "text/html; charset=ISO-8859-1", transcoded(charmap.ISO8859_1, page))
}

// windows1252 leaves it to the page to declare its charset.
func windows1252(w http.ResponseWriter, _ *http.Request, page []byte) {
	write(w, "text/html", transcoded(charmap.Windows1252, page))
}

// transcoded writes what the charset lacks as character references.
func transcoded(charset *charmap.Charmap, page []byte) []byte {
	coded, err := encoding.HTMLEscapeUnsupported(charset.NewEncoder()).Bytes(page)
	if err != nil {
		panic(err) // only text that is not UTF-8 can fail, and templates are
	}
	return coded
}

func write(w http.ResponseWriter, contentType string, page []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(page)))
	w.Write(page)
}
