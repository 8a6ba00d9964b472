package python

import (
	"cmp"
	"context"
	"crypto/md5"
	"encoding/binary"
	"fmt"
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

// Flask is the kind of Flask sites, with sessions in signed cookies or by Flask-Session.
func Flask() kind.Kind {
	return kind.Kind{
		Name: "flask", Title: "Flask",
		Guide:    "a Flask site, with Flask-Login or a user id of its own in the session",
		Cookie:   "session",
		Stores:   setting.Stores{Files: true, Redis: true, Memcached: true, Tables: true},
		Keys:     []string{"TAWK_FLASK_SECRET_KEY"},
		Prefixes: []string{"TAWK_FLASK_SESSION_KEY_PREFIX"},
		Signs:    kind.Signs{Value: `^(\.eJ|eyJ)[\w-]*\.[\w-]{6}\.[\w-]{27,}$`, Headers: []string{"Server: Werkzeug"}},
		Find:     findFlask,
		New:      func() kind.Settings { return new(FlaskOptions) },
	}
}

// FlaskOptions describe a site that keeps its sessions with Flask, in the cookie, or with Flask-Session, in Redis, in memcached, in the
// files of cachelib (SESSION_TYPE filesystem) or in a table by session_id: data and expiry (sqlalchemy).
//
// In the cookie they are signed, and end after MaxAge, which is PERMANENT_SESSION_LIFETIME: 0 stands for the 31 days of Flask,
// a negative one for no limit. In a store, which knows what has ended, the cookie is an id; if there are keys, a signed one.
// Values there are found to be a pickle, MessagePack or JSON by their looks.
//
// Cookie "" stands for session, Mapping.ID "" for _user_id, where Flask-Login has it since 0.5. Its remember_token is not
// read: with the same answer in which Flask logs in who has one, it sets a session.
type FlaskOptions struct {
	recipe.Setup

	// `SECRET_KEY` of the site, and behind it, separated by commas without blanks, those of `SECRET_KEY_FALLBACKS`; bytes are
	// written as `hex:…` or `base64:…`, and so is a key that contains a comma. Required unless Flask-Session keeps the sessions in
	// a store; then set it only if `SESSION_USE_SIGNER` is on.
	SecretKeys setting.Keys `env:"TAWK_FLASK_SECRET_KEY"`

	// Salt of the signature, if the site has changed it (`SecureCookieSessionInterface.salt`).
	Salt string `env:"TAWK_FLASK_SALT"` // not set: cookie-session, and flask-session for ids

	// How the signature's key is derived (`SecureCookieSessionInterface.key_derivation`): `hmac`, unless the site has changed
	// it, or `concat`, `django-concat` or `none`.
	KeyDerivation string `env:"TAWK_FLASK_KEY_DERIVATION" envDefault:"hmac" values:"hmac concat django-concat none"`

	// `SESSION_KEY_PREFIX` of Flask-Session, or `none`.
	KeyPrefix setting.Prefix `env:"TAWK_FLASK_SESSION_KEY_PREFIX" envDefault:"session:"`
}

func (f *FlaskOptions) Rules(common *setting.Common) []setting.Rule {
	return []setting.Rule{
		{Settings: []string{"TAWK_FLASK_SECRET_KEY"}, Check: func() error { return setting.SigningKeys(f.SecretKeys) }},
		{Settings: []string{"TAWK_FLASK_SECRET_KEY", "TAWK_SESSION_STORE"}, Check: func() error {
			if len(f.SecretKeys) == 0 && !common.Session.Store.IsSet() {
				return setting.Wrong("write the site's SECRET_KEY", "is required with TAWK_SESSION=flask but not set")
			}
			return nil
		}},
	}
}

func (f *FlaskOptions) Open(site kind.Site) (session.Source, error) {
	f.Setup = site.Setup()
	return NewFlask(*f)
}

// flaskID is the form of an id: a UUID up to Flask-Session 0.5, then random bytes in base 64.
const flaskID = `[A-Za-z0-9_-]{22,128}`

// NewFlask makes the recipe. Errors name the option that is wrong.
func NewFlask(o FlaskOptions) (*recipe.Recipe, error) {
	o.Cookie = cmp.Or(o.Cookie, Flask().Cookie)
	o.Mapping.ID = cmp.Or(o.Mapping.ID, "_user_id")
	switch {
	case o.MaxAge < 0:
		o.MaxAge = 0
	case o.MaxAge == 0 && o.Store == nil:
		o.MaxAge = 31 * 24 * time.Hour
	}
	if o.Store == nil {
		signer, err := seal.NewDangerousSigner(o.SecretKeys.Bytes(), cmp.Or(o.Salt, "cookie-session"), o.KeyDerivation)
		if err != nil {
			return nil, err
		}
		return recipe.Remembering(o.Recipe("flask", cookie.Werkzeug(), record.ParseTagged, signer.Unsign, seal.DangerousPayload))
	}
	if err := o.Ageless(); err != nil {
		return nil, err
	}
	key, content := recipe.Prefixed(o.KeyPrefix.Text()), []recipe.Step(nil)
	switch kept := o.Store.(type) {
	case *store.Memcached:
		if err := divided(kept, "of SESSION_MEMCACHED"); err != nil {
			return nil, err
		}
		content = []recipe.Step{recipe.Unflagged(record.PythonMemcached)}
	case *store.Table:
		o.Store = kept.Or(store.Table{Name: "sessions", Key: "session_id", Data: "data", Expires: "expiry"})
	case *store.Files:
		inStore := key
		key = func(id string) string { return fmt.Sprintf("%x", md5.Sum([]byte(inStore(id)))) }
		content = []recipe.Step{cachelib}
	}
	var steps []recipe.Step
	if len(o.SecretKeys) > 0 {
		signer, err := seal.NewDangerousSigner(o.SecretKeys.Bytes(), cmp.Or(o.Salt, "flask-session"), o.KeyDerivation)
		if err != nil {
			return nil, err
		}
		steps = append(steps, signer.Unsign)
	}
	steps = append(steps, recipe.Fetch(o.Store, flaskID, key))
	recipe, err := o.Recipe("flask", cookie.Werkzeug(), record.ParsePython, append(steps, content...)...)
	if err != nil {
		return nil, err
	}
	recipe.Renews = true // Flask-Session 0.3 does
	return recipe, nil
}

// cachelib is the step out of a file of cachelib (file.py): when it ends in Unix seconds, 0 for never, and a pickle.
func cachelib(_ context.Context, _ *recipe.Visit, s recipe.State) (recipe.State, error) {
	if len(s.Data) < 4 {
		return s, session.Nobodyf(session.Malformed, "the file is too short")
	}
	if end := binary.LittleEndian.Uint32(s.Data); end > 0 {
		s.Expires = recipe.LastSecond(int64(end))
	}
	s.Data = s.Data[4:]
	return s, nil
}
