package python

import (
	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind"
)

// Flask is the kind of Flask sites, with sessions in signed cookies or by Flask-Session.
func Flask() kind.Kind {
	return kind.Kind{
		Name: "flask", Title: "Flask",
		Guide:    "a Flask site, with Flask-Login or a user id of its own in the session",
		Cookie:   "session",
		Stores:   setting.Stores{Files: true, Redis: true, Tables: true},
		Keys:     []string{"TAWK_FLASK_SECRET_KEY"},
		Prefixes: []string{"TAWK_FLASK_SESSION_KEY_PREFIX"},
		New:      func() kind.Settings { return new(flaskSettings) },
	}
}

type flaskSettings struct {
	// `SECRET_KEY` of the site, and behind it, separated by commas without blanks, those of `SECRET_KEY_FALLBACKS`; bytes are
	// written as `hex:…` or `base64:…`, and so is a key that contains a comma. Required unless Flask-Session keeps the sessions in
	// a store; then set it only if `SESSION_USE_SIGNER` is on.
	SecretKey setting.Keys `env:"TAWK_FLASK_SECRET_KEY"`

	// Salt of the signature, if the site has changed it (`SecureCookieSessionInterface.salt`).
	Salt string `env:"TAWK_FLASK_SALT"`

	// How the signature's key is derived (`SecureCookieSessionInterface.key_derivation`): `hmac`, unless the site has changed
	// it, or `concat`, `django-concat` or `none`.
	KeyDerivation string `env:"TAWK_FLASK_KEY_DERIVATION" envDefault:"hmac" values:"hmac concat django-concat none"`

	// `SESSION_KEY_PREFIX` of Flask-Session, or `none`.
	KeyPrefix setting.Prefix `env:"TAWK_FLASK_SESSION_KEY_PREFIX" envDefault:"session:"`
}

func (f *flaskSettings) Rules(common *setting.Common) []setting.Rule {
	return []setting.Rule{
		{Settings: []string{"TAWK_FLASK_SECRET_KEY"}, Check: func() error { return setting.SigningKeys(f.SecretKey) }},
		{Settings: []string{"TAWK_FLASK_SECRET_KEY", "TAWK_SESSION_STORE"}, Check: func() error {
			if len(f.SecretKey) == 0 && !common.Session.Store.IsSet() {
				return setting.Wrong("write the site's SECRET_KEY", "is required with TAWK_SESSION=flask but not set")
			}
			return nil
		}},
	}
}

func (f *flaskSettings) Open(site kind.Site) (session.Source, error) {
	return NewFlask(FlaskOptions{Setup: site.Setup(), SecretKeys: f.SecretKey.Bytes(), Salt: f.Salt,
		KeyDerivation: f.KeyDerivation, KeyPrefix: f.KeyPrefix.Or("")})
}
