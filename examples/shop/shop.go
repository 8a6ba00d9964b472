// Package shop is a website of 2004, kept exactly as it was: Teapot Palace. It is there to stand behind the proxy, in the demo
// and in tests, and it is awkward on purpose. Its pages differ in how they begin, in charset, in compression, in caching and in
// how they arrive; [Pages] lists them all. Customers log in with github.com/gorilla/sessions.
//
// The bytes of every answer depend on nothing but the request and the session: no clock, no chance, no counter.
package shop

import (
	"embed"
	"encoding/gob"
	"html/template"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/sessions"
)

// Cookie is the name of the shop's session cookie.
const Cookie = "teapot_session"

// DemoKey signs the session cookies of a shop that was given no key. Everybody can read it here.
const DemoKey = "a teapot palace keeps no secrets"

// Options are the choices of whoever opens a shop. The zero value works.
type Options struct {
	Keys  [][]byte      // of the session cookie, in pairs as gorilla takes them: signing, encrypting, older pairs; nil: DemoKey
	Dir   string        // an existing folder for sessions on disk; "": all of a session is in its cookie
	Pause time.Duration // the rest that the slow page and the event stream take between their parts
	Embed template.HTML // the chat's own embed code, pasted by hand into the page /contact
}

type shop struct {
	store sessions.Store
	pages *template.Template
	pause time.Duration
	embed template.HTML
}

//go:embed pages files sprites
var folder embed.FS

// New opens a shop.
func New(o Options) http.Handler {
	gob.Register(Basket{})
	s := &shop{
		store: newStore(o.Keys, o.Dir),
		pages: template.Must(template.ParseFS(folder, "pages/*.html")),
		pause: o.Pause,
		embed: o.Embed,
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/", s.show("nowhere", notFound))
	for _, page := range s.everything() {
		path, _, _ := strings.Cut(page.Path, "?")
		if path == "/" {
			path = "/{$}" // alone, it would be everything else
		}
		mux.HandleFunc(page.Method+" "+path, page.serve)
	}
	return mux
}
