package main

import (
	"encoding/gob"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gorilla/sessions"
)

// TestGorillaSite has the stores of gorilla/sessions, in a site that serves from here.
func TestGorillaSite(t *testing.T) {
	t.Parallel()
	gob.Register(goMember{})
	const key, block, old = "a-session-key:-thirty-two-bytes.", "a-block-key:-sixteen-or-thirty-2", "an-older-key"
	for _, test := range []struct {
		name            string
		site            []string // its keys
		keys, blockKeys string   // as they are set
		files           bool
	}{
		{"signed", []string{key}, key, "", false},
		{"encrypted", []string{key, block}, key, block, false},
		{"signed with the old key", []string{old}, key + "," + old, block + ",", false},
		{"encrypted with the old block key", []string{key, block}, key + "," + key, "another-sixteen!," + block, false},
		{"files", []string{key}, key, "", true},
		{"files, encrypted", []string{key, block}, key, block, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			s := liveSite{
				settings: "TAWK_SESSION=gorilla\nTAWK_SESSION_COOKIE=shop\nTAWK_USER_ID=user.ID\nTAWK_USER_NAME=user.Name\n" +
					"TAWK_SESSION_KEY=" + test.keys + "\nTAWK_SESSION_BLOCK_KEY=" + test.blockKeys,
				ada: "42 Ada Lovelace", jose: `43 José "Pepe" O'Neil`, stored: test.files, kept: !test.files,
			}
			var keys [][]byte
			for _, key := range test.site {
				keys = append(keys, []byte(key))
			}
			inCookie := sessions.NewCookieStore(keys...)
			inCookie.Options.Secure = false // the test speaks plain HTTP
			handler := goSite{inCookie}
			if test.files {
				handler.store = sessions.NewFilesystemStore(p.find("FOLDER"), keys...)
				s.settings += "\nTAWK_SESSION_STORE=file://$FOLDER"
			}
			server := httptest.NewServer(handler)
			t.Cleanup(server.Close)
			s.open(p, server.URL).journey()
		})
	}
}

// A goMember is a type that only the site knows.
type goMember struct {
	ID   int
	Name string
}

// A goSite is a site in Go as the examples in other languages are.
type goSite struct{ store sessions.Store }

func (s goSite) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	session, _ := s.store.Get(r, "shop")
	switch r.Method + " " + r.URL.Path {
	case "POST /login":
		members := map[string]goMember{"ada": {42, "Ada Lovelace"}, "jose": {43, `José "Pepe" O'Neil`}}
		member, ok := members[r.FormValue("user")]
		if !ok || r.FormValue("password") != "secret" {
			http.Error(w, "That is not the password.", http.StatusForbidden)
			return
		}
		session.Values["user"] = member
		session.Save(r, w)
	case "POST /logout":
		delete(session.Values, "user")
		session.Options.MaxAge = -1
		session.Save(r, w)
	}
	member, ok := session.Values["user"].(goMember)
	if !ok {
		member.Name = "stranger"
	}
	w.Header().Set("Content-Type", "text/html")
	io.WriteString(w, "<!DOCTYPE html>\n<html><head><title>Go</title></head><body>Hello, "+html.EscapeString(member.Name)+".\n")
}
