// Package python is the kinds of sites in Python.
package python

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/cookie"
	"tawkproxy/session/kind"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
	"tawkproxy/session/seal"
	"tawkproxy/session/store"
)

// Django is the kind of Django sites.
func Django() kind.Kind {
	return kind.Kind{
		Name: "django", Title: "Django",
		Guide:    "a Django site with django.contrib.auth",
		Cookie:   "sessionid",
		Stores:   setting.Stores{Files: true, Redis: true, Memcached: true, Tables: true},
		Keys:     []string{"TAWK_DJANGO_SECRET_KEY"},
		Prefixes: []string{"TAWK_DJANGO_KEY_PREFIX"},
		Forms:    []string{"TAWK_DJANGO_SESSION_ENGINE"},
		Signs:    kind.Signs{Cookies: []string{"sessionid", "csrftoken"}, Headers: []string{"Server: WSGIServer"}},
		Find:     findDjango,
		New:      func() kind.Settings { return new(DjangoOptions) },
	}
}

// DjangoOptions describe a site that keeps its sessions with django.contrib.sessions and its users with django.contrib.auth,
// Django 1.6 to 5. The values are found to be JSON, a pickle or MessagePack, compressed or not, and a signature to be of SHA-256
// or SHA-1, by their looks. Of django-redis' compressors, lzma and lz4 are not read.
//
// The Store holds the folder of the file engine, the Redis or memcached of the cache engine, or a table by the session_key: session_data
// and expire_date of django_session, that of Database if Store is nil. For cached_db it may be either; with a Database it is
// the table, which has all that the cache may have lost. The engines cache and cached_db on Redis or memcached need no key; db needs none if
// the database is trusted.
//
// Cookie "" stands for sessionid, Mapping.ID "" for _auth_user_id. MaxAge is SESSION_COOKIE_AGE: 0 stands for the two weeks of
// Django in the engines that go by it, signed_cookies and file; a negative one for no limit.
type DjangoOptions struct {
	recipe.Setup

	// `SECRET_KEY` of the site's settings, and behind it, separated by commas without blanks, those of `SECRET_KEY_FALLBACKS`; a
	// key that contains a comma is written as `base64:…`. Required for the engine `signed_cookies`; without it, records are
	// believed because they are in the site's store.
	SecretKeys setting.Keys `env:"TAWK_DJANGO_SECRET_KEY"`

	// Table of the users, if not `auth_user`: `db_table` of `AUTH_USER_MODEL`. With `TAWK_USER_DSN`, a session ends when the
	// password there changes or the user is no longer active; a table without Django's own columns needs `TAWK_USER_QUERY`.
	UserTable string `env:"TAWK_DJANGO_USER_TABLE" envDefault:"auth_user"`

	// Last word of `SESSION_ENGINE`: `db`, `cached_db`, `cache`, `file` or `signed_cookies`.
	SessionEngine string `env:"TAWK_DJANGO_SESSION_ENGINE" envDefault:"db" values:"db cached_db cache file signed_cookies"`

	// What stands before the keys of the cache in Redis or memcached: `KEY_PREFIX`, a colon, `VERSION`, a colon, as in `shop:1:`; or `none`.
	KeyPrefix setting.Prefix `env:"TAWK_DJANGO_KEY_PREFIX" envDefault:":1:"`

	Database *store.Database // of the site; nil: only the user's id is known

	// Passwords holds, by a user's id, the column password of the user table. With it a session ends when the password changes
	// (_auth_user_hash), or when the user is gone; needs a key. Nil: those of Database, if there is one and a key.
	Passwords store.Store
}

