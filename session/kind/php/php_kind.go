// Package php is the kinds of sites in PHP: PHP's own sessions, and the frameworks and applications that keep theirs.
package php

import (
	"strings"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind"
	"tawkproxy/session/store"
)

// PHP is the kind of sites that use PHP's own sessions.
func PHP() kind.Kind {
	return kind.Kind{
		Name: "php", Title: "PHP sites",
		Guide:    "a site in PHP that uses PHP's own sessions",
		Cookie:   "PHPSESSID",
		Needs:    []string{"TAWK_USER_ID"},
		Stores:   setting.Stores{Files: true, Redis: true},
		Prefixes: []string{"prefix= in TAWK_PHP_SAVE_PATH"},
		Forms:    []string{"TAWK_PHP_SERIALIZE_HANDLER"},
		New:      func() kind.Settings { return new(phpSettings) },
	}
}

type phpSettings struct{ Place }

// Place is where and how PHP keeps sessions.
type Place struct {
	// Where PHP keeps its sessions, as `session.save_path` of php.ini says it: `/folder`, `2;/folder`, or with phpredis
	// `tcp://host:6379?auth=…&database=2&prefix=SHOP:`. Without a `session.save_path`, PHP uses `/tmp`. `TAWK_SESSION_STORE` may
	// be set instead, where no prefix can be named.
	SavePath setting.Secret `env:"TAWK_PHP_SAVE_PATH"`

	// How sessions are written, as `session.serialize_handler` of php.ini says it: `php`, `php_serialize`, `php_binary` or
	// `igbinary`.
	SerializeHandler string `env:"TAWK_PHP_SERIALIZE_HANDLER" envDefault:"php" values:"php php_serialize php_binary igbinary"`
}

func (p *phpSettings) Rules(common *setting.Common) []setting.Rule { return p.rules(common) }

func (p *Place) rules(common *setting.Common) []setting.Rule {
	return []setting.Rule{
		{Settings: []string{"TAWK_PHP_SAVE_PATH", "TAWK_SESSION_STORE"}, Check: func() error { return p.saidOnce(common) }},
		{Settings: []string{"TAWK_SESSION_STORE"}, Check: func() error { return notSavePath(common.Session.Store.Reveal()) }},
		{Settings: []string{"TAWK_USER_ID"}, Check: func() error { return phpPath(common.User.ID) }},
	}
}

// Address is the save path, which stands in place of the address of a store; "" if there is none.
func (p *Place) Address() string { return p.SavePath.Reveal() }

// saidOnce checks that it is said where PHP keeps its sessions, and said once.
func (p *Place) saidOnce(common *setting.Common) error {
	switch store := common.Session.Store; {
	case !p.SavePath.IsSet() && !store.IsSet():
		return setting.Wrong("write session.save_path as php -i or phpinfo() shows it, or /tmp if it has no value; or set TAWK_SESSION_STORE",
			"is required with TAWK_SESSION=%s but not set", common.Session.Kind)
	case p.SavePath.IsSet() && store.IsSet():
		return setting.Wrong("remove one of them", "says the same as TAWK_SESSION_STORE")
	}
	return nil
}

// notSavePath finds, in what stands for the address of a store, what PHP programs write elsewhere.
func notSavePath(address string) error {
	scheme, _, isURL := strings.Cut(address, "://")
	if isURL && (scheme == "tcp" || scheme == "tls") || !isURL && strings.Contains(address, ";") {
		return setting.Wrong("write it into TAWK_PHP_SAVE_PATH", "is a session.save_path")
	}
	return nil
}

// phpPath refuses paths that are PHP.
func phpPath(path string) error {
	if strings.ContainsAny(path, "$[") || strings.Contains(path, "->") {
		return setting.Wrong("write user.id for $_SESSION['user']['id'] and for $_SESSION['user']->id", "is written in PHP")
	}
	return nil
}

func (p *phpSettings) Open(site kind.Site) (session.Source, error) {
	o, err := p.options(site, PHPRedisPrefix)
	if err != nil {
		return nil, err
	}
	return NewPHP(o)
}

// options opens the store that the save path stands for, if there is one.
func (p *Place) options(site kind.Site, prefix string) (PHPOptions, error) {
	o := PHPOptions{Setup: site.Setup(), SerializeHandler: p.SerializeHandler, Prefix: prefix}
	if !p.SavePath.IsSet() {
		return o, nil
	}
	path, err := ParsePHPSavePath(p.SavePath.Reveal())
	if err == nil {
		o.Depth, o.Prefix = path.Depth, path.Prefix
		o.Store, err = store.OpenStore(path.Store, site.StoreTimeout)
	}
	return o, setting.Refused("TAWK_PHP_SAVE_PATH", err)
}
