package shop

import (
	"net/http"

	"github.com/gorilla/sessions"
)

// loginHere answers the login form with a page, as shops did before they knew better.
func (s *shop) loginHere(w http.ResponseWriter, r *http.Request) {
	if session, ok := s.login(w, r); ok {
		s.render(w, r, "welcome", s.view(session), utf8)
	}
}

// loginAndGo answers the login form with a redirect.
func (s *shop) loginAndGo(w http.ResponseWriter, r *http.Request) {
	if _, ok := s.login(w, r); ok {
		http.Redirect(w, r, "/account", http.StatusSeeOther)
	}
}

// login takes anybody's word for who they are. It has answered the request unless ok.
func (s *shop) login(w http.ResponseWriter, r *http.Request) (session *sessions.Session, ok bool) {
	p, ok := person(r.PostFormValue("person"))
	if !ok {
		http.Error(w, "We do not know you.", http.StatusForbidden)
		return nil, false
	}
	session = s.session(r)
	session.Values["authenticated"] = true
	session.Values["user_id"] = p.ID
	session.Values["user_name"] = p.Name
	session.Values["user_email"] = p.Email
	return session, s.save(w, r, session)
}

// logoutAndGo deletes the session, basket and all.
func (s *shop) logoutAndGo(w http.ResponseWriter, r *http.Request) {
	session := s.session(r)
	session.Options.MaxAge = -1
	if s.save(w, r, session) {
		http.Redirect(w, r, "/", http.StatusFound)
	}
}

// logoutHere only takes the customer out of the session: the basket stays.
func (s *shop) logoutHere(w http.ResponseWriter, r *http.Request) {
	session := s.session(r)
	for _, key := range []string{"authenticated", "user_id", "user_name", "user_email"} {
		delete(session.Values, key)
	}
	if s.save(w, r, session) {
		s.render(w, r, "goodbye", s.view(session), utf8)
	}
}
