// Package rails is the kind of sites that use Ruby on Rails.
package rails

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"strings"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/cookie"
	"tawkproxy/session/kind"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
	"tawkproxy/session/store"
	"tawkproxy/session/store/hashing"
)

// Rails is the kind of sites that use Ruby on Rails.
func Rails() kind.Kind {
	return kind.Kind{
		Name: "rails", Title: "Ruby on Rails",
		Guide:    "a Rails site, with Devise or a user id of its own in the session",
		Needs:    []string{"TAWK_SESSION_COOKIE"},
		Stores:   setting.Stores{Redis: true, Memcached: true, Tables: true},
		Keys:     []string{"TAWK_RAILS_SECRET_KEY_BASE", "TAWK_RAILS_SECRET_TOKEN"},
		Prefixes: []string{"TAWK_RAILS_KEY_PREFIX"},
		Forms:    []string{"TAWK_RAILS_COOKIE"},
		Signs:    kind.Signs{Cookies: []string{"_*_session"}, Value: `^[\w+/%=-]{40,}--[\w+/%=-]{16,}$`, Headers: []string{"X-Runtime: "}},
		Find:     findRails,
		New:      func() kind.Settings { return new(RailsOptions) },
	}
}

// RailsOptions describe a site that keeps its sessions with Ruby on Rails, 3 to 8, or logs in by an encrypted or signed cookie
// of its own.
//
// Without a Store the values are in the cookie, of which Rails has had three forms. Unless KeyDigest says which, keys are derived
// with SHA-256 and with SHA-1, and the values are found to be JSON, Marshal or MessagePack by their looks, so that load_defaults
// need not be known.
// With a Store the cookie is an id, and no secret is needed: a Redis of cache_store or redis-rails, a memcached of cache_store or
// mem_cache_store, or the table sessions of activerecord-session_store by session_id: data.
//
// Mapping.ID "" stands for warden.user.user.key.0.0, where Devise has it. In a cookie with a bare value its path is value.
// Nothing ends a session in a cookie, unless the site sets expire_after. A MaxAge can only be kept of sessions in a table.
type RailsOptions struct {
	recipe.Setup

	// `secret_key_base` of the site, and behind it, separated by commas without blanks, those that its cookies were
	// rotated from. Required unless there is a store, or `TAWK_RAILS_SECRET_TOKEN` is set.
	SecretKeyBases setting.Keys `env:"TAWK_RAILS_SECRET_KEY_BASE"`

	// `secret_token` of a Rails 3 or 4.0.
	SecretTokens setting.Keys `env:"TAWK_RAILS_SECRET_TOKEN"`

	// Devise's table of users. With `TAWK_USER_DSN`, a session ends when the password there changes.
	UserTable string `env:"TAWK_RAILS_USER_TABLE" envDefault:"users"`

	// What `TAWK_SESSION_COOKIE` names: `encrypted`, the session or one of `cookies.encrypted`; `signed`, one of `cookies.signed`.
	Form string `env:"TAWK_RAILS_COOKIE" envDefault:"encrypted" values:"encrypted signed"`

	// What stands before the session's id in the keys in Redis or memcached: `_session_id:` with `:cache_store`, behind the cache's
	// namespace and a colon if it has one; `rack:session:` with `:mem_cache_store`; the namespace and a colon with redis-rails; or
	// `none`.
	KeyPrefix setting.Prefix `env:"TAWK_RAILS_KEY_PREFIX" envDefault:"_session_id:"`

	// `config.action_dispatch.authenticated_encrypted_cookie_salt`, if the site has changed it.
	AuthenticatedEncryptedCookieSalt string `env:"TAWK_RAILS_AUTHENTICATED_ENCRYPTED_COOKIE_SALT" envDefault:"authenticated encrypted cookie"`

	// `config.action_dispatch.encrypted_cookie_salt`, if the site has changed it.
	EncryptedCookieSalt string `env:"TAWK_RAILS_ENCRYPTED_COOKIE_SALT" envDefault:"encrypted cookie"`

	// `config.action_dispatch.encrypted_signed_cookie_salt`, if the site has changed it.
	EncryptedSignedCookieSalt string `env:"TAWK_RAILS_ENCRYPTED_SIGNED_COOKIE_SALT" envDefault:"signed encrypted cookie"`

	// `config.action_dispatch.signed_cookie_salt`, if the site has changed it.
	SignedCookieSalt string `env:"TAWK_RAILS_SIGNED_COOKIE_SALT" envDefault:"signed cookie"`

	// `config.active_support.key_generator_hash_digest_class`: `sha1`, as `load_defaults` of before 7.0 has it, or `sha256`. Not
	// set: cookies of either count, also where the site itself accepts one of them only.
	KeyDigest string `env:"TAWK_RAILS_KEY_GENERATOR_HASH_DIGEST_CLASS" values:"sha1 sha256"`

	// Rounds of the site's key generator.
	KeyIterations int `env:"TAWK_RAILS_KEY_ITERATIONS" envDefault:"1000"`

	Database *store.Database // of the site; nil: only what is in the session is known

	// Passwords holds, by a user's id, Devise's column encrypted_password. With it a session ends when the password changes, or
	// when the user is gone. Nil: those of Database, if there is one and Mapping.ID is where Devise has the id.
	Passwords store.Store
}

