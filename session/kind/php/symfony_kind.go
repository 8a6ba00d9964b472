package php

import (
	"strings"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind"
)

// Symfony is the kind of sites that use Symfony's security component.
func Symfony() kind.Kind {
	return kind.Kind{
		Name: "symfony", Title: "Symfony sites",
		Guide:    "a Symfony site with its security component",
		Cookie:   "PHPSESSID",
		Stores:   setting.Stores{Files: true, Redis: true, Tables: true},
		Prefixes: []string{"TAWK_SYMFONY_PREFIX"},
		Forms:    []string{"TAWK_PHP_SERIALIZE_HANDLER"},
		New:      func() kind.Settings { return new(symfonySettings) },
	}
}

type symfonySettings struct {
	Place

	// Firewall at which users log in, by its name in security.yaml, or by its context if it has one.
	Firewall string `env:"TAWK_SYMFONY_FIREWALL" envDefault:"main"`

	// The option `prefix` of RedisSessionHandler, or `none`.
	Prefix setting.Prefix `env:"TAWK_SYMFONY_PREFIX" envDefault:"sf_s"`
}

func (s *symfonySettings) Rules(common *setting.Common) []setting.Rule {
	return append(s.rules(common),
		setting.Rule{Settings: []string{"TAWK_SESSION_STORE"}, Check: func() error { return noPrefix(common.Session.Store.Reveal()) }})
}

// noPrefix finds the prefix of keys where Symfony's own configuration has it.
func noPrefix(address string) error {
	if _, query, _ := strings.Cut(address, "?"); strings.Contains(query, "prefix=") {
		return setting.Wrong("write what stands there into TAWK_SYMFONY_PREFIX, and the address without it", "names a prefix")
	}
	return nil
}

func (s *symfonySettings) Open(site kind.Site) (session.Source, error) {
	o, err := s.options(site, s.Prefix.Or(""))
	if err != nil {
		return nil, err
	}
	return NewSymfony(SymfonyOptions{PHPOptions: o, Firewall: s.Firewall})
}
