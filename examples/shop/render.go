package shop

import (
	"bytes"
	"html/template"
	"net/http"
)

// view is what a page's template sees.
type view struct {
	Customer Person // the zero Person: nobody is logged in
	Basket   Basket
	Embed    template.HTML

	Teapot Teapot // on the page of one teapot
	Parcel string // what arrived, on the page that answers an upload
}

// Teapots, People and Pages list what their names say.
func (view) Teapots() []Teapot { return Teapots() }
func (view) People() []Person  { return People() }
func (view) Pages() []Page     { return Pages() }

// A sender sends a rendered page, each in its own awkward way.
type sender func(w http.ResponseWriter, r *http.Request, page []byte)

// show answers with the page of that name.
func (s *shop) show(name string, send sender) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.render(w, r, name, s.view(s.session(r)), send)
	}
}

func (s *shop) render(w http.ResponseWriter, r *http.Request, name string, v view, send sender) {
	var page bytes.Buffer
	if err := s.pages.ExecuteTemplate(&page, name+".html", v); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	send(w, r, page.Bytes())
}
