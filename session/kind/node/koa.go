package node

import (
	"cmp"
	"context"
	"encoding/json"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/cookie"
	"tawkproxy/session/kind"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
	"tawkproxy/session/seal"
)

// Koa is the kind of sites that use koa-session.
func Koa() kind.Kind {
	return kind.Kind{
		Name: "koa", Title: "Koa with koa-session",
		Guide:  "a Koa site with koa-session",
		Cookie: "koa.sess",
		Needs:  []string{"TAWK_KEYGRIP_KEYS", "TAWK_USER_ID"},
		Stores: setting.Stores{Files: true, Redis: true},
		Keys:   []string{"TAWK_KEYGRIP_KEYS"},
		Signs:  kind.Signs{Cookies: []string{"koa.sess", "koa.sess.sig", "koa:sess", "koa:sess.sig"}},
		Find:   findPackage(nil, "koa-session"),
		New:    func() kind.Settings { return new(KoaOptions) },
	}
}

// KoaOptions describe a site that keeps its sessions with koa-session: JSON that says when it ends, in a signed cookie; or, with
// a store, under an id that is in the signed cookie. Unsigned sessions are not read: anybody can write one.
type KoaOptions struct {
	recipe.Setup
	Keygrip
}

func (k *KoaOptions) Rules(*setting.Common) []setting.Rule { return []setting.Rule{k.signing()} }

func (k *KoaOptions) Open(site kind.Site) (session.Source, error) {
	k.Setup = site.Setup()
	return NewKoa(*k)
}

// koaID is the form of ids, which are the keys in a store: a UUID, or before koa-session 6 random bytes in base 64, behind a
// prefix if the site has one (src/index.ts).
const koaID = `[A-Za-z0-9][A-Za-z0-9:._-]{15,199}`

// NewKoa makes the recipe. Errors name the option that is wrong.
func NewKoa(o KoaOptions) (*recipe.Recipe, error) {
	o.Cookie = cmp.Or(o.Cookie, Koa().Cookie)
	signed, err := seal.NewKeygrip(o.Cookie, o.Keys.Bytes(), o.Digest)
	if err != nil {
		return nil, err
	}
	content := decodeBase64
	if o.Store != nil {
		content = recipe.Fetch(o.Store, koaID, recipe.Prefixed(""))
	}
	return signed.TwoCookies(o.Recipe("koa", cookie.Keygrip(), record.ParseJSON, signed.Verify, content, koaRecord))
}

// koaRecord is the step that takes the end out of a session. One without an end, or with one that is no number, lasts as long as the
// browser keeps it (src/context.ts, valid).
func koaRecord(_ context.Context, _ *recipe.Visit, s recipe.State) (recipe.State, error) {
	tree, err := record.ParseJSON(s.Data)
	values, ok := tree.(map[string]any)
	if err != nil || !ok {
		return s, session.Nobodyf(session.Malformed, "a session that is not a JSON object")
	}
	s.Values = values
	expire, ends := values["_expire"].(json.Number)
	if !ends {
		return s, nil
	}
	end := record.JsNumber(expire)
	s.Expires = record.JsAfter(end)
	if age, ok := values["_maxAge"].(json.Number); ok {
		s.Issued = record.JsTime(end - record.JsNumber(age))
	}
	return s, nil
}
