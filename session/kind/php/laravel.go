package php

import (
	"cmp"
	"context"
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
	"tawkproxy/session/store/hashing"
)

// Laravel is the kind of Laravel sites.
func Laravel() kind.Kind {
	return kind.Kind{
		Name: "laravel", Title: "Laravel. The names are those of .env",
		Guide:    "a Laravel site",
		Cookie:   "laravel_session",
		Needs:    []string{"TAWK_LARAVEL_APP_KEY"},
		Stores:   setting.Stores{Files: true, Redis: true, Memcached: true, Tables: true, Mongo: true, Cookie: true},
		Keys:     []string{"TAWK_LARAVEL_APP_KEY", "TAWK_LARAVEL_APP_PREVIOUS_KEYS"},
		Prefixes: []string{"TAWK_LARAVEL_REDIS_PREFIX", "TAWK_LARAVEL_CACHE_PREFIX"},
		Forms:    []string{"TAWK_LARAVEL_COOKIE_FORM", "TAWK_LARAVEL_CIPHER"},
		Signs:    kind.Signs{Value: `^eyJpdiI6`, Cookies: []string{"laravel_session", "laravel-session", "XSRF-TOKEN"}},
		Find:     findLaravel,
		New:      func() kind.Settings { return new(LaravelOptions) },
	}
}

// LaravelOptions describe a Laravel site. The names are those of its .env and of its config folder. The cookie is an encrypted
// id; the record is in Store: [store.Files] for the driver file, [store.Redis] for redis, [store.Memcached] for
// memcached, a [store.Table] for database, [store.Mongo] for mongodb, and none for cookie, which keeps the record in a second cookie.
// Whether records are encrypted too, and serialized by PHP or as JSON, shows.
//
// Paths lead through the session's values. The path login_<guard> is the user's id, whatever class the guard is of.
type LaravelOptions struct {
	recipe.Setup // its Cookie "": the usual one; its mapping's ID "": login_<Guard>

	// `APP_KEY`, as it stands there: `base64:…`.
	Key setting.Keys `env:"TAWK_LARAVEL_APP_KEY"`

	// `APP_PREVIOUS_KEYS`, if there are any, with commas and no blanks between.
	PreviousKeys setting.Keys `env:"TAWK_LARAVEL_APP_PREVIOUS_KEYS"`

	// `cipher` in config/app.php: `AES-256-CBC`, `AES-128-CBC`, `AES-256-GCM` or `AES-128-GCM`.
	Cipher string `env:"TAWK_LARAVEL_CIPHER" envDefault:"AES-256-CBC" values:"AES-256-CBC AES-128-CBC AES-256-GCM AES-128-GCM"`

	// `SESSION_LIFETIME`: minutes after which a session ends that was not used.
	Lifetime int `env:"TAWK_LARAVEL_SESSION_LIFETIME" envDefault:"120"`

	// Guard that knows the members: `defaults.guard` in config/auth.php.
	Guard string `env:"TAWK_LARAVEL_GUARD" envDefault:"web"`

	// `REDIS_PREFIX`, if sessions are in Redis: what its keys begin with, or `none`.
	RedisPrefix setting.Prefix `env:"TAWK_LARAVEL_REDIS_PREFIX" envDefault:"laravel_database_"`

	// `CACHE_PREFIX`, if sessions are in Redis or memcached: what stands before the id, in Redis behind the other one, or `none`. Up to
	// Laravel 10 there is a colon behind it.
	CachePrefix setting.Prefix `env:"TAWK_LARAVEL_CACHE_PREFIX" envDefault:"laravel_cache:"`

	// How cookies are written, by the release: `prefixed` since 6.18.30 and 7.22.3; `sha1` in 6.18.27, 6.18.28, 7.22.0 and 7.22.1;
	// `bare` since 5.5.42 and 5.6.30; `serialized` before.
	CookieForm string `env:"TAWK_LARAVEL_COOKIE_FORM" envDefault:"prefixed" values:"prefixed sha1 bare serialized"`

	Database *store.Database // with a table users, for name and email, if there is no Lookup; nil: only the id is known
}

func (o *LaravelOptions) Rules(common *setting.Common) []setting.Rule {
	return []setting.Rule{
		{Settings: []string{"TAWK_LARAVEL_APP_KEY", "TAWK_LARAVEL_CIPHER"}, Check: func() error { return o.sized(o.Key) }},
		{Settings: []string{"TAWK_LARAVEL_APP_PREVIOUS_KEYS", "TAWK_LARAVEL_CIPHER"}, Check: func() error { return o.sized(o.PreviousKeys) }},
		{Settings: []string{"TAWK_LARAVEL_SESSION_LIFETIME"}, Check: func() error { return minutes(o.Lifetime) }},
		{Settings: []string{"TAWK_SESSION_STORE"}, Check: func() error { return laravelStore(common.Session.Store.Reveal()) }},
		{Settings: []string{"TAWK_USER_ID"}, Check: func() error { return phpPath(common.User.ID) }},
	}
}

