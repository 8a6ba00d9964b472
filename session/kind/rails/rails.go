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
	"slices"
	"strings"

	"tawkproxy/session"
	"tawkproxy/session/cookie"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
	"tawkproxy/session/store"
)

// RailsOptions describe a site that keeps its sessions with Ruby on Rails, 3 to 8, or logs in by an encrypted or signed cookie
// of its own.
//
// Without a Store the values are in the cookie, of which Rails has had three forms. Unless KeyDigest says which, keys are derived
// with SHA-256 and with SHA-1, and the values are found to be JSON, Marshal or MessagePack by their looks, so that load_defaults
// need not be known.
// With a Store the cookie is an id, and no secret is needed: a Redis of cache_store or redis-rails, or the table sessions of
// activerecord-session_store by session_id: data.
//
// Mapping.ID "" stands for warden.user.user.key.0.0, where Devise has it. In a cookie with a bare value its path is value.
// Nothing ends a session in a cookie, unless the site sets expire_after. A MaxAge can only be kept of sessions in a table.
type RailsOptions struct {
	recipe.Setup
	SecretKeyBases [][]byte // secret_key_base, newest first
	SecretTokens   [][]byte // secret_token of Rails 3 and 4.0, newest first
	Signed         bool     // the cookie is one of cookies.signed, not the session nor one of cookies.encrypted
	KeyPrefix      string   // of keys in Redis: _session_id: with cache_store, with redis-rails its namespace, if any, and a colon

	// Salts and rounds of the keys, if the site has changed them (config.action_dispatch); "" and 0 stand for those of Rails.
	AuthenticatedEncryptedCookieSalt string
	EncryptedCookieSalt              string
	EncryptedSignedCookieSalt        string
	SignedCookieSalt                 string
	KeyIterations                    int

	// KeyDigest is that of config.active_support.key_generator_hash_digest_class: sha1, as before Rails 7, or sha256; "": either. A
	// site accepts cookies of the other one only if it rotates them. Keys that a secret_token is, are not derived.
	KeyDigest string

	Database  *store.Database // of the site; nil: only what is in the session is known
	UserTable string          // of Devise; "": users. Without a Lookup, its e-mail addresses are told

	// Passwords holds, by a user's id, Devise's column encrypted_password. With it a session ends when the password changes, or
	// when the user is gone. Nil: those of Database, if there is one and Mapping.ID is where Devise has the id.
	Passwords store.Store
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
		var err error
		if o, err = o.withUsers(); err != nil {
			return nil, err
		}
	}
	steps, err := railsSteps(o)
	if err != nil {
		return nil, err
	}
	if o.Passwords != nil {
		steps = append(steps, recipe.Parsed(parseRails), deviseSalt(login+".key", &recipe.Guarded{Store: o.Passwords}))
	}
	if o.Store == nil && o.Passwords == nil {
		return recipe.Remembering(o.Recipe("rails", cookie.Rack(), parseRails, steps...))
	}
	return o.Recipe("rails", cookie.Rack(), parseRails, steps...)
}

// withUsers fills in what Devise's table tells.
func (o RailsOptions) withUsers() (RailsOptions, error) {
	users := cmp.Or(o.UserTable, "users")
	if o.Passwords == nil {
		o.Passwords = recipe.UserTable{Table: &store.Table{Database: o.Database, Name: users, Key: "id", Data: "encrypted_password"}}
	}
	if o.Lookup != nil {
		return o, nil
	}
	dialect := o.Database.Dialect
	query := dialect.Numbered("SELECT email FROM " + dialect.Quote(users) + " WHERE id = ?")
	var err error
	o.Lookup, err = recipe.NewLookup(recipe.LookupOptions{Database: o.Database, Query: query, Users: users, Prefix: o.Mapping.Prefix, Now: o.Now})
	return o, err
}

// railsSteps lists the steps from the cookie to the values.
func railsSteps(o RailsOptions) ([]recipe.Step, error) {
	records := o.Store
	switch kept := o.Store.(type) {
	case nil:
		keys, err := newRailsKeys(o)
		return []recipe.Step{keys.open, railsEnvelope(o.Cookie)}, cmp.Or(err, o.Ageless())
	case *store.Redis:
		records = rackStore{kept, o.KeyPrefix}
		return []recipe.Step{recipe.Fetch(records, rackID, recipe.Prefixed("")), railsCached}, o.Ageless()
	case *store.Files:
		return nil, errors.New("Rails keeps no sessions in files")
	case *store.Table:
		records = kept.Or(store.Table{Name: "sessions", Key: "session_id", Data: "data", Modified: "updated_at"})
	}
	return []recipe.Step{recipe.Fetch(rackStore{records, ""}, rackID, recipe.Prefixed("")), recipe.SinceModified, railsBase64}, nil
}

// newRailsKeys derives all keys, newest first. secret_token is a key as it is.
func newRailsKeys(o RailsOptions) (*railsKeys, error) {
	o.AuthenticatedEncryptedCookieSalt = cmp.Or(o.AuthenticatedEncryptedCookieSalt, "authenticated encrypted cookie")
	o.EncryptedCookieSalt = cmp.Or(o.EncryptedCookieSalt, "encrypted cookie")
	o.EncryptedSignedCookieSalt = cmp.Or(o.EncryptedSignedCookieSalt, "signed encrypted cookie")
	o.SignedCookieSalt = cmp.Or(o.SignedCookieSalt, "signed cookie")
	o.KeyIterations = cmp.Or(o.KeyIterations, 1000)
	keys := &railsKeys{signing: o.SecretTokens}
	if len(o.SecretKeyBases)+len(o.SecretTokens) == 0 {
		return keys, errors.New("the secret_key_base is missing")
	}
	if o.KeyIterations < 0 {
		return keys, errors.New("keys are derived in at least one round")
	}
	for i, secret := range slices.Concat(o.SecretKeyBases, o.SecretTokens) {
		if len(secret) == 0 {
			return keys, fmt.Errorf("secret %d is empty", i+1)
		}
	}
	digests := map[string][]func() hash.Hash{"": {sha256.New, sha1.New}, "sha256": {sha256.New}, "sha1": {sha1.New}}[o.KeyDigest]
	if digests == nil {
		return keys, fmt.Errorf("the digest %q is neither sha1 nor sha256", o.KeyDigest)
	}
	for _, secret := range o.SecretKeyBases {
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
func deviseSalt(path string, passwords *recipe.Guarded) recipe.Step {
	return func(ctx context.Context, v *recipe.Visit, s recipe.State) (recipe.State, error) {
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
		return s, nil
	}
}
