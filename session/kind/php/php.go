// Package php is the kinds of sites in PHP: PHP's own sessions, and the frameworks and applications that keep theirs.
package php

import (
	"cmp"
	"errors"
	"io"
	"strings"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/cookie"
	"tawkproxy/session/kind"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
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
		Signs:    kind.Signs{Common: []string{"PHPSESSID"}, Headers: []string{"X-Powered-By: PHP"}},
		Find:     findPHP,
		New:      func() kind.Settings { return new(PHPOptions) },
	}
}

// PHPOptions describe a site that keeps its sessions with PHP's own session functions. The names are those of php.ini. Paths
// lead through $_SESSION: user.id is $_SESSION['user']['id'], or $_SESSION['user']->id even if the property is private.
//
// Files are as PHP's save handler files writes them; in any other store a session's key is its id, in Redis behind a prefix.
// PHP accepts a session as long as its record is there. MaxAge ends it earlier: by the time of the file, which PHP renews with
// each request. Redis forgets sessions by itself and does not tell their time, so that there can be no MaxAge.
type PHPOptions struct {
	recipe.Setup // its Cookie "": the usual one

	// Where PHP keeps its sessions, as `session.save_path` of php.ini says it: `/folder`, `2;/folder`, or with phpredis
	// `tcp://host:6379?auth=…&database=2&prefix=SHOP:`. Without a `session.save_path`, PHP uses `/tmp`. `TAWK_SESSION_STORE` may
	// be set instead, where no prefix can be named.
	SavePath setting.Secret `env:"TAWK_PHP_SAVE_PATH"`

	// How sessions are written, as `session.serialize_handler` of php.ini says it: `php`, `php_serialize`, `php_binary` or
	// `igbinary`.
	SerializeHandler string `env:"TAWK_PHP_SERIALIZE_HANDLER" envDefault:"php" values:"php php_serialize php_binary igbinary"`

	Depth  int    // of the folders in a session.save_path like "2;/path"
	Prefix string // of the keys in Redis
}

func (o *PHPOptions) Rules(common *setting.Common) []setting.Rule {
	return []setting.Rule{
		{Settings: []string{"TAWK_PHP_SAVE_PATH", "TAWK_SESSION_STORE"}, Check: func() error { return o.saidOnce(common) }},
		{Settings: []string{"TAWK_SESSION_STORE"}, Check: func() error { return notSavePath(common.Session.Store.Reveal()) }},
		{Settings: []string{"TAWK_USER_ID"}, Check: func() error { return phpPath(common.User.ID) }},
	}
}

// saidOnce checks that it is said where PHP keeps its sessions, and said once.
func (o *PHPOptions) saidOnce(common *setting.Common) error {
	switch store := common.Session.Store; {
	case !o.SavePath.IsSet() && !store.IsSet():
		return setting.Wrong("write session.save_path as php -i or phpinfo() shows it, or /tmp if it has no value; or set TAWK_SESSION_STORE",
			"is required with TAWK_SESSION=%s but not set", common.Session.Kind)
	case o.SavePath.IsSet() && store.IsSet():
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

func (o *PHPOptions) Open(site kind.Site) (session.Source, error) {
	o.Prefix = PHPRedisPrefix
	if err := o.place(site); err != nil {
		return nil, err
	}
	return NewPHP(*o)
}

// place fills in the site, and the store that the save path stands for, if there is one, with its own prefix.
func (o *PHPOptions) place(site kind.Site) error {
	o.Setup = site.Setup()
	if !o.SavePath.IsSet() {
		return nil
	}
	path, err := ParsePHPSavePath(o.SavePath.Reveal())
	if err == nil {
		o.Depth, o.Prefix = path.Depth, path.Prefix
		o.Store, err = store.OpenStore(path.Store, site.StoreTimeout)
	}
	if opened, ok := o.Store.(io.Closer); ok && site.Opened != nil {
		site.Opened(opened)
	}
	return setting.Refused("TAWK_PHP_SAVE_PATH", err)
}

// phpID is the form of a session id: what session_create_id makes, and what PHP bounds session.sid_length to.
const phpID = `[A-Za-z0-9,-]{22,256}`

// NewPHP makes the recipe. Errors name the option that is wrong.
func NewPHP(o PHPOptions) (*recipe.Recipe, error) {
	o.Cookie = cmp.Or(o.Cookie, PHP().Cookie)
	if _, untimed := o.Store.(*store.Redis); untimed {
		if err := o.Ageless(); err != nil {
			return nil, err
		}
	}
	record, err := o.record()
	if err != nil {
		return nil, err
	}
	return o.Recipe("php", cookie.PHP(), nil, record)
}

// record is the step from a session's id to its values.
func (o PHPOptions) record() (recipe.Step, error) {
	parse, err := record.PhpHandler(o.SerializeHandler)
	if err != nil {
		return nil, err
	}
	key := recipe.Prefixed("")
	switch o.Store.(type) {
	case nil:
		return nil, errors.New("the session store is missing")
	case *store.Files:
		key = phpFile(o.Depth)
	case *store.Redis:
		key = recipe.Prefixed(o.Prefix)
	}
	return phpRecord(recipe.Fetch(o.Store, phpID, key), parse), nil
}

// phpFile is the path of a session's file: below as many folders, each named by one character of the id.
func phpFile(depth int) func(id string) string {
	return func(id string) string {
		var path strings.Builder
		for i := range min(depth, len(id)) {
			path.WriteString(id[i:i+1] + "/")
		}
		return path.String() + "sess_" + id
	}
}
