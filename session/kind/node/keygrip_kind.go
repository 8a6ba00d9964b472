package node

import (
	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind"
)

// Keygrip is the settings of cookies that Keygrip signs.
type Keygrip struct {
	// The `keys` of cookie-session, or the `app.keys` of Koa, newest first, written as those of `TAWK_SESSION_KEY` are. Required.
	Keys setting.Keys `env:"TAWK_KEYGRIP_KEYS"`

	// Digest of the signatures, if the site makes a Keygrip of its own: `sha1`, `sha256`, `sha384` or `sha512`.
	Digest string `env:"TAWK_KEYGRIP_DIGEST" envDefault:"sha1" values:"sha1 sha256 sha384 sha512"`
}

func (k *Keygrip) signing() setting.Rule {
	return setting.Rule{Settings: []string{"TAWK_KEYGRIP_KEYS"}, Check: func() error { return setting.SigningKeys(k.Keys) }}
}

// Koa is the kind of sites that use koa-session.
func Koa() kind.Kind {
	return kind.Kind{
		Name: "koa", Title: "Koa with koa-session",
		Guide:  "a Koa site with koa-session",
		Cookie: "koa.sess",
		Needs:  []string{"TAWK_KEYGRIP_KEYS", "TAWK_USER_ID"},
		Stores: setting.Stores{Files: true, Redis: true},
		Keys:   []string{"TAWK_KEYGRIP_KEYS"},
		New:    func() kind.Settings { return new(koaSettings) },
	}
}

type koaSettings struct{ Keygrip }

func (k *koaSettings) Rules(*setting.Common) []setting.Rule { return []setting.Rule{k.signing()} }

func (k *koaSettings) Open(site kind.Site) (session.Source, error) {
	return NewKoa(KoaOptions{Setup: site.Setup(), Keys: k.Keys.Bytes(), Digest: k.Digest})
}

// CookieSession is the kind of sites that use cookie-session.
func CookieSession() kind.Kind {
	return kind.Kind{
		Name: "cookie-session", Title: "Express with cookie-session",
		Guide:  "an Express site with cookie-session",
		Cookie: "session",
		Needs:  []string{"TAWK_KEYGRIP_KEYS", "TAWK_USER_ID"},
		Keys:   []string{"TAWK_KEYGRIP_KEYS"},
		New:    func() kind.Settings { return new(cookieSessionSettings) },
	}
}

type cookieSessionSettings struct{ Keygrip }

func (c *cookieSessionSettings) Rules(common *setting.Common) []setting.Rule {
	return []setting.Rule{c.signing(), ageless(common)}
}

// ageless checks that no age is set where sessions do not tell theirs.
func ageless(common *setting.Common) setting.Rule {
	return setting.Rule{Settings: []string{"TAWK_SESSION_MAX_AGE"}, Check: func() error {
		if common.Session.MaxAge > 0 {
			return setting.Wrong("remove it", "cannot be kept with TAWK_SESSION=%s, whose sessions do not say when they were made",
				common.Session.Kind)
		}
		return nil
	}}
}

func (c *cookieSessionSettings) Open(site kind.Site) (session.Source, error) {
	return NewCookieSession(CookieSessionOptions{Setup: site.Setup(), Keys: c.Keys.Bytes(), Digest: c.Digest})
}
