package session

import "time"

// A Place is where it is found out who is logged in, in one word from this closed list.
type Place string

// The places. Users are the details that a lookup adds, tokens those whose signature has been verified.
const (
	Sessions Place = "sessions"
	Users    Place = "users"
	Tokens   Place = "tokens"
	SiteSays Place = "site"
)

// Places lists them all.
func Places() []Place { return []Place{Sessions, Users, Tokens, SiteSays} }

// A Watch hears what it takes to know who is logged in. Many call its functions at once. A nil Watch, or one without a function,
// hears nothing.
type Watch struct {
	Asked  func(at Place, took time.Duration) // a store, the database or the site was asked, and has answered or failed
	Looked func(at Place, known bool)         // what is remembered was looked at first
}

// Begin is called before a place is asked, and End behind that.
func (w *Watch) Begin() (now time.Time) {
	if w != nil && w.Asked != nil {
		now = time.Now()
	}
	return now
}

// End takes what Begin has returned.
func (w *Watch) End(at Place, began time.Time) {
	if !began.IsZero() {
		w.Asked(at, time.Since(began))
	}
}

// Look tells whether a thing was remembered.
func (w *Watch) Look(at Place, known bool) {
	if w != nil && w.Looked != nil {
		w.Looked(at, known)
	}
}
