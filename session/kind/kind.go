// Package kind says what a kind of session is: one way in which sites know who is logged in, with all that is to be known of it in
// one place. Each kind is a value in a room below, which a framework has for itself, or several that share code; package kinds
// lists them.
package kind

import (
	"io"
	"net/netip"
	"time"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/recipe"
	"tawkproxy/session/store"
)

// A Kind is one way in which sites know who is logged in.
type Kind struct {
	Name  string // the word that chooses it
	Title string // what sites or products these are; may hold Markdown
	Guide string // one line for who looks for the right kind

	Cookie string         // the session cookie's usual name; "": it has none
	Needs  []string       // settings that must be set, of its own or in common
	Stores setting.Stores // where its sessions may be, other than in the cookie alone

	Ageless bool // its sessions do not say when they were made

	Keys     []string // settings with the keys that decide whether a session counts
	Prefixes []string // settings with what stands before its key in a store
	Forms    []string // settings that say how it is written

	Signs Signs  // by which a site is recognised
	Find  Finder // of its settings, in the application's folder; nil: nothing is known of its folder

	New func() Settings // of which the defaults are not filled in yet
}

// Settings are a kind's own: a pointer to a struct whose fields have the tags of github.com/caarlos0/env, and a comment each, which
// operators read.
type Settings interface {
	// Rules lists what the types of the fields cannot say.
	Rules(*setting.Common) []setting.Rule

	// Open makes what knows who is logged in. It reads and connects nothing yet. Errors name what is wrong; one that belongs to a
	// setting is a [setting.Mistake] with its name.
	Open(Site) (session.Source, error)
}

// A Site is what a kind is told about the site, beside its own settings.
type Site struct {
	Cookie  string           // name of the session cookie; "": the usual one
	Mapping session.Mapping  // where in a session the user stands; no ID: the usual place
	MaxAge  time.Duration    // 0: as the framework decides
	Lookup  recipe.Lookup    // what the session does not hold; nil: the kind's own, if it has one
	Store   store.Store      // of the sessions; nil: none is named
	Now     func() time.Time // nil: time.Now
	Watch   *session.Watch   // nil: nobody wants to know

	Database     *store.Database // of the users; nil: none is named
	StoreTimeout time.Duration   // for each question to a store that the kind opens itself

	Questions Questions      // for a kind that asks the site
	Trusted   []netip.Prefix // addresses of proxies in front

	Opened func(io.Closer) // is given what the kind opens itself and others must close; nil: nobody will
}

// Setup is the site as a recipe takes it.
func (s Site) Setup() recipe.Setup {
	return recipe.Setup{Cookie: s.Cookie, Store: s.Store, Mapping: s.Mapping, Lookup: s.Lookup, MaxAge: s.MaxAge, Now: s.Now,
		Watch: s.Watch}
}

// Variant is the kind as one of those among which the operator chooses, with settings to be filled in.
func (k Kind) Variant() setting.Variant {
	own := k.New()
	return setting.Variant{Name: k.Name, Title: k.Title, Guide: k.Guide, Own: own, Needs: k.Needs, Stores: k.Stores, Ageless: k.Ageless,
		Keys: k.Keys, Prefixes: k.Prefixes, Forms: k.Forms, Rules: own.Rules}
}
