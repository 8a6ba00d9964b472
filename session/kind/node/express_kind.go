// Package node is the kinds of sites that run on Node.
package node

import (
	"strings"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind"
)

// Express is the kind of sites that use express-session.
func Express() kind.Kind {
	return kind.Kind{
		Name: "express", Title: "Express with express-session",
		Guide:    "an Express site with express-session, with passport or without",
		Cookie:   "connect.sid",
		Stores:   setting.Stores{Files: true, Redis: true, Tables: true},
		Keys:     []string{"TAWK_EXPRESS_SECRET"},
		Prefixes: []string{"TAWK_EXPRESS_PREFIX"},
		New:      func() kind.Settings { return new(expressSettings) },
	}
}

type expressSettings struct {
	// The option `secret` of express-session; several, newest first, separated by commas without blanks. One that contains a comma
	// is written as `base64:…`. Without it, sessions are believed because they are in the site's store under an id that nobody can
	// guess: set it if the site makes ids of its own (`genid`).
	Secret setting.Keys `env:"TAWK_EXPRESS_SECRET"`

	// The option `prefix` of connect-redis, or `none`.
	Prefix setting.Prefix `env:"TAWK_EXPRESS_PREFIX" envDefault:"sess:"`
}

func (e *expressSettings) Rules(common *setting.Common) []setting.Rule {
	return []setting.Rule{
		// Who has not set a store: express-session has one in the site's memory unless it is given another.
		{Settings: []string{"TAWK_SESSION_STORE"}, Check: func() error {
			if !common.Session.Store.IsSet() {
				return setting.Wrong("write where connect-redis, connect-pg-simple or session-file-store keeps them; what MemoryStore holds "+
					"only the site itself can read: then set TAWK_SESSION=site", "is required with TAWK_SESSION=express but not set")
			}
			return nil
		}},
		{Settings: []string{"TAWK_EXPRESS_SECRET"}, Check: func() error { return setting.SigningKeys(e.Secret) }},
		{Settings: []string{"TAWK_EXPRESS_PREFIX", "TAWK_EXPRESS_SECRET", "TAWK_SESSION_STORE"}, Check: func() error { return e.apart(common) }},
	}
}

// apart demands that ids which are not judged by a signature lead to sessions alone, not to any key in Redis.
func (e *expressSettings) apart(common *setting.Common) error {
	scheme, _, _ := strings.Cut(common.Session.Store.Reveal(), ":")
	inRedis := strings.HasPrefix(scheme, "redis") || scheme == "rediss" || strings.HasPrefix(scheme, "rediss+") || scheme == "unix"
	if e.Prefix.Or("") != "" || len(e.Secret) > 0 || !inRedis {
		return nil
	}
	return setting.Wrong("set TAWK_EXPRESS_SECRET, the option secret of express-session; or a prefix",
		"is none, and TAWK_EXPRESS_SECRET is not set: visitors could name any key in Redis")
}

func (e *expressSettings) Open(site kind.Site) (session.Source, error) {
	return NewExpress(ExpressOptions{Setup: site.Setup(), Secrets: e.Secret.Bytes(), KeyPrefix: e.Prefix.Or("")})
}
