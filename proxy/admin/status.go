package admin

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"time"
)

//go:embed status.html
var statusHTML string

//go:embed status.css
var statusCSS string

//go:embed status.js
var statusJS string

// pages are the templates of the two pages, status and door.
var pages = template.Must(template.New("").Funcs(template.FuncMap{
	"css": func() template.CSS { return template.CSS(statusCSS) },
	"js":  func() template.JS { return template.JS(statusJS) },
}).Parse(statusHTML))

// policy allows the two texts above, and to ask for the page anew.
var policy = "default-src 'none'; style-src '" + digest(statusCSS) + "'; script-src '" + digest(statusJS) + "'; connect-src 'self'; " +
	"img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// digest is a source of a Content-Security-Policy (CSP3 section 2.3.1).
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// status answers with the page for a person.
type status struct{ Options }

func (s *status) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	show(w, http.StatusOK, "status", s.view(r, time.Now()))
}

func show(w http.ResponseWriter, code int, name string, data any) {
	var page bytes.Buffer
	if err := pages.ExecuteTemplate(&page, name, data); err != nil {
		http.Error(w, "a fault in tawkproxy: please report it: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(code)
	w.Write(page.Bytes())
}
