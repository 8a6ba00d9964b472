package node

import (
	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind"
)

// Iron is the kind of sites that use iron-session, or hapi's iron cookies.
func Iron() kind.Kind {
	return kind.Kind{
		Name: "iron", Title: "iron-session and hapi's iron cookies",
		Guide: "a Next.js or Node site with iron-session, or hapi with iron cookies",
		Needs: []string{"TAWK_SESSION_COOKIE", "TAWK_IRON_PASSWORD", "TAWK_USER_ID"},
		Keys:  []string{"TAWK_IRON_PASSWORD"},
		New:   func() kind.Settings { return new(ironSettings) },
	}
}

type ironSettings struct {
	// The site's `password`, newest first if there are several, written as the keys of `TAWK_SESSION_KEY` are. Required.
	Password setting.Keys `env:"TAWK_IRON_PASSWORD"`
}

func (i *ironSettings) Rules(common *setting.Common) []setting.Rule {
	return []setting.Rule{
		{Settings: []string{"TAWK_IRON_PASSWORD"}, Check: func() error { return ironPasswords(i.Password) }},
		ageless(common),
	}
}

// ironPasswords checks passwords by the length that the library demands.
func ironPasswords(passwords setting.Keys) error {
	for i, password := range passwords {
		if n := len(password.Reveal()); n < 32 {
			return setting.Wrong("iron-session demands 32 characters or more; if a comma belongs to a password, "+setting.AsCode,
				"password %d has %d bytes", i+1, n)
		}
	}
	return nil
}

func (i *ironSettings) Open(site kind.Site) (session.Source, error) {
	return NewIron(IronOptions{Setup: site.Setup(), Passwords: i.Password.Bytes()})
}
