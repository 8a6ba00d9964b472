package site

import (
	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind"
)

// Response is the kind of sites that name the user in headers of their pages.
func Response() kind.Kind {
	return kind.Kind{
		Name: "response", Title: "Any site, by headers of its pages",
		Guide:   "any site that can add headers to its pages",
		Ageless: true,
		New:     func() kind.Settings { return new(responseSettings) },
	}
}

type responseSettings struct {
	// What the site is asked: a path of it, such as `/api/me`, that answers for the visitor whose cookies come with the
	// request; 204, 401, 403, 404 or a redirect for nobody. Required for `site`. For `response`, a path that answers with the
	// headers to scripts; without it, only pages that no cache may keep tell who is logged in.
	URL string `env:"TAWK_SESSION_URL"`
}

func (s *responseSettings) Rules(common *setting.Common) []setting.Rule {
	return []setting.Rule{
		{Settings: []string{"TAWK_SESSION_URL"}, Check: func() error { return sitePath(s.URL, common.OwnPrefix) }},
		setting.NoQuery(common),
	}
}

func (s *responseSettings) Open(at kind.Site) (session.Source, error) {
	return NewResponses(at.Mapping, asking(at, s.URL, ""))
}