func (r *RailsOptions) Rules(common *setting.Common) []setting.Rule {
	return []setting.Rule{
		{Settings: []string{"TAWK_RAILS_SECRET_KEY_BASE"}, Check: func() error { return setting.SigningKeys(r.SecretKeyBases) }},
		{Settings: []string{"TAWK_RAILS_SECRET_KEY_BASE", "TAWK_RAILS_SECRET_TOKEN", "TAWK_SESSION_STORE"}, Check: func() error {
			if len(r.SecretKeyBases)+len(r.SecretTokens) == 0 && !common.Session.Store.IsSet() {
				return setting.Wrong("write what bin/rails runner 'puts Rails.application.secret_key_base' prints on the server",
					"is required with TAWK_SESSION=rails but not set")
			}
			return nil
		}},
		{Settings: []string{"TAWK_RAILS_SECRET_TOKEN"}, Check: func() error { return setting.SigningKeys(r.SecretTokens) }},
		{Settings: []string{"TAWK_RAILS_USER_TABLE"}, Check: func() error { return setting.TableName(r.UserTable) }},
		{Settings: []string{"TAWK_RAILS_KEY_ITERATIONS"}, Check: r.rounds},
	}
}

// rounds checks how often keys are derived, which happens once, at start.
func (r *RailsOptions) rounds() error {
	if r.KeyIterations < 1 || r.KeyIterations > 1_000_000 {
		return setting.Wrong("write a number from 1 to 1000000", "is too small or too large")
	}
	return nil
}

func (r *RailsOptions) Open(site kind.Site) (session.Source, error) {
	r.Setup, r.Database = site.Setup(), site.Database
	return NewRails(*r)
}

// rackID is the form of an id: 16 random bytes in hex.
const rackID = `[0-9a-f]{32,64}`

// NewRails makes the recipe. Errors name the option that is wrong.
func NewRails(o RailsOptions) (*recipe.Recipe, error) {
	o.Mapping.ID = cmp.Or(o.Mapping.ID, "warden.user.user.key.0.0")
	login, devise := strings.CutSuffix(o.Mapping.ID, ".key.0.0")
	if o.Passwords != nil && !devise {
		return nil, errors.New("the password is compared with Devise's key, but the path to the user's id does not lead there")
	}
	if devise && o.Database != nil {
		o = o.withUsers()
	}
	steps, err := railsSteps(o)
	if err != nil {
		return nil, err
	}
	if o.Passwords != nil {
		steps = append(steps, recipe.Parsed(parseRails), deviseSalt(login+".key", &recipe.BreakerStore{Store: o.Passwords}))
	}
	if o.Store == nil && o.Passwords == nil {
		return recipe.Remembering(o.Recipe("rails", cookie.Rack(), parseRails, steps...))
	}
	return o.Recipe("rails", cookie.Rack(), parseRails, steps...)
}

