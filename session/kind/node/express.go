// Package node is the kinds of sites that run on Node.
package node

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/cookie"
	"tawkproxy/session/kind"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
	"tawkproxy/session/store"
	"tawkproxy/session/store/sqltext"
)

// Express is the kind of sites that use express-session.
func Express() kind.Kind {
	return kind.Kind{
		Name: "express", Title: "Express with express-session",
		Guide:    "an Express site with express-session, with passport or without",
		Cookie:   "connect.sid",
		Stores:   setting.Stores{Files: true, Redis: true, Tables: true, Mongo: true},
		Keys:     []string{"TAWK_EXPRESS_SECRET"},
		Prefixes: []string{"TAWK_EXPRESS_PREFIX"},
		Signs:    kind.Signs{Cookies: []string{"connect.sid"}, Value: `^s(:|%3A)[\w-]{20,}\.[\w+/%=-]{30,}$`, Headers: []string{"X-Powered-By: Express"}},
		Find:     findPackage(findExpress, "express-session"),
		New:      func() kind.Settings { return new(ExpressOptions) },
	}
}

// ExpressOptions describe a site that keeps its sessions with express-session, in Redis (connect-redis), in files
// (session-file-store), or in a table by the session's id: sess and expire of connect-pg-simple, in MySQL data and expires of
// express-mysql-session, in MongoDB the documents of connect-mongo or connect-mongodb-session. What its own MemoryStore holds nobody
// can read but the site's own process.
//
// Without Mapping.ID the user is the one of passport: passport.user, which is an id or an
// object that has one. MaxAge 0 stands for the hour of session-file-store, for sessions that have no end of their own.
//
// Without Secrets the signature is not looked at: that the store has a record of the id is the proof, so that only ids count
// that nobody can guess; and no visitor may name other keys of Redis, so that there must be a KeyPrefix.
type ExpressOptions struct {
	recipe.Setup

	// The option `secret` of express-session; several, newest first, separated by commas without blanks. One that contains a comma
	// is written as `base64:…`. Without it, sessions are believed because they are in the site's store under an id that nobody can
	// guess: set it if the site makes ids of its own (`genid`).
	Secrets setting.Keys `env:"TAWK_EXPRESS_SECRET"`

	// The option `prefix` of connect-redis, or `none`.
	KeyPrefix setting.Prefix `env:"TAWK_EXPRESS_PREFIX" envDefault:"sess:"`
}

func (e *ExpressOptions) Rules(common *setting.Common) []setting.Rule {
	return []setting.Rule{
		// Who has not set a store: express-session has one in the site's memory unless it is given another.
		{Settings: []string{"TAWK_SESSION_STORE"}, Check: func() error {
			if !common.Session.Store.IsSet() {
				return setting.Wrong("write where connect-redis, connect-pg-simple, connect-mongo or session-file-store keeps them; what MemoryStore holds "+
					"only the site itself can read: then set TAWK_SESSION=site", "is required with TAWK_SESSION=express but not set")
			}
			return nil
		}},
		{Settings: []string{"TAWK_EXPRESS_SECRET"}, Check: func() error { return setting.SigningKeys(e.Secrets) }},
		{Settings: []string{"TAWK_EXPRESS_PREFIX", "TAWK_EXPRESS_SECRET", "TAWK_SESSION_STORE"}, Check: func() error { return e.apart(common) }},
	}
}

// apart demands that ids which are not judged by a signature lead to sessions alone, not to any key in Redis.
func (e *ExpressOptions) apart(common *setting.Common) error {
	scheme, _, _ := strings.Cut(common.Session.Store.Reveal(), ":")
	inRedis := strings.HasPrefix(scheme, "redis") || scheme == "rediss" || strings.HasPrefix(scheme, "rediss+") || scheme == "unix"
	if e.KeyPrefix.Text() != "" || len(e.Secrets) > 0 || !inRedis {
		return nil
	}
	return setting.Wrong("set TAWK_EXPRESS_SECRET, the option secret of express-session; or a prefix",
		"is none, and TAWK_EXPRESS_SECRET is not set: visitors could name any key in Redis")
}

func (e *ExpressOptions) Open(site kind.Site) (session.Source, error) {
	e.Setup = site.Setup()
	return NewExpress(*e)
}

// NewExpress makes the recipe. Errors name the option that is wrong.
func NewExpress(o ExpressOptions) (*recipe.Recipe, error) {
	if o.Store == nil {
		return nil, errors.New("a MemoryStore is in the memory of the site, where only the site itself can read it")
	}
	if err := setting.SigningKeys(o.Secrets); err != nil {
		return nil, err
	}
	o.Cookie = cmp.Or(o.Cookie, Express().Cookie)
	key, parsed, end := recipe.Prefixed(""), []recipe.Step{recipe.Parsed(record.ParseJSON)}, recipe.Step(expressIssued)
	switch kept := o.Store.(type) {
	case *store.Table:
		names := store.Table{Name: "session", Key: "sid", Data: "sess", Expires: "expire", Local: true}
		if kept.Database.Dialect == sqltext.MySQL {
			names = store.Table{Name: "sessions", Key: "session_id", Data: "data", Expires: "expires"}
		}
		o.Store = kept.Or(names)
	case *store.Redis:
		if o.KeyPrefix.Text() == "" && len(o.Secrets) == 0 {
			return nil, errors.New("without a prefix and a secret, visitors could name any key in Redis")
		}
		key = recipe.Prefixed(o.KeyPrefix.Text())
	case *store.Mongo:
		o.Store, parsed = kept.Or("sessions"), []recipe.Step{expressDocumentEnd, expressDocument}
	case *store.Files:
		key, end = func(id string) string { return id + ".json" }, expressFileEnd(cmp.Or(o.MaxAge, time.Hour))
	}
	steps := append(expressCookie(o.Secrets.Bytes()), recipe.Fetch(o.Store, expressID, key))
	steps = append(append(steps, parsed...), end)
	if o.Mapping.ID == "" {
		o.Mapping.ID = "passport.user.id"
		o.Mapping.Name = cmp.Or(o.Mapping.Name, "passport.user.name")
		o.Mapping.Email = cmp.Or(o.Mapping.Email, "passport.user.email")
		steps = append(steps, passport)
	}
	return o.Recipe("express", cookie.Express(), record.ParseJSON, steps...)
}

// passport is the step that makes passport.user, which is what the site's serializeUser chose, an object with id, name and
// email: the id alone, a user as the site has it, or a profile as passport's strategies make it.
func passport(_ context.Context, _ *recipe.Visit, s recipe.State) (recipe.State, error) {
	values, _ := s.Values.(map[string]any)
	login, _ := values["passport"].(map[string]any)
	user, ok := login["user"].(map[string]any)
	if !ok {
		if id, ok := login["user"]; ok {
			login["user"] = map[string]any{"id": id}
		}
		return s, nil
	}
	for detail, paths := range map[string][]string{
		"id":    {"id", "_id"},
		"name":  {"displayName", "name", "username"},
		"email": {"email", "emails.0.value"},
	} {
		text := ""
		for _, path := range paths {
			text = cmp.Or(text, record.TextAt(user, path))
		}
		user[detail] = text
	}
	return s, nil
}
