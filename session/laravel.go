package session

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// LaravelOptions describe a Laravel site. The names are those of its .env and of its config folder. The cookie is an encrypted
// id; the record is in Store: [Files] for the driver file, [Redis] for redis, a [Table] for database, and none for cookie,
// which keeps the record in a second cookie. Whether records are encrypted too, and serialized by PHP or as JSON, shows.
//
// Paths lead through the session's values. The path login_<guard> is the user's id, whatever class the guard is of.
type LaravelOptions struct {
	Setup                        // its Cookie "": laravel_session; its mapping's ID "": login_<Guard>
	Keys           [][]byte      // the bytes of APP_KEY, then those of APP_PREVIOUS_KEYS
	Cipher         string        // app.cipher: AES-256-CBC (also ""), AES-128-CBC, AES-256-GCM or AES-128-GCM
	CookieForm     string        // what is encrypted in a cookie: see [laravelForms]; "": prefixed
	Guard          string        // auth.defaults.guard; "": web
	Lifetime       time.Duration // session.lifetime; 0: two hours. Redis and the second cookie know by themselves
	RedisKeyPrefix string        // prefix of Redis, then that of the cache
	Database       *Database     // with a table users, for name and email, if there is no Lookup; nil: only the id is known
}

// laravelID is the form of a session's id (Session/Store.php, isValidId).
const laravelID = `[A-Za-z0-9]{40}`

// Laravel makes the recipe. Errors name the option that is wrong.
func Laravel(o LaravelOptions) (*Recipe, error) {
	o.Cookie = cmp.Or(o.Cookie, "laravel_session")
	o.Guard = cmp.Or(o.Guard, "web")
	o.Mapping.ID = cmp.Or(o.Mapping.ID, "login_"+o.Guard)
	o.Lifetime = cmp.Or(o.Lifetime, 2*time.Hour)
	crypt, err := newLaravelCrypt(o.Cipher, o.CookieForm, o.Keys)
	if err != nil {
		return nil, err
	}
	if o.Lookup == nil && o.Database != nil {
		query := o.Database.dialect.numbered("SELECT name, email FROM users WHERE id = ?")
		o.Lookup, err = NewLookup(LookupOptions{Database: o.Database, Query: query, Users: "users", Prefix: o.Mapping.Prefix, Now: o.Now})
		if err != nil {
			return nil, err
		}
	}
	steps, err := o.record(crypt)
	if err != nil {
		return nil, err
	}
	recipe, err := o.recipe("laravel", phpReaders(), nil, slices.Concat([]Step{crypt.id(o.Cookie)}, steps, []Step{laravelUser(o.Guard)})...)
	if err != nil {
		return nil, err
	}
	recipe.Renews, recipe.Beside = true, o.Store == nil
	return recipe, nil
}

// record is the steps from a session's id to its values.
func (o LaravelOptions) record(crypt *laravelCrypt) ([]Step, error) {
	switch kept := o.Store.(type) {
	case nil:
		return []Step{crypt.second(o.Lifetime), parsed(crypt.values)}, nil
	case *Redis:
		return []Step{fetch(kept, laravelID, prefixed(o.RedisKeyPrefix)), parsed(crypt.values)}, o.ageless()
	case *Table:
		table := kept.or(Table{Name: "sessions", Key: "id", Data: "payload", Modified: "last_activity"})
		return []Step{fetch(table, laravelID, prefixed("")), idle(o.Lifetime), fromBase64, parsed(crypt.values)}, nil
	}
	return []Step{phpRecord(fetch(o.Store, laravelID, prefixed("")), crypt.values), idle(o.Lifetime)}, nil
}

// idle is the step that ends a session when its record was not written for that long. Seconds are counted as in PHP: whole. A row
// without the time lasts (Session/DatabaseSessionHandler.php, expired).
func idle(lifetime time.Duration) Step {
	return func(_ context.Context, _ *Visit, s State) (State, error) {
		if s.Modified.IsZero() {
			return s, nil
		}
		s.Issued, s.Expires = s.Modified, lastSecond(s.Modified.Add(lifetime).Unix())
		return s, nil
	}
}

// fromBase64 is the step from the text of a record to the record.
func fromBase64(_ context.Context, _ *Visit, s State) (State, error) {
	data, err := phpBase64(string(s.Data))
	if err != nil {
		return s, nobody(Malformed, "the record is not base64")
	}
	s.Data = data
	return s, nil
}
