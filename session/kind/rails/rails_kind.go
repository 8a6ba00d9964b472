// Package rails is the kind of sites that use Ruby on Rails.
package rails

import (
	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind"
)

// Rails is the kind of sites that use Ruby on Rails.
func Rails() kind.Kind {
	return kind.Kind{
		Name: "rails", Title: "Ruby on Rails",
		Guide:    "a Rails site, with Devise or a user id of its own in the session",
		Needs:    []string{"TAWK_SESSION_COOKIE"},
		Stores:   setting.Stores{Redis: true, Tables: true},
		Keys:     []string{"TAWK_RAILS_SECRET_KEY_BASE", "TAWK_RAILS_SECRET_TOKEN"},
		Prefixes: []string{"TAWK_RAILS_KEY_PREFIX"},
		Forms:    []string{"TAWK_RAILS_COOKIE"},
		New:      func() kind.Settings { return new(railsSettings) },
	}
}

type railsSettings struct {
	// `secret_key_base` of the site, and behind it, separated by commas without blanks, those that its cookies were
	// rotated from. Required
	// unless there is a store, or `TAWK_RAILS_SECRET_TOKEN` is set.
	SecretKeyBase setting.Keys `env:"TAWK_RAILS_SECRET_KEY_BASE"`

	// `secret_token` of a Rails 3 or 4.0.
	SecretToken setting.Keys `env:"TAWK_RAILS_SECRET_TOKEN"`

	// Devise's table of users. With `TAWK_USER_DSN`, a session ends when the password there changes.
	UserTable string `env:"TAWK_RAILS_USER_TABLE" envDefault:"users"`

	// What `TAWK_SESSION_COOKIE` names: `encrypted`, the session or one of `cookies.encrypted`; `signed`, one of `cookies.signed`.
	Cookie string `env:"TAWK_RAILS_COOKIE" envDefault:"encrypted" values:"encrypted signed"`

	// What stands before the session's id in the keys in Redis: `_session_id:` with `:cache_store`, the namespace and a colon
	// with redis-rails, or `none`.
	KeyPrefix setting.Prefix `env:"TAWK_RAILS_KEY_PREFIX" envDefault:"_session_id:"`

	// `config.action_dispatch.authenticated_encrypted_cookie_salt`, if the site has changed it.
	AuthenticatedEncryptedCookieSalt string `env:"TAWK_RAILS_AUTHENTICATED_ENCRYPTED_COOKIE_SALT"`

	// `config.action_dispatch.encrypted_cookie_salt`, if the site has changed it.
	EncryptedCookieSalt string `env:"TAWK_RAILS_ENCRYPTED_COOKIE_SALT"`

	// `config.action_dispatch.encrypted_signed_cookie_salt`, if the site has changed it.
	EncryptedSignedCookieSalt string `env:"TAWK_RAILS_ENCRYPTED_SIGNED_COOKIE_SALT"`

	// `config.action_dispatch.signed_cookie_salt`, if the site has changed it.
	SignedCookieSalt string `env:"TAWK_RAILS_SIGNED_COOKIE_SALT"`

	// `config.active_support.key_generator_hash_digest_class`: `sha1`, as `load_defaults` of before 7.0 has it, or `sha256`. Not
	// set: cookies of either count, also where the site itself accepts one of them only.
	KeyDigest string `env:"TAWK_RAILS_KEY_GENERATOR_HASH_DIGEST_CLASS" values:"sha1 sha256"`

	// Rounds of the site's key generator.
	KeyIterations int `env:"TAWK_RAILS_KEY_ITERATIONS" envDefault:"1000"`
}

func (r *railsSettings) Rules(common *setting.Common) []setting.Rule {
	return []setting.Rule{
		{Settings: []string{"TAWK_RAILS_SECRET_KEY_BASE"}, Check: func() error { return setting.SigningKeys(r.SecretKeyBase) }},
		{Settings: []string{"TAWK_RAILS_SECRET_KEY_BASE", "TAWK_RAILS_SECRET_TOKEN", "TAWK_SESSION_STORE"}, Check: func() error {
			if len(r.SecretKeyBase)+len(r.SecretToken) == 0 && !common.Session.Store.IsSet() {
				return setting.Wrong("write what bin/rails runner 'puts Rails.application.secret_key_base' prints on the server",
					"is required with TAWK_SESSION=rails but not set")
			}
			return nil
		}},
		{Settings: []string{"TAWK_RAILS_SECRET_TOKEN"}, Check: func() error { return setting.SigningKeys(r.SecretToken) }},
		{Settings: []string{"TAWK_RAILS_USER_TABLE"}, Check: func() error { return setting.TableName(r.UserTable) }},
		{Settings: []string{"TAWK_RAILS_KEY_ITERATIONS"}, Check: func() error {
			// It happens once, at start.
			if r.KeyIterations < 1 || r.KeyIterations > 1_000_000 {
				return setting.Wrong("write a number from 1 to 1000000", "is too small or too large")
			}
			return nil
		}},
	}
}

func (r *railsSettings) Open(site kind.Site) (session.Source, error) {
	return NewRails(RailsOptions{Setup: site.Setup(), Database: site.Database, UserTable: r.UserTable,
		SecretKeyBases: r.SecretKeyBase.Bytes(), SecretTokens: r.SecretToken.Bytes(), Signed: r.Cookie == "signed", KeyPrefix: r.KeyPrefix.Or(""),
		AuthenticatedEncryptedCookieSalt: r.AuthenticatedEncryptedCookieSalt, EncryptedCookieSalt: r.EncryptedCookieSalt,
		EncryptedSignedCookieSalt: r.EncryptedSignedCookieSalt, SignedCookieSalt: r.SignedCookieSalt, KeyIterations: r.KeyIterations, KeyDigest: r.KeyDigest})
}
