package php

import (
	"cmp"
	"context"
	"slices"
	"time"

	"tawkproxy/session"
	"tawkproxy/session/cookie"
	"tawkproxy/session/recipe"
	"tawkproxy/session/seal"
	"tawkproxy/session/store"
)

// LaravelOptions describe a Laravel site. The names are those of its .env and of its config folder. The cookie is an encrypted
// id; the record is in Store: [store.Files] for the driver file, [store.Redis] for redis, a [store.Table] for database, and none for cookie,
// which keeps the record in a second cookie. Whether records are encrypted too, and serialized by PHP or as JSON, shows.
//
// Paths lead through the session's values. The path login_<guard> is the user's id, whatever class the guard is of.
type LaravelOptions struct {
	recipe.Setup                   // its Cookie "": the usual one; its mapping's ID "": login_<Guard>
	Keys           [][]byte        // the bytes of APP_KEY, then those of APP_PREVIOUS_KEYS
	Cipher         string          // app.cipher: AES-256-CBC (also ""), AES-128-CBC, AES-256-GCM or AES-128-GCM
	CookieForm     string          // what is encrypted in a cookie: see [seal.laravelForms]; "": prefixed
	Guard          string          // auth.defaults.guard; "": web
	Lifetime       time.Duration   // session.lifetime; 0: two hours. Redis and the second cookie know by themselves
	RedisKeyPrefix string          // prefix of Redis, then that of the cache
	Database       *store.Database // with a table users, for name and email, if there is no Lookup; nil: only the id is known
}

// NewLaravel makes the recipe. Errors name the option that is wrong.
func NewLaravel(o LaravelOptions) (*recipe.Recipe, error) {
	o.Cookie = cmp.Or(o.Cookie, Laravel().Cookie)
	o.Guard = cmp.Or(o.Guard, "web")
	o.Mapping.ID = cmp.Or(o.Mapping.ID, "login_"+o.Guard)
	o.Lifetime = cmp.Or(o.Lifetime, 2*time.Hour)
	crypt, err := seal.NewLaravelCrypt(o.Cipher, o.CookieForm, o.Keys)
	if err != nil {
		return nil, err
	}
	if o.Lookup == nil && o.Database != nil {
		query := o.Database.Dialect.Numbered("SELECT name, email FROM users WHERE id = ?")
		o.Lookup, err = recipe.NewLookup(recipe.LookupOptions{Database: o.Database, Query: query, Users: "users", Prefix: o.Mapping.Prefix, Now: o.Now})
		if err != nil {
			return nil, err
		}
	}
	steps, err := o.record(crypt)
	if err != nil {
		return nil, err
	}
	recipe, err := o.Recipe("laravel", cookie.PHP(), nil, slices.Concat([]recipe.Step{crypt.ID(o.Cookie)}, steps, []recipe.Step{laravelUser(o.Guard)})...)
	if err != nil {
		return nil, err
	}
	recipe.Renews, recipe.Beside = true, o.Store == nil
	return recipe, nil
}

// record is the steps from a session's id to its values.
func (o LaravelOptions) record(crypt *seal.LaravelCrypt) ([]recipe.Step, error) {
	switch kept := o.Store.(type) {
	case nil:
		return []recipe.Step{crypt.Second(o.Lifetime), recipe.Parsed(crypt.Values)}, nil
	case *store.Redis:
		return []recipe.Step{recipe.Fetch(kept, seal.LaravelID, recipe.Prefixed(o.RedisKeyPrefix)), recipe.Parsed(crypt.Values)}, o.Ageless()
	case *store.Table:
		table := kept.Or(store.Table{Name: "sessions", Key: "id", Data: "payload", Modified: "last_activity"})
		return []recipe.Step{recipe.Fetch(table, seal.LaravelID, recipe.Prefixed("")), idle(o.Lifetime), fromBase64, recipe.Parsed(crypt.Values)}, nil
	}
	return []recipe.Step{phpRecord(recipe.Fetch(o.Store, seal.LaravelID, recipe.Prefixed("")), crypt.Values), idle(o.Lifetime)}, nil
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
