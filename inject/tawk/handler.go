package tawk

import (
	"net/http"
	"strings"
)

// Handler answers where [Widget.Owns] says so: the login script for scripts of the site's own pages only, and browsers that load it.
//
//	GET  login.…   the script: see [File]
//	GET  user      who is logged in? The JSON of [Widget.Answer]; with ?form if the page has a field for a password
//	POST report    a call to tawk.to failed: see [Reports]
type Handler struct {
	Widget   *Widget
	Identify func(*http.Request) Identity // as for pages; the request's context bounds the time
	Reports  *Reports
	File     *File                      // nil: pages hold the script
	Client   func(*http.Request) string // what tells clients apart, such as the address; nil: they are one
}

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	asked := h.Widget.asked(r.URL.Path)
	if h.File != nil && strings.HasPrefix(asked, fileName) {
		h.File.serve(w, r, asked)
		return
	}
	header.Set("Vary", "Cookie")
	method, serve := "", http.NotFound
	switch asked {
	case userName:
		method, serve = http.MethodGet, h.serveUser
	case reportName:
		method, serve = http.MethodPost, h.serveReport
	}
	if method != "" && r.Method != method {
		header.Set("Allow", method)
		http.Error(w, "only "+method, http.StatusMethodNotAllowed)
		return
	}
	if !sameOrigin(r) {
		http.Error(w, "only for scripts of the same site", http.StatusForbidden)
		return
	}
	serve(w, r)
}

func (h *Handler) serveUser(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(h.Widget.Answer(h.Identify(r))) // fails only if the browser has left
}

func (h *Handler) serveReport(w http.ResponseWriter, r *http.Request) {
	client := ""
	if h.Client != nil {
		client = h.Client(r)
	}
	h.Reports.serve(w, r, client)
}

// sameOrigin tells whether the browser says that a script of the same origin asks; an address typed in by hand is refused as
// well. Browsers name the relation on secure pages only. Elsewhere they name another origin, or one that they hide, in Origin:
// no other origin could read the answer, but none has any business to ask either.
func sameOrigin(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" {
		return site == "same-origin"
	}
	posted := *r
	posted.Method = http.MethodPost // of a GET the standard library allows any
	return http.NewCrossOriginProtection().Check(&posted) == nil
}
