package main

import (
	"io"
	"net/http"
	"strings"
	"time"

	"tawkproxy/config"
	"tawkproxy/config/setting"
	"tawkproxy/inject/tawk"
	"tawkproxy/proxy"
	"tawkproxy/session"
	"tawkproxy/session/kind"
	"tawkproxy/session/kind/site"
	"tawkproxy/session/recipe"
	"tawkproxy/session/store"
)

// storeTimeout bounds each question to the site's session store. A page waits no longer; who is logged in is unknown then.
const storeTimeout = 100 * time.Millisecond

// databaseTimeout does the same for each question to its database.
const databaseTimeout = 200 * time.Millisecond

// newSource makes what knows who is logged in: the chosen kind opens it. Site passes questions on to the site; harm is
// told what they may do to guests. Errors are setting.Mistakes.
func newSource(cfg *config.Config, sites http.Handler, harm func(kind.Harm)) (source session.Source, err error) {
	at := kind.Site{
		Cookie:       cfg.Session.Cookie,
		Mapping:      newMapping(cfg),
		MaxAge:       cfg.Session.MaxAge,
		StoreTimeout: storeTimeout,
		Questions: kind.AskOptions{
			Site: sites, Foreign: append(tawk.Cookies(), "tawkproxy"), Client: share(cfg), Harm: harm,
		},
		Trusted: cfg.Site.TrustedProxies,
	}
	if cfg.User.DSN.IsSet() {
		if at.Database, err = store.NewDatabase(cfg.User.DSN.Reveal(), databaseTimeout); err != nil {
			return nil, mistake("TAWK_USER_DSN", err)
		}
	}
	if cfg.User.Query != "" {
		at.Lookup, err = recipe.NewLookup(recipe.LookupOptions{
			Database: at.Database, Query: cfg.User.Query, Prefix: cfg.User.Prefix})
		if err != nil {
			return nil, mistake("TAWK_USER_QUERY", err)
		}
	}
	if at.Store, err = newStore(cfg.Session.Store.Reveal(), cfg.Session.Table, at.Database); err != nil {
		return nil, mistake("TAWK_SESSION_STORE", err)
	}
	own := cfg.Chosen().Own.(kind.Settings)
	if source, err = own.Open(at); err != nil {
		return nil, kindMistake(cfg, err)
	}
	if responses, ok := source.(*site.Responses); ok && !responses.Asks() && cfg.Page.Identity == "endpoint" {
		return nil, setting.Mistakes{{Name: "TAWK_IDENTITY", What: "leaves nobody to ask: the site names the user on its pages alone",
			Remedy: "set TAWK_SESSION_URL, or write auto"}}
	}
	return source, nil
}

// newStore makes the store of a setting: nothing and the word cookie stand for none, the word database for a table of the
// site's database.
func newStore(address, table string, database *store.Database) (store.Store, error) {
	switch address {
	case "", "cookie":
		return nil, nil
	case "database":
		return &store.Table{Database: database, Name: table}, nil
	}
	place, err := store.OpenStore(address, storeTimeout)
	if inTable, ok := place.(*store.Table); ok {
		inTable.Name = table
	}
	return place, err
}

// newMapping says where in a session's values the user stands.
func newMapping(cfg *config.Config) session.Mapping {
	u := cfg.User
	m := session.Mapping{ID: u.ID, Name: u.Name, Email: u.Email, Phone: u.Phone, Prefix: u.Prefix}
	for _, c := range cfg.Session.Require {
		m.Require = append(m.Require, session.Condition{Path: c.Name, Value: c.Value})
	}
	for _, a := range u.Attributes {
		if m.Attributes == nil {
			m.Attributes = make(map[string]string, len(u.Attributes))
		}
		m.Attributes[a.Name] = a.Value
	}
	return m
}

// sessionCookie names the cookie by which the site knows its visitors, as far as that is known.
func sessionCookie(cfg *config.Config, source session.Source) string {
	if recipe, ok := source.(*recipe.Recipe); ok {
		return recipe.Cookie
	}
	return cfg.Session.Cookie
}

// inSession tells by its name whether a cookie is that one, or one of several that it may be.
func inSession(cfg *config.Config, source session.Source) func(name string) bool {
	if recipe, ok := source.(*recipe.Recipe); ok {
		return recipe.Reads
	}
	cookie := cfg.Session.Cookie
	return func(name string) bool {
		// A large session comes in pieces: session.0, session.1.
		return cookie != "" && (name == cookie || strings.HasPrefix(name, cookie+"."))
	}
}

// guard is the layer that a source needs in front of the site and of the proxy's own paths.
func guard(source session.Source) proxy.Middleware {
	if guarded, ok := source.(interface {
		Guard(next http.Handler) http.Handler
	}); ok {
		return guarded.Guard
	}
	return func(next http.Handler) http.Handler { return next }
}

// share tells visitors apart by where they come from.
func share(cfg *config.Config) func(*http.Request) string {
	return func(r *http.Request) string { return proxy.Share(proxy.Client(r, cfg.Site.TrustedProxies)).String() }
}

// onlooker is what a source has to see of the pages that go to visitors, or nil.
func onlooker(source session.Source) func(page *http.Response) io.Writer {
	if looking, ok := source.(interface {
		Look(page *http.Response) io.Writer
	}); ok {
		return looking.Look
	}
	return nil
}

// sealed is the transport as far as the browser may see what comes over it.
func sealed(source session.Source, inserter http.RoundTripper) http.RoundTripper {
	if responses, ok := source.(*site.Responses); ok {
		return responses.Transport(inserter)
	}
	return inserter
}
