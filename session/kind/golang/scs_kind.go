package golang

import (
	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind"
)

// SCS is the kind of sites that use github.com/alexedwards/scs.
func SCS() kind.Kind {
	return kind.Kind{
		Name: "scs", Title: "Go sites with alexedwards/scs",
		Guide:    "a Go site with alexedwards/scs",
		Needs:    []string{"TAWK_SESSION_COOKIE", "TAWK_SESSION_STORE", "TAWK_USER_ID"},
		Stores:   setting.Stores{Redis: true, Tables: true},
		Prefixes: []string{"TAWK_SCS_KEY_PREFIX"},
		Forms:    []string{"TAWK_SCS_CODEC"},
		New:      func() kind.Settings { return new(scsSettings) },
	}
}

type scsSettings struct {
	// The codec of the session manager: `gob`, or `json`.
	Codec string `env:"TAWK_SCS_CODEC" envDefault:"gob" values:"gob json"`

	// What stands before the token in the keys in Redis, if not the usual `scs:session:`; or `none`.
	KeyPrefix setting.Prefix `env:"TAWK_SCS_KEY_PREFIX"`

	// Whether the session manager is set to hash tokens in its store (`HashTokenInStore`).
	HashTokens bool `env:"TAWK_SCS_HASH_TOKENS" envDefault:"false"`
}

func (s *scsSettings) Rules(*setting.Common) []setting.Rule { return nil }

func (s *scsSettings) Open(site kind.Site) (session.Source, error) {
	return NewSCS(SCSOptions{Setup: site.Setup(), Serializer: s.Codec, Prefix: s.KeyPrefix.Or(""), HashTokens: s.HashTokens})
}
