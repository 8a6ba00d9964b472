package shop

import (
	"net/http"

	"github.com/gorilla/sessions"
)

// newStore makes the store of the shop's sessions. Unlike gorilla's own defaults, its cookies work over plain http.
func newStore(keys [][]byte, dir string) sessions.Store {
	if keys == nil {
		keys = [][]byte{[]byte(DemoKey)}
	}
	month := sessions.Options{Path: "/", MaxAge: 30 * 24 * 60 * 60, HttpOnly: true, SameSite: http.SameSiteLaxMode}
	if dir == "" {
		store := sessions.NewCookieStore(keys...)
		store.Options = &month
		return store
	}
	store := sessions.NewFilesystemStore(dir, keys...)
	store.Options = &month
	return store
}

// session is the request's session, or an empty one if there is none that can be read: then nothing of it may count.
func (s *shop) session(r *http.Request) *sessions.Session {
	session, err := s.store.New(r, Cookie)
	if err != nil {
		session.ID = ""
		session.Values = map[any]any{}
	}
	return session
}

// save keeps a session, and tells whether that went well. The basket is in every session, even when it is empty.
func (s *shop) save(w http.ResponseWriter, r *http.Request, session *sessions.Session) bool {
	basket, _ := session.Values["basket"].(Basket)
	session.Values["basket"] = basket
	if err := session.Save(r, w); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return false
	}
	return true
}

// view is what pages may show of a session.
func (s *shop) view(session *sessions.Session) view {
	v := view{Embed: s.embed}
	v.Basket, _ = session.Values["basket"].(Basket)
	if in, _ := session.Values["authenticated"].(bool); in {
		v.Customer.ID = session.Values["user_id"]
		v.Customer.Name, _ = session.Values["user_name"].(string)
		v.Customer.Email, _ = session.Values["user_email"].(string)
	}
	return v
}