// withUsers fills in what Devise's table tells.
func (r RailsOptions) withUsers() RailsOptions {
	if r.Passwords == nil {
		r.Passwords = recipe.UserTable{Table: &store.Table{Database: r.Database, Name: r.UserTable, Key: "id", Data: "encrypted_password"}}
	}
	if r.Lookup != nil {
		return r
	}
	dialect := r.Database.Dialect
	query := dialect.Numbered("SELECT email FROM " + dialect.Quote(r.UserTable) + " WHERE id = ?")
	r.Lookup = recipe.NewLookup(recipe.LookupOptions{Database: r.Database, Query: query, Users: r.UserTable, Prefix: r.Mapping.Prefix, Now: r.Now,
		Watch: r.Watch})
	return r
}

// railsSteps lists the steps from the cookie to the values.
func railsSteps(o RailsOptions) ([]recipe.Step, error) {
	records := o.Store
	switch kept := o.Store.(type) {
	case nil:
		keys, err := newRailsKeys(o)
		return []recipe.Step{keys.open, railsEnvelope(o.Cookie)}, cmp.Or(err, o.Ageless())
	case *store.Redis:
		records = rackStore{kept, o.KeyPrefix.Text()}
		return []recipe.Step{recipe.Fetch(records, rackID, recipe.Prefixed("")), railsCached}, o.Ageless()
	case *store.Memcached:
		records = rackStore{kept.Or(hashing.Dalli), o.KeyPrefix.Text()}
		return []recipe.Step{recipe.Fetch(records, rackID, recipe.Prefixed("")), recipe.Unflagged(record.Dalli), railsCached}, o.Ageless()
	case *store.Files:
		return nil, errors.New("Rails keeps no sessions in files")
	case *store.Table:
		records = kept.Or(store.Table{Name: "sessions", Key: "session_id", Data: "data", Modified: "updated_at"})
	}
	return []recipe.Step{recipe.Fetch(rackStore{records, ""}, rackID, recipe.Prefixed("")), recipe.SinceModified, railsBase64}, nil
}

// newRailsKeys derives all keys, newest first. secret_token is a key as it is.
func newRailsKeys(o RailsOptions) (*railsKeys, error) {
	keys := &railsKeys{signing: o.SecretTokens.Bytes()}
	if len(o.SecretKeyBases)+len(o.SecretTokens) == 0 {
		return keys, errors.New("the secret_key_base is missing")
	}
	if err := cmp.Or(setting.SigningKeys(o.SecretKeyBases), setting.SigningKeys(o.SecretTokens), o.rounds()); err != nil {
		return keys, err
	}
	digests := map[string][]func() hash.Hash{"": {sha256.New, sha1.New}, "sha256": {sha256.New}, "sha1": {sha1.New}}[o.KeyDigest]
	if digests == nil {
		return keys, fmt.Errorf("the digest %q is neither sha1 nor sha256", o.KeyDigest)
	}
	for _, secret := range o.SecretKeyBases.Bytes() {
		for _, digest := range digests {
			if err := keys.derive(o, string(secret), digest); err != nil {
				return keys, err
			}
		}
	}
	return keys, nil
}

// deviseSalt is the step that compares the salt in Warden's key, [[id], salt], with the password that the user has now
// (devise/models/authenticatable.rb, database_authenticatable.rb).
func deviseSalt(path string, passwords *recipe.BreakerStore) recipe.Step {
	return func(ctx context.Context, v *recipe.Visit, s recipe.State) (recipe.State, error) {
		if v.Trial() {
			return s, passwords.Tried(ctx, v, "passwords in "+fmt.Sprint(passwords.Store), "0")
		}
		id := record.TextAt(s.Values, path+".0.0")
		if id == "" {
			return s, nil
		}
		row, err := passwords.Get(ctx, v, id)
		if reason, _ := session.NobodyReason(err); reason == session.Malformed {
			row, err = store.Record{}, nil // NULL, as an empty text: others vouch for this user
		}
		if err != nil {
			return s, err
		}
		const length = 29 // of the version, cost and salt of bcrypt, which is how much Devise keeps
		salt := row.Data[:min(length, len(row.Data))]
		if !hmac.Equal(salt, []byte(record.TextAt(s.Values, path+".1"))) {
			return s, session.Nobodyf(session.Expired, "the password has changed since the login")
		}
		v.Tell("the password is the one of the login")
		return s, nil
	}
}
