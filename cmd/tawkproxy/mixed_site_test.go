package main

import (
	"fmt"
	"net/http"

	"github.com/gorilla/sessions"
)

// mixedPaths are the pages of a site that mixes what everybody may see with what is personal.
var mixedPaths = []string{
	"/plain", "/tagged", "/dated", "/kept", "/fresh", "/public", "/public/tagged", "/public/dated", "/public/shared",
}

// newMixedSite makes it. Every page but the public ones greets its visitor.
func newMixedSite() http.Handler {
	store := sessions.NewCookieStore([]byte(demoKey))
	who := func(r *http.Request) string {
		session, _ := store.Get(r, "mixed")
		name, _ := session.Values["id"].(string)
		return name
	}
	page := func(w http.ResponseWriter, r *http.Request, greeting string) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, "<!DOCTYPE html><html><head><title>%s</title></head><body>%s</body></html>", r.URL.Path, greeting)
	}
	conditional := func(w http.ResponseWriter, r *http.Request, tag string) bool {
		w.Header().Set("ETag", tag)
		if r.Header.Get("If-None-Match") != tag {
			return false
		}
		w.WriteHeader(http.StatusNotModified)
		return true
	}
	const date = "Sat, 01 Jan 2022 00:00:00 GMT"
	dated := func(w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("Last-Modified", date)
		if r.Header.Get("If-Modified-Since") != date {
			return false
		}
		w.WriteHeader(http.StatusNotModified)
		return true
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) {
		session, _ := store.Get(r, "mixed")
		session.Values["id"] = r.URL.Query().Get("as")
		_ = session.Save(r, w)
		page(w, r, "welcome")
	})
	mux.HandleFunc("POST /logout", func(w http.ResponseWriter, r *http.Request) {
		session, _ := store.Get(r, "mixed")
		session.Options.MaxAge = -1
		_ = session.Save(r, w)
		page(w, r, "goodbye")
	})
	mux.HandleFunc("GET /plain", func(w http.ResponseWriter, r *http.Request) { page(w, r, who(r)) })
	// The site is sloppy: its tag and its date do not depend on who is there.
	mux.HandleFunc("GET /tagged", func(w http.ResponseWriter, r *http.Request) {
		if !conditional(w, r, `"v1"`) {
			page(w, r, "the same for all")
		}
	})
	mux.HandleFunc("GET /dated", func(w http.ResponseWriter, r *http.Request) {
		if !dated(w, r) {
			page(w, r, "the same for all")
		}
	})
	mux.HandleFunc("GET /kept", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "private, max-age=60")
		if !conditional(w, r, `W/"`+who(r)+`"`) {
			page(w, r, who(r))
		}
	})
	mux.HandleFunc("GET /fresh", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		page(w, r, who(r))
	})
	mux.HandleFunc("GET /public", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=1")
		page(w, r, "for everybody")
	})
	mux.HandleFunc("GET /public/tagged", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=1")
		if !conditional(w, r, `"p1"`) {
			page(w, r, "for everybody")
		}
	})
	mux.HandleFunc("GET /public/dated", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=2")
		if !dated(w, r) {
			page(w, r, "for everybody")
		}
	})
	mux.HandleFunc("GET /public/shared", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "s-maxage=1, max-age=0")
		page(w, r, "for everybody")
	})
	return mux
}
