// Package widget stands in for the tawk.to chat widget: a server that behaves as the real one was observed to, so that the
// login script can be watched and tested without an account, a network, or support staff.
//
//	GET  /{property}/{widget}            the loader, which waits for window.load       loader.js
//	GET  /_s/v4/app/standin/js/app.js    the widget itself, with a bubble in the page  app.js
//	POST /v1/session/start               who is this browser?
//	POST /v1/client/login                checks the hash: 400, 401, or logged in
//	POST /v1/client/logout
//
// What it has in common with the real one:
//
//   - Tawk_API's callbacks are copied once, when the widget boots; each also comes as an event on window, and tawkLoad comes
//     again after every login, every logout and every lost connection.
//   - A browser stays who it is until logout or another login, over pages and tabs: a token in local storage stands for it,
//     and a first-party cookie twk_uuid_{property}.
//   - Secure Mode: a login needs HMAC-SHA256 of the user id under the property's key, in lower-case hex.
//   - The callback of login and logout hears nothing on success, an object on refusal, true when the request failed. It comes
//     twice after a 500, and not at all when the widget stumbles over the answer. Success is called back before tawkLoad.
//
// What it lacks: chats, the socket, and the lock that keeps tabs from starting sessions at the same time.
package widget

import (
	_ "embed" // of the scripts
	"net/http"
	"regexp"
	"strings"
	"sync"
)

//go:embed loader.js
var loader string

//go:embed app.js
var app string

var embedPath = regexp.MustCompile(`^/[0-9a-f]{24}/[0-9A-Za-z]{1,50}$`)

// Server is the widget's server for one property. Key must be set; the zero value of every other field works.
type Server struct {
	Key           string // the property's secret key
	SecureModeOff bool   // in the dashboard: then every login is answered with 401

	mu       sync.Mutex
	browsers map[string]Agent // by token
	calls    []Call
	faults   map[string][]Fault // by kind of call
}

// ServeHTTP answers as embed.tawk.to and va.tawk.to do, which are one here.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	allowOrigin(w, r)
	switch path := r.URL.Path; {
	case r.Method == http.MethodOptions:
		w.WriteHeader(http.StatusNoContent)
	case r.Method == http.MethodGet && embedPath.MatchString(path):
		s.record(Call{Kind: "loader", Status: http.StatusOK})
		property, _, _ := strings.Cut(path[1:], "/")
		writeScript(w, strings.ReplaceAll(loader, "PROPERTY", property))
	case r.Method == http.MethodGet && path == "/_s/v4/app/standin/js/app.js":
		writeScript(w, app)
	case r.Method == http.MethodPost && path == "/v1/session/start":
		s.answer(w, r, "start", s.start)
	case r.Method == http.MethodPost && path == "/v1/client/login":
		s.answer(w, r, "login", s.login)
	case r.Method == http.MethodPost && path == "/v1/client/logout":
		s.answer(w, r, "logout", s.logout)
	default:
		http.NotFound(w, r)
	}
}

// allowOrigin lets the pages of every site in, with cookies, as the real servers do.
func allowOrigin(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Vary", "Origin")
	header.Set("Cross-Origin-Resource-Policy", "cross-origin")
	if origin := r.Header.Get("Origin"); origin != "" {
		header.Set("Access-Control-Allow-Origin", origin)
		header.Set("Access-Control-Allow-Credentials", "true")
		header.Set("Access-Control-Allow-Headers", "Content-Type, X-Tawk-Token")
	}
}

func writeScript(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "application/javascript; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write([]byte(text)) // fails only if the browser has left
}
