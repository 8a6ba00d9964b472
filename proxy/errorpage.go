package proxy

import (
	_ "embed"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

//go:embed errorpage.html
var errorPage string

// writeErrorPage tells the visitor in plain words that there is no page. The time leads the operator to the log line; nothing
// else of the inside is shown.
func writeErrorPage(w http.ResponseWriter, r *http.Request, status int) {
	words := "The website could not be reached. Please try again in a moment."
	switch status {
	case http.StatusGatewayTimeout:
		words = "The website did not answer in time. Please try again in a moment."
	case http.StatusServiceUnavailable:
		words = "The website is busy. Please try again in a moment."
	case http.StatusRequestEntityTooLarge:
		words = "What was sent is too large for this website."
	case http.StatusBadRequest:
		words = "What was sent could not be read."
	case http.StatusNotImplemented:
		words = "This leads to one website, not to others."
	case http.StatusInternalServerError:
		words = "Something went wrong. Please try again in a moment."
	}
	note := fmt.Sprintf("For the operator: %d %s, %s", status, http.StatusText(status), time.Now().UTC().Format(time.RFC3339))

	kind, page := "text/plain", fmt.Sprintf("%s\n\n%s\n", words, note)
	if strings.Contains(r.Header.Get("Accept"), "text/html") {
		kind, page = "text/html", fmt.Sprintf(errorPage, words, note)
	}
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", kind+"; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(page))) // whole before the rest of an upload has come
	w.WriteHeader(status)
	io.WriteString(w, page)
}
