package site

import "net/http"

// An editedResponse lets edit change the header of an answer just before it leaves.
type editedResponse struct {
	http.ResponseWriter
	edit  func(status int, h http.Header)
	final bool // the header has left
}

// WriteHeader implements http.ResponseWriter. Interim answers (RFC 9110 section 15.2) pass as they are.
func (w *editedResponse) WriteHeader(status int) {
	if !w.final && status >= 200 {
		w.final = true
		w.edit(status, w.Header())
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *editedResponse) Write(p []byte) (int, error) {
	if !w.final {
		w.WriteHeader(http.StatusOK)
	}
	return w.ResponseWriter.Write(p)
}

// FlushError is what http.ResponseController calls.
func (w *editedResponse) FlushError() error {
	if !w.final {
		w.WriteHeader(http.StatusOK)
	}
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// Unwrap is for http.ResponseController.
func (w *editedResponse) Unwrap() http.ResponseWriter { return w.ResponseWriter }