func (d *DjangoOptions) Rules(common *setting.Common) []setting.Rule {
	return []setting.Rule{
		{Settings: []string{"TAWK_SESSION_STORE", "TAWK_DJANGO_SESSION_ENGINE", "TAWK_USER_DSN"}, Check: func() error { return d.store(common) }},
		{Settings: []string{"TAWK_DJANGO_SESSION_ENGINE", "TAWK_SESSION_STORE"}, Check: func() error {
			return d.engine(common.Session.Store.Reveal())
		}},
		{Settings: []string{"TAWK_DJANGO_SECRET_KEY"}, Check: func() error { return setting.SigningKeys(d.SecretKeys) }},
		{Settings: []string{"TAWK_DJANGO_SECRET_KEY", "TAWK_DJANGO_SESSION_ENGINE"}, Check: func() error {
			if d.SessionEngine == "signed_cookies" && len(d.SecretKeys) == 0 {
				return setting.Missing("TAWK_DJANGO_SESSION_ENGINE=signed_cookies")
			}
			return nil
		}},
		{Settings: []string{"TAWK_DJANGO_USER_TABLE"}, Check: func() error { return setting.TableName(d.UserTable) }},
	}
}

// store demands the place of the sessions, which for the engines in tables is the site's database anyway.
func (d *DjangoOptions) store(common *setting.Common) error {
	store, dsn := common.Session.Store, common.User.DSN
	scheme, _, _ := strings.Cut(store.Reveal(), ":")
	inCache := strings.HasPrefix(scheme, "redis") || scheme == "rediss" || strings.HasPrefix(scheme, "memcache")
	if d.SessionEngine == "cached_db" && inCache && dsn.IsSet() {
		return setting.Wrong("remove it; let the account of TAWK_USER_DSN read django_session",
			"is not used beside TAWK_USER_DSN, whose table has all the sessions, which a cache forgets")
	}
	if store.IsSet() || d.SessionEngine == "signed_cookies" {
		return nil
	}
	switch {
	case d.SessionEngine == "cache":
		return setting.Wrong("write the address of the Redis or memcached of CACHES", "is required with TAWK_DJANGO_SESSION_ENGINE=cache but not set")
	case d.SessionEngine == "file":
		return setting.Wrong("write file:// and SESSION_FILE_PATH", "is required with TAWK_DJANGO_SESSION_ENGINE=file but not set")
	case !dsn.IsSet():
		return setting.Wrong("write the address of the site's database into TAWK_USER_DSN; or, if sessions are kept otherwise, set "+
			"TAWK_DJANGO_SESSION_ENGINE", "is not set, and neither is TAWK_USER_DSN, the database with the sessions")
	}
	return nil
}

// engine checks that an engine keeps its sessions where it is said that they are.
func (d *DjangoOptions) engine(address string) error {
	scheme, _, _ := strings.Cut(address, ":")
	if scheme == "" {
		return nil
	}
	engines := []string{"cache", "cached_db"}
	switch {
	case scheme == "file":
		engines = []string{"file"}
	case scheme == "database", slices.Contains(setting.Databases(), scheme):
		engines = []string{"db", "cached_db"}
	}
	if !slices.Contains(engines, d.SessionEngine) {
		return setting.Wrong("write "+strings.Join(engines, " or ")+", the last word of the site's SESSION_ENGINE",
			"is %s, which keeps no sessions where TAWK_SESSION_STORE says", d.SessionEngine)
	}
	return nil
}

func (d *DjangoOptions) Open(site kind.Site) (session.Source, error) {
	d.Setup = site.Setup()
	d.Database = site.Database
	return NewDjango(*d)
}

// djangoID is the form of a session_key: 32 small letters and digits nowadays, at least 8 characters ever.
const djangoID = `[A-Za-z0-9]{8,40}`

