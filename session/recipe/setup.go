package recipe

import (
	"errors"
	"time"

	"tawkproxy/session"
	"tawkproxy/session/cookie"
	"tawkproxy/session/record"
	"tawkproxy/session/store"
)

// A Setup is what every kind of session must be told about the site. The options of each preset embed it.
type Setup struct {
	Cookie  string           // name of the session cookie; required unless there is a Header
	Header  string           // of the request, which carries the session instead and comes before the cookie; "": none
	Store   store.Store      // where the records are; nil: in the cookie
	Mapping session.Mapping  // where in a session's values the user stands; its ID is required
	Lookup  Lookup           // nil: nothing is looked up
	MaxAge  time.Duration    // 0: as the framework decides
	Now     func() time.Time // nil: time.Now
	Watch   *session.Watch   // nil: nobody wants to know
}

// Ageless refuses a maximum age, for kinds whose sessions do not tell when they were made.
func (s Setup) Ageless() error {
	if s.MaxAge > 0 {
		return errors.New("sessions of this kind do not tell when they were made, so that a maximum age cannot be kept")
	}
	return nil
}

// Recipe makes the recipe of a preset, of a site that reads its cookies by one of these readers.
func (s Setup) Recipe(name string, readers []cookie.Reader, parse record.Parser, steps ...Step) (*Recipe, error) {
	switch {
	case s.Cookie == "" && s.Header == "":
		return nil, errors.New("the name of the session cookie is missing")
	case s.Mapping.ID == "":
		return nil, errors.New("the path to the user's id is missing")
	}
	return &Recipe{Name: name, Cookie: s.Cookie, Header: s.Header, Readers: readers, Steps: steps, Parse: parse, Mapping: s.Mapping,
		Lookup: s.Lookup, Store: s.Store, MaxAge: s.MaxAge, Now: s.Now, Watch: s.Watch}, nil
}
