package main

import (
	"io"
	"net/http"
	"slices"
	"time"

	"tawkproxy/config"
	"tawkproxy/config/setting"
	"tawkproxy/inject/tawk"
	"tawkproxy/session"
	"tawkproxy/session/kind"
	"tawkproxy/session/recipe"
	"tawkproxy/session/store"
	"tawkproxy/session/store/sqltext"
)

// waits bound each question to the site's session store, and to its database.
type waits struct{ store, database time.Duration }

// pageWaits are how long a page waits; who is logged in is unknown then.
func pageWaits() waits { return waits{store: 100 * time.Millisecond, database: 200 * time.Millisecond} }

// openSource makes what knows who is logged in: the chosen kind opens it. Site passes questions on to the site; harm is
// told what they may do to guests. Opened is given every store and database that has to be closed when the source is needed no more.
// Watch hears what it takes to know; nil: nobody does. Errors are setting.Mistakes.
func openSource(cfg *config.Config, wait waits, sites http.Handler, harm func(kind.Harm), opened func(io.Closer), watch *session.Watch) (
	source session.Source, err error) {
	at := kind.Site{
		Cookie:       cfg.Session.Cookie,
		Mapping:      newMapping(cfg),
		MaxAge:       cfg.Session.MaxAge,
		StoreTimeout: wait.store,
		Questions: kind.Questions{
			Site: sites, Foreign: append(tawk.Cookies(), "tawkproxy"), Client: share(cfg), Harm: harm,
		},
		Trusted: cfg.Site.TrustedProxies,
		Opened:  opened,
		Watch:   watch,
	}
	if cfg.User.DSN.IsSet() {
		if at.Database, err = store.NewDatabase(cfg.User.DSN.Reveal(), wait.database); err != nil {
			return nil, mistake("TAWK_USER_DSN", err)
		}
		opened(at.Database)
	}
	if cfg.User.Query != "" {
		question, err := userQuestion(cfg, at.Database.Dialect)
		if err != nil {
			return nil, err
		}
		at.Mapping.Values = furtherValues(cfg, question)
		at.Lookup = recipe.NewLookup(recipe.LookupOptions{Database: at.Database, Question: question, Values: at.Mapping.Values,
			Prefix: cfg.User.Prefix, Watch: watch})
	}
	if at.Store, err = newStore(cfg.Session.Store.Reveal(), cfg.Session.Table, at.Database, wait.store); err != nil {
		return nil, mistake("TAWK_SESSION_STORE", err)
	}
	if store, ok := at.Store.(io.Closer); ok {
		opened(store)
	}
	own := cfg.Chosen().Own.(kind.Settings) // every kind's are
	if source, err = own.Open(at); err != nil {
		return nil, kindMistake(cfg, err)
	}
	if source.About().Mute && cfg.Page.Identity == "endpoint" {
		return nil, setting.Mistakes{{Name: "TAWK_IDENTITY", What: "leaves nobody to ask: the site names the user on its pages alone",
			Remedy: "set TAWK_SESSION_URL, or write auto"}}
	}
	return source, nil
}

// openStores are the stores and databases of one source.
type openStores struct{ all []io.Closer }

func (o *openStores) add(one io.Closer) { o.all = append(o.all, one) }

func (o *openStores) close() {
	for _, one := range o.all {
		_ = one.Close() // nothing is written there that could be lost
	}
}

// newStore makes the store of a setting: nothing and the word cookie stand for none, the word database for a table of the
// site's database.
func newStore(address, table string, database *store.Database, wait time.Duration) (store.Store, error) {
	switch address {
	case "", "cookie":
		return nil, nil
	case "database":
		return &store.Table{Database: database, Name: table}, nil
	}
	place, err := store.OpenStore(address, wait)
	switch place := place.(type) {
	case *store.Table:
		place.Name = table
	case *store.Mongo:
		place.Collection = table
	}
	return place, err
}

// userQuestion reads TAWK_USER_QUERY.
func userQuestion(cfg *config.Config, d sqltext.Dialect) (*sqltext.Question, error) {
	question, err := sqltext.Parse(cfg.User.Query, d)
	if err != nil {
		return nil, mistake("TAWK_USER_QUERY", err)
	}
	names := recipe.Further(question)
	for _, pair := range cfg.User.QueryValues {
		if !slices.Contains(names, pair.Name) {
			return nil, setting.Mistakes{{Name: "TAWK_USER_QUERY_VALUES", What: "says where " + pair.Name + " stands, which TAWK_USER_QUERY does not ask for",
				Remedy: "remove it, or write :" + pair.Name + " there"}}
		}
	}
	return question, nil
}

// furtherValues says where in a session that stands which the question takes, beside the user's id: at the path of its name, unless
// TAWK_USER_QUERY_VALUES says otherwise.
func furtherValues(cfg *config.Config, question *sqltext.Question) map[string]string {
	values := map[string]string{}
	for _, name := range recipe.Further(question) {
		values[name] = name
	}
	for _, pair := range cfg.User.QueryValues {
		values[pair.Name] = pair.Value
	}
	return values
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