// NewDjango makes the recipe. Errors name the option that is wrong.
func NewDjango(o DjangoOptions) (*recipe.Recipe, error) {
	keys := seal.DjangoKeys(o.SecretKeys.Bytes())
	if o.Database != nil {
		o = o.withTables()
	}
	if o.Store == nil && len(keys) == 0 || o.Passwords != nil && len(keys) == 0 {
		return nil, errors.New("the secret key is missing")
	}
	for i, key := range keys {
		if len(key) == 0 {
			return nil, fmt.Errorf("secret key %d is empty", i+1)
		}
	}
	switch {
	case o.MaxAge < 0:
		o.MaxAge = 0
	case o.MaxAge == 0 && (o.SessionEngine == "signed_cookies" || o.SessionEngine == "file"):
		o.MaxAge = 14 * 24 * time.Hour
	}
	o.Cookie = cmp.Or(o.Cookie, Django().Cookie)
	o.Mapping.ID = cmp.Or(o.Mapping.ID, "_auth_user_id")
	steps, err := djangoEngine(o, keys)
	if err != nil {
		return nil, err
	}
	if o.SessionEngine == "file" {
		o.MaxAge = 0 // the step has seen to it
	}
	if o.Passwords != nil {
		steps = append(steps, recipe.Parsed(record.ParsePython), keys.SamePassword(&recipe.BreakerStore{Store: o.Passwords}))
	}
	if o.Store == nil && o.Passwords == nil {
		return recipe.Remembering(o.Recipe("django", cookie.Django(), record.ParsePython, steps...))
	}
	return o.Recipe("django", cookie.Django(), record.ParsePython, steps...)
}

// djangoEngine lists the steps from the cookie to the values.
func djangoEngine(o DjangoOptions, keys seal.DjangoKeys) ([]recipe.Step, error) {
	_, redis := o.Store.(*store.Redis)
	memcached, inMemcached := o.Store.(*store.Memcached)
	_, files := o.Store.(*store.Files)
	inTable := o.Store != nil && !redis && !inMemcached && !files
	if table, ok := o.Store.(*store.Table); ok {
		o.Store = table.Or(store.Table{Name: "django_session", Key: "session_key", Data: "session_data", Expires: "expire_date"})
	}
	switch {
	case o.SessionEngine == "signed_cookies" && o.Store == nil:
		return []recipe.Step{keys.Unsign("django.contrib.sessions.backends.signed_cookies")}, nil
	case o.SessionEngine == "file" && files:
		return []recipe.Step{recipe.Fetch(o.Store, djangoID, recipe.Prefixed(o.Cookie)), keys.Record, recipe.Parsed(record.ParsePython),
			djangoFileEnd(o.MaxAge)}, nil
	case (o.SessionEngine == "db" || o.SessionEngine == "cached_db") && inTable:
		return []recipe.Step{recipe.Fetch(o.Store, djangoID, recipe.Prefixed("")), keys.Record}, nil
	case (o.SessionEngine == "cache" || o.SessionEngine == "cached_db") && redis:
		prefix := o.KeyPrefix.Text() + "django.contrib.sessions." + o.SessionEngine
		return []recipe.Step{recipe.Fetch(o.Store, djangoID, recipe.Prefixed(prefix)), djangoCached}, o.Ageless()
	case (o.SessionEngine == "cache" || o.SessionEngine == "cached_db") && inMemcached:
		prefix := o.KeyPrefix.Text() + "django.contrib.sessions." + o.SessionEngine
		return []recipe.Step{recipe.Fetch(o.Store, djangoID, recipe.Prefixed(prefix)), recipe.Unflagged(record.PythonMemcached)},
			cmp.Or(divided(memcached, "of CACHES"), o.Ageless())
	case !slices.Contains([]string{"db", "cached_db", "cache", "file", "signed_cookies"}, o.SessionEngine):
		return nil, fmt.Errorf("the engine %q is none of db, cached_db, cache, file and signed_cookies", o.SessionEngine)
	}
	return nil, fmt.Errorf("the engine %s keeps no sessions in such a store", o.SessionEngine)
}

// djangoCached is the step that opens what Django's own cache, or django-redis, has in Redis: values as they are, or compressed.
func djangoCached(_ context.Context, _ *recipe.Visit, s recipe.State) (recipe.State, error) {
	data, err := record.Unpacked(s.Data)
	if err != nil {
		return s, session.Nobodyf(session.Malformed, "cached record: %w", err)
	}
	s.Data = data
	return s, nil
}
