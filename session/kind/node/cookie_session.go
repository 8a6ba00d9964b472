package node

import (
	"cmp"
	"context"
	"encoding/base64"
	"strings"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/cookie"
	"tawkproxy/session/kind"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
	"tawkproxy/session/seal"
)

// CookieSession is the kind of sites that use cookie-session.
func CookieSession() kind.Kind {
	return kind.Kind{
		Name: "cookie-session", Title: "Express with cookie-session",
		Guide:   "an Express site with cookie-session",
		Cookie:  "session",
		Needs:   []string{"TAWK_KEYGRIP_KEYS", "TAWK_USER_ID"},
		Keys:    []string{"TAWK_KEYGRIP_KEYS"},
		Ageless: true,
		Signs:   kind.Signs{Cookies: []string{"session.sig", "express:sess.sig", "express:sess"}},
		Find:    findPackage(nil, "cookie-session"),
		New:     func() kind.Settings { return new(CookieSessionOptions) },
	}
}

// CookieSessionOptions describe a site that keeps its sessions with expressjs/cookie-session: JSON in a cookie, which anybody
// can read, and its signature in another. Neither holds a time: nothing ends a session of which somebody kept a copy, and a
// MaxAge cannot be kept.
type CookieSessionOptions struct {
	recipe.Setup
	Keygrip
}

func (c *CookieSessionOptions) Rules(*setting.Common) []setting.Rule {
	return []setting.Rule{c.signing()}
}

func (c *CookieSessionOptions) Open(site kind.Site) (session.Source, error) {
	c.Setup = site.Setup()
	return NewCookieSession(*c)
}

// NewCookieSession makes the recipe. Errors name the option that is wrong.
func NewCookieSession(o CookieSessionOptions) (*recipe.Recipe, error) {
	if err := o.Ageless(); err != nil {
		return nil, err
	}
	o.Cookie = cmp.Or(o.Cookie, CookieSession().Cookie)
	signed, err := seal.NewKeygrip(o.Cookie, o.Keys.Bytes(), o.Digest)
	if err != nil {
		return nil, err
	}
	return signed.TwoCookies(o.Recipe("cookie-session", cookie.Keygrip(), record.ParseJSON, signed.Verify, decodeBase64))
}

// decodeBase64 is the step that decodes base 64 as Node's Buffer writes it, with padding or without.
func decodeBase64(_ context.Context, _ *recipe.Visit, s recipe.State) (recipe.State, error) {
	text, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(string(s.Data), "="))
	if err != nil {
		return s, session.Nobodyf(session.Malformed, "not base 64")
	}
	s.Data = text
	return s, nil
}
