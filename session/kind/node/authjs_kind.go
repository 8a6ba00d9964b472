package node

import (
	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind"
)

// AuthJS is the kind of sites that use Auth.js or NextAuth.js with its JWT strategy.
func AuthJS() kind.Kind {
	return kind.Kind{
		Name: "authjs", Title: "Auth.js and NextAuth.js",
		Guide:  "a Next.js or other site with Auth.js or NextAuth.js and the JWT strategy, its default",
		Cookie: "authjs.session-token",
		Needs:  []string{"TAWK_AUTHJS_SECRET"},
		Keys:   []string{"TAWK_AUTHJS_SECRET"},
		New:    func() kind.Settings { return new(authJSSettings) },
	}
}

type authJSSettings struct {
	// The site's `AUTH_SECRET` or `NEXTAUTH_SECRET`, newest first if there are several, written as the keys of
	// `TAWK_SESSION_KEY` are. Required.
	Secret setting.Keys `env:"TAWK_AUTHJS_SECRET"`
}

func (a *authJSSettings) Rules(*setting.Common) []setting.Rule {
	return []setting.Rule{{Settings: []string{"TAWK_AUTHJS_SECRET"}, Check: func() error { return setting.SigningKeys(a.Secret) }}}
}

func (a *authJSSettings) Open(site kind.Site) (session.Source, error) {
	return NewAuthJS(AuthJSOptions{Setup: site.Setup(), Secrets: a.Secret.Bytes()})
}
