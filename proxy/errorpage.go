package proxy

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"
)

//go:embed errorpage.html
var errorPage string

// ErrorPages answers visitors in the site's stead when there is no page, and tells the operator why. Both have the same id. Nothing
// of the request is on a page.
type ErrorPages struct {
	site    string // its name for visitors; "": none
	html    *template.Template
	notices *notices
	log     *slog.Logger
}

// NewErrorPages makes the pages of a site, which they call by its name; "": the website.
func NewErrorPages(site string, log *slog.Logger) *ErrorPages {
	return &ErrorPages{
		site: site, html: template.Must(template.New("").Parse(errorPage)),
		notices: newNotices(log), log: log,
	}
}

// withPages returns pages; if they are nil, those of a site without a name.
func withPages(pages *ErrorPages, log *slog.Logger) *ErrorPages {
	if pages == nil {
		return NewErrorPages("", log)
	}
	return pages
}

// An errorText is what visitors are told.
type errorText struct {
	Site   string    `json:"-"`
	Status int       `json:"status"`
	Title  string    `json:"title"`
	What   string    `json:"detail"` // title, detail and status are those of RFC 9457 section 3.1
	Advice string    `json:"-"`
	ID     string    `json:"id,omitempty"`
	Time   time.Time `json:"time"`
	Again  bool      `json:"-"` // it may help to ask again
}

func (p *ErrorPages) text(status int, id string, now time.Time) errorText {
	site, here := cmp.Or(p.site, "The website"), cmp.Or(p.site, "this website")
	what, advice := site+" could not be reached.", "Please try again in a moment."
	again := advice
	switch status {
	case http.StatusGatewayTimeout:
		what = site + " did not answer in time."
	case http.StatusServiceUnavailable:
		what = site + " is busy."
	case http.StatusInternalServerError, http.StatusLoopDetected:
		what = "Something went wrong."
	case http.StatusRequestEntityTooLarge:
		what, advice = "What was sent is too large for "+here+".", ""
	case http.StatusRequestHeaderFieldsTooLarge:
		what, advice = "The browser sent too many cookies, or too large ones.", "It may help to delete the cookies of "+here+"."
	case http.StatusBadRequest:
		what, advice = "What was sent could not be read.", ""
	case http.StatusNotImplemented, http.StatusHTTPVersionNotSupported:
		what, advice = "What was sent is not understood here.", ""
	}
	return errorText{p.site, status, http.StatusText(status), what, advice, id, now.UTC().Truncate(time.Second), advice == again}
}

// render makes the page in one of the forms, and returns its media type.
func (p *ErrorPages) render(form form, text errorText) (kind, page string) {
	var out strings.Builder
	switch form {
	case formHTML:
		if err := p.html.Execute(&out, text); err != nil {
			panic(err) // texts alone cannot fail
		}
		return "text/html; charset=utf-8", out.String()
	case formJSON:
		body, err := json.Marshal(text)
		if err != nil {
			panic(err)
		}
		return "application/json", string(body) + "\n"
	}
	fmt.Fprintf(&out, "%s\n\nFor the operator: %d %s, %s", strings.TrimSpace(text.What+" "+text.Advice), text.Status, text.Title, text.Time.Format(time.RFC3339))
	if text.ID != "" {
		fmt.Fprintf(&out, ", %s", text.ID)
	}
	return "text/plain; charset=utf-8", out.String() + "\n"
}

// write answers a request. ID is that of the line in the log; "": there is none.
func (p *ErrorPages) write(w http.ResponseWriter, r *http.Request, status int, id string) {
	if rec, ok := w.(*recorder); ok {
		rec.notice = id
	}
	kind, page := p.render(accepted(r.Header["Accept"]), p.text(status, id, time.Now()))
	h := w.Header()
	errorHeader(h, kind, len(page))
	w.WriteHeader(status)
	io.WriteString(w, page)
}

// errorHeader fills in the header of a page.
func errorHeader(h http.Header, kind string, length int) {
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", kind)
	h.Set("Content-Length", strconv.Itoa(length)) // whole before the rest of an upload has come
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'")
}
