package node

import (
	"cmp"
	"errors"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/cookie"
	"tawkproxy/session/kind"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
	"tawkproxy/session/seal"
)

// Iron is the kind of sites that use iron-session, or hapi's iron cookies.
func Iron() kind.Kind {
	return kind.Kind{
		Name: "iron", Title: "iron-session and hapi's iron cookies",
		Guide:   "a Next.js or Node site with iron-session, or hapi with iron cookies",
		Needs:   []string{"TAWK_SESSION_COOKIE", "TAWK_IRON_PASSWORD", "TAWK_USER_ID"},
		Keys:    []string{"TAWK_IRON_PASSWORD"},
		Ageless: true,
		Signs:   kind.Signs{Value: `^Fe26\.2\*`},
		Find:    findPackage(nil, "iron-session", "@hapi/cookie"),
		New:     func() kind.Settings { return new(IronOptions) },
	}
}

// IronOptions describe a site that keeps its sessions with iron-session, or with hapi's cookies in the format iron: JSON in a
// sealed cookie. A seal says when it ends, but not when it was made: a MaxAge cannot be kept.
type IronOptions struct {
	recipe.Setup

	// The site's `password`, newest first if there are several, written as the keys of `TAWK_SESSION_KEY` are. Required.
	Passwords setting.Keys `env:"TAWK_IRON_PASSWORD"`
}

func (i *IronOptions) Rules(*setting.Common) []setting.Rule {
	return []setting.Rule{
		{Settings: []string{"TAWK_IRON_PASSWORD"}, Check: func() error { return ironPasswords(i.Passwords) }},
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

func (i *IronOptions) Open(site kind.Site) (session.Source, error) {
	i.Setup = site.Setup()
	return NewIron(*i)
}

// NewIron makes the recipe. Errors name the option that is wrong.
func NewIron(o IronOptions) (*recipe.Recipe, error) {
	if len(o.Passwords) == 0 {
		return nil, errors.New("the password is missing")
	}
	if err := cmp.Or(o.Ageless(), ironPasswords(o.Passwords)); err != nil {
		return nil, err
	}
	return recipe.Remembering(o.Recipe("iron", cookie.Iron(), record.ParseJSON, recipe.AtMost(seal.MaxToken), seal.IronPasswords(o.Passwords.Bytes()).Open))
}
