package python

import (
	"cmp"
	"context"
	"crypto/md5"
	"encoding/binary"
	"fmt"
	"time"

	"tawkproxy/session"
	"tawkproxy/session/cookie"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
	"tawkproxy/session/seal"
	"tawkproxy/session/store"
)

// FlaskOptions describe a site that keeps its sessions with Flask, in the cookie, or with Flask-Session, in Redis, in the files of
// cachelib (SESSION_TYPE filesystem) or in a table by session_id: data and expiry (sqlalchemy).
//
// In the cookie they are signed, and end after MaxAge, which is PERMANENT_SESSION_LIFETIME: 0 stands for the 31 days of Flask,
// a negative one for no limit. In a store, which knows what has ended, the cookie is an id; if there are keys, a signed one.
// Values there are found to be a pickle, MessagePack or JSON by their looks.
//
// Cookie "" stands for session, Mapping.ID "" for _user_id, where Flask-Login has it since 0.5. Its remember_token is not
// read: with the same answer in which Flask logs in who has one, it sets a session.
type FlaskOptions struct {
	recipe.Setup
	SecretKeys    [][]byte // SECRET_KEY, then those of SECRET_KEY_FALLBACKS; with a store only if SESSION_USE_SIGNER is set
	Salt          string   // of the signature; "": cookie-session, and flask-session for ids
	KeyDerivation string   // of the signature: hmac (also ""), concat, django-concat or none
	KeyPrefix     string   // SESSION_KEY_PREFIX, of the keys in a store: session: unless the site has another
}

// flaskID is the form of an id: a UUID up to Flask-Session 0.5, then random bytes in base 64.
const flaskID = `[A-Za-z0-9_-]{22,128}`

// NewFlask makes the recipe. Errors name the option that is wrong.
func NewFlask(o FlaskOptions) (*recipe.Recipe, error) {
	o.Cookie = cmp.Or(o.Cookie, "session")
	o.Mapping.ID = cmp.Or(o.Mapping.ID, "_user_id")
	switch {
	case o.MaxAge < 0:
		o.MaxAge = 0
	case o.MaxAge == 0 && o.Store == nil:
		o.MaxAge = 31 * 24 * time.Hour
	}
	if o.Store == nil {
		signer, err := seal.NewDangerousSigner(o.SecretKeys, cmp.Or(o.Salt, "cookie-session"), o.KeyDerivation)
		if err != nil {
			return nil, err
		}
		return recipe.Remembering(o.Recipe("flask", cookie.Werkzeug(), record.ParseTagged, signer.Unsign, seal.DangerousPayload))
	}
	if err := o.Ageless(); err != nil {
		return nil, err
	}
	key, content := recipe.Prefixed(o.KeyPrefix), []recipe.Step(nil)
	switch kept := o.Store.(type) {
	case *store.Table:
		o.Store = kept.Or(store.Table{Name: "sessions", Key: "session_id", Data: "data", Expires: "expiry"})
	case *store.Files:
		inStore := key
		key = func(id string) string { return fmt.Sprintf("%x", md5.Sum([]byte(inStore(id)))) }
		content = []recipe.Step{cachelib}
	}
	var steps []recipe.Step
	if len(o.SecretKeys) > 0 {
		signer, err := seal.NewDangerousSigner(o.SecretKeys, cmp.Or(o.Salt, "flask-session"), o.KeyDerivation)
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
