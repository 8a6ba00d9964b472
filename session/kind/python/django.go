package python

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"tawkproxy/session"
	"tawkproxy/session/cookie"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
	"tawkproxy/session/seal"
	"tawkproxy/session/store"
)

// DjangoOptions describe a site that keeps its sessions with django.contrib.sessions and its users with django.contrib.auth,
// Django 1.6 to 5. The values are found to be JSON, a pickle or MessagePack, compressed or not, and a signature to be of SHA-256
// or SHA-1, by their looks. Of django-redis' compressors, lzma and lz4 are not read.
//
// The Store holds the folder of the file engine, the Redis of the cache engine, or a table by the session_key: session_data
// and expire_date of django_session, that of Database if Store is nil. For cached_db it may be either; with a Database it is
// the table, which has all that the cache may have lost. The engines cache and cached_db on Redis need no key; db needs none if
// the database is trusted.
//
// Cookie "" stands for sessionid, Mapping.ID "" for _auth_user_id. MaxAge is SESSION_COOKIE_AGE: 0 stands for the two weeks of
// Django in the engines that go by it, signed_cookies and file; a negative one for no limit.
type DjangoOptions struct {
	recipe.Setup
	SecretKeys [][]byte // SECRET_KEY, then those of SECRET_KEY_FALLBACKS
	Engine     string   // last word of SESSION_ENGINE: db (also ""), cached_db, cache, file or signed_cookies
	KeyPrefix  string   // of keys in Redis: KEY_PREFIX, colon, VERSION, colon; "": :1:

	Database  *store.Database // of the site; nil: only the user's id is known
	UserTable string          // db_table of AUTH_USER_MODEL; "": auth_user. Without a Lookup, its names and e-mail addresses are told

	// Passwords holds, by a user's id, the column password of the user table. With it a session ends when the password changes
	// (_auth_user_hash), or when the user is gone; needs a key. Nil: those of Database, if there is one and a key.
	Passwords store.Store
}

// djangoID is the form of a session_key: 32 small letters and digits nowadays, at least 8 characters ever.
const djangoID = `[A-Za-z0-9]{8,40}`

// NewDjango makes the recipe. Errors name the option that is wrong.
func NewDjango(o DjangoOptions) (*recipe.Recipe, error) {
	keys := seal.DjangoKeys(o.SecretKeys)
	engine := cmp.Or(o.Engine, "db")
	if o.Database != nil {
		var err error
		if o, err = o.withTables(engine); err != nil {
			return nil, err
		}
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
	case o.MaxAge == 0 && (engine == "signed_cookies" || engine == "file"):
		o.MaxAge = 14 * 24 * time.Hour
	}
	o.Cookie = cmp.Or(o.Cookie, "sessionid")
	o.Mapping.ID = cmp.Or(o.Mapping.ID, "_auth_user_id")
	steps, err := djangoEngine(o, engine, keys)
	if err != nil {
		return nil, err
	}
	if engine == "file" {
		o.MaxAge = 0 // the step has seen to it
	}
	if o.Passwords != nil {
		steps = append(steps, recipe.Parsed(record.ParsePython), keys.SamePassword(&recipe.Guarded{Store: o.Passwords}))
	}
	if o.Store == nil && o.Passwords == nil {
		return recipe.Remembering(o.Recipe("django", cookie.Django(), record.ParsePython, steps...))
	}
	return o.Recipe("django", cookie.Django(), record.ParsePython, steps...)
}

// djangoEngine lists the steps from the cookie to the values.
func djangoEngine(o DjangoOptions, engine string, keys seal.DjangoKeys) ([]recipe.Step, error) {
	_, redis := o.Store.(*store.Redis)
	_, files := o.Store.(*store.Files)
	inTable := o.Store != nil && !redis && !files
	if table, ok := o.Store.(*store.Table); ok {
		o.Store = table.Or(store.Table{Name: "django_session", Key: "session_key", Data: "session_data", Expires: "expire_date"})
	}
	switch {
	case engine == "signed_cookies" && o.Store == nil:
		return []recipe.Step{keys.Unsign("django.contrib.sessions.backends.signed_cookies")}, nil
	case engine == "file" && files:
		return []recipe.Step{recipe.Fetch(o.Store, djangoID, recipe.Prefixed(o.Cookie)), keys.Record, recipe.Parsed(record.ParsePython),
			djangoFileEnd(o.MaxAge)}, nil
	case (engine == "db" || engine == "cached_db") && inTable:
		return []recipe.Step{recipe.Fetch(o.Store, djangoID, recipe.Prefixed("")), keys.Record}, nil
	case (engine == "cache" || engine == "cached_db") && redis:
		prefix := cmp.Or(o.KeyPrefix, ":1:") + "django.contrib.sessions." + engine
		return []recipe.Step{recipe.Fetch(o.Store, djangoID, recipe.Prefixed(prefix)), djangoCached}, o.Ageless()
	case !slices.Contains([]string{"db", "cached_db", "cache", "file", "signed_cookies"}, engine):
		return nil, fmt.Errorf("the engine %q is none of db, cached_db, cache, file and signed_cookies", engine)
	}
	return nil, fmt.Errorf("the engine %s keeps no sessions in such a store", engine)
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