// sized checks keys by the size that the cipher needs.
func (o *LaravelOptions) sized(keys setting.Keys) error {
	size := seal.LaravelKeySize(o.Cipher)
	sizes := map[int]bool{}
	for _, key := range keys {
		sizes[len(key.Reveal())] = true
	}
	for i, key := range keys {
		n := len(key.Reveal())
		if n == size {
			continue
		}
		wrong := func(remedy string) error {
			return setting.Wrong(remedy, "key %d has %d bytes, but %s needs %d", i+1, n, o.Cipher, size)
		}
		fits := map[int]string{16: "AES-128-CBC or AES-128-GCM", 32: "AES-256-CBC or AES-256-GCM"}
		switch bare, err := seal.PhpBase64(key.Reveal()); {
		case fits[n] != "" && !sizes[size]:
			return wrong("the cipher is another one: write " + fits[n] + " into TAWK_LARAVEL_CIPHER, as config/app.php has it")
		case err == nil && fits[len(bare)] != "":
			return wrong("write base64: in front of it, as in .env")
		case strings.ContainsAny(key.Reveal(), `"'`):
			return wrong("remove the quotation marks, which count as part of the key here")
		}
		return wrong("copy it from .env with the word base64: in front; TAWK_LARAVEL_CIPHER is the cipher in config/app.php")
	}
	return nil
}

func minutes(n int) error {
	if n <= 0 || n > 60*24*366*10 {
		return setting.Wrong("write the minutes, such as 120", "%d is not a lifetime", n)
	}
	return nil
}

// laravelStore checks that it is said where Laravel keeps its sessions, not only by which driver.
func laravelStore(address string) error {
	const remedy = "write file:///…/storage/framework/sessions, redis://host:6379/0, memcached://host:11211, mongodb://host:27017/database, database or cookie, as SESSION_DRIVER in .env says"
	switch {
	case address == "cookie", address == "database", strings.ContainsAny(address, ":/"):
		return nil
	case address == "":
		return setting.Wrong(remedy, "is required with TAWK_SESSION=laravel but not set")
	}
	return setting.Wrong(remedy, "is not a place of sessions")
}

func (o *LaravelOptions) Open(site kind.Site) (session.Source, error) {
	o.Setup, o.Database = site.Setup(), site.Database
	return NewLaravel(*o)
}

// NewLaravel makes the recipe. Errors name the option that is wrong.
func NewLaravel(o LaravelOptions) (*recipe.Recipe, error) {
	o.Cookie = cmp.Or(o.Cookie, Laravel().Cookie)
	o.Mapping.ID = cmp.Or(o.Mapping.ID, "login_"+o.Guard)
	crypt, err := seal.NewLaravelCrypt(o.Cipher, o.CookieForm, slices.Concat(o.Key, o.PreviousKeys).Bytes())
	if err != nil {
		return nil, err
	}
	if o.Lookup == nil && o.Database != nil {
		query := o.Database.Dialect.Numbered("SELECT name, email FROM users WHERE id = ?")
		o.Lookup = recipe.NewLookup(recipe.LookupOptions{Database: o.Database, Query: query, Users: "users", Prefix: o.Mapping.Prefix, Now: o.Now,
			Watch: o.Watch})
	}
	steps, err := o.record(crypt)
	if err != nil {
		return nil, err
	}
	recipe, err := o.Recipe("laravel", cookie.PHP(), nil, slices.Concat([]recipe.Step{crypt.ID(o.Cookie)}, steps, []recipe.Step{laravelUser(o.Guard)})...)
	if err != nil {
		return nil, err
	}
	recipe.Renews, recipe.OtherCookies = true, o.Store == nil
	return recipe, nil
}

// record is the steps from a session's id to its values.
func (o LaravelOptions) record(crypt *seal.LaravelCrypt) ([]recipe.Step, error) {
	lifetime := time.Duration(o.Lifetime) * time.Minute
	switch kept := o.Store.(type) {
	case nil:
		return []recipe.Step{crypt.Second(lifetime), recipe.Parsed(crypt.Values)}, nil
	case *store.Redis:
		return []recipe.Step{recipe.Fetch(kept, seal.LaravelID, recipe.Prefixed(o.RedisPrefix.Text()+o.CachePrefix.Text())), recipe.Parsed(crypt.Values)}, o.Ageless()
	case *store.Memcached:
		return []recipe.Step{recipe.Fetch(kept.Or(hashing.Modula), seal.LaravelID, recipe.Prefixed(o.CachePrefix.Text())),
			recipe.Unflagged(record.PHPMemcached), recipe.Parsed(crypt.Values)}, o.Ageless()
	case *store.Mongo:
		return []recipe.Step{recipe.Fetch(kept.Or("sessions"), seal.LaravelID, recipe.Prefixed("")), laravelDocument(lifetime), recipe.Parsed(crypt.Values)}, nil
	case *store.Table:
		table := kept.Or(store.Table{Name: "sessions", Key: "id", Data: "payload", Modified: "last_activity"})
		return []recipe.Step{recipe.Fetch(table, seal.LaravelID, recipe.Prefixed("")), idle(lifetime), fromBase64, recipe.Parsed(crypt.Values)}, nil
	}
	return []recipe.Step{phpRecord(recipe.Fetch(o.Store, seal.LaravelID, recipe.Prefixed("")), crypt.Values), idle(lifetime)}, nil
}

// idle is the step that ends a session when its record was not written for that long. Seconds are counted as in PHP: whole. A row
// without the time lasts (Session/DatabaseSessionHandler.php, expired).
func idle(lifetime time.Duration) recipe.Step {
	return func(_ context.Context, _ *recipe.Visit, s recipe.State) (recipe.State, error) {
		if s.Modified.IsZero() {
			return s, nil
		}
		s.Issued, s.Expires = s.Modified, recipe.LastSecond(s.Modified.Add(lifetime).Unix())
		return s, nil
	}
}

// fromBase64 is the step from the text of a record to the record.
func fromBase64(_ context.Context, _ *recipe.Visit, s recipe.State) (recipe.State, error) {
	data, err := seal.PhpBase64(string(s.Data))
	if err != nil {
		return s, session.Nobodyf(session.Malformed, "the record is not base64")
	}
	s.Data = data
	return s, nil
}
