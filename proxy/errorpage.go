package proxy

import (
	_ "embed"
	"fmt"
	"net/http"
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
	case http.StatusInternalServerError:
		words = "Something went wrong. Please try again in a moment."
	}
	note := fmt.Sprintf("For the operator: %d %s, %s", status, http.StatusText(status), time.Now().UTC().Format(time.RFC3339))

	h := w.Header()
	h.Set("Cache-Control", "no-store")
	if strings.Contains(r.Header.Get("Accept"), "text/html") {
		h.Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(status)
		fmt.Fprintf(w, errorPage, words, note)
		return
	}
	h.Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprintf(w, "%s\n\n%s\n", words, note)
}
