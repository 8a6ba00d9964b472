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
	"tawkproxy/session/store/hashing"
)

// PHP is the kind of sites that use PHP's own sessions.
func PHP() kind.Kind {
	return kind.Kind{
		Name: "php", Title: "PHP sites",
		Guide:    "a site in PHP that uses PHP's own sessions",
		Cookie:   "PHPSESSID",
		Needs:    []string{"TAWK_USER_ID"},
		Stores:   setting.Stores{Files: true, Redis: true, Memcached: true},
		Prefixes: []string{"prefix= in TAWK_PHP_SAVE_PATH", "TAWK_PHP_KEY_PREFIX"},
		Forms:    []string{"TAWK_PHP_SERIALIZE_HANDLER"},
		Signs:    kind.Signs{Common: []string{"PHPSESSID"}, Headers: []string{"X-Powered-By: PHP"}},
		Find:     findPHP,
		New:      func() kind.Settings { return new(PHPOptions) },
	}
}

// PHPOptions describe a site that keeps its sessions with PHP's own session functions. The names are those of php.ini. Paths
// lead through $_SESSION: user.id is $_SESSION['user']['id'], or $_SESSION['user']->id even if the property is private.
//
// Files are as PHP's save handler files writes them; in any other store a session's key is its id, in Redis and memcached behind a prefix.
// PHP accepts a session as long as its record is there. MaxAge ends it earlier: by the time of the file, which PHP renews with
// each request. Redis and memcached forget sessions by themselves and do not tell their time, so that there can be no MaxAge.
type PHPOptions struct {
	recipe.Setup // its Cookie "": the usual one

	// Where PHP keeps its sessions, as `session.save_path` of php.ini says it: `/folder`, `2;/folder`, with phpredis
	// `tcp://host:6379?auth=…&database=2&prefix=SHOP:`, or with memcached `host:11211,host2:11211`. Without a `session.save_path`,
	// PHP uses `/tmp`. `TAWK_SESSION_STORE` may be set instead, where no prefix of Redis can be named.
	SavePath setting.Secret `env:"TAWK_PHP_SAVE_PATH"`

	// `session.save_handler` of php.ini: `files`, `redis`, `rediscluster`, `memcached` or `memcache`. Not set: what
	// `TAWK_PHP_SAVE_PATH` looks like, where `tcp://` with the port 11211 is `memcache`; and `memcached` for a `TAWK_SESSION_STORE` of
	// memcached.
	SaveHandler string `env:"TAWK_PHP_SAVE_HANDLER" values:"files redis rediscluster memcached memcache"`

	// What stands before a session's id in the keys of memcached, or `none`: `memcached.sess_prefix`, or what the
	// `memcache.session_prefix_…` of php.ini make.
	KeyPrefix setting.Prefix `env:"TAWK_PHP_KEY_PREFIX"` // not set: memc.sess.key. of the handler memcached, and none of memcache

	// How sessions are written, as `session.serialize_handler` of php.ini says it: `php`, `php_serialize`, `php_binary` or
	// `igbinary`.
	SerializeHandler string `env:"TAWK_PHP_SERIALIZE_HANDLER" envDefault:"php" values:"php php_serialize php_binary igbinary"`

	Depth  int    // of the folders in a session.save_path like "2;/path"
	Prefix string // of the keys in Redis

	object bool // memcached is written by the class Memcached, not by a handler of PHP's own
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
	path, err := ParsePHPSavePath(o.SavePath.Reveal(), o.SaveHandler)
	if err == nil {
		o.Depth, o.Prefix, o.object = path.Depth, path.Prefix, false
		o.SaveHandler = cmp.Or(path.Handler, o.SaveHandler)
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
	switch o.Store.(type) {
	case *store.Redis, *store.Memcached:
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
	switch kept := o.Store.(type) {
	case nil:
		return nil, errors.New("the session store is missing")
	case *store.Memcached:
		return phpRecord(o.memcached(kept), parse), nil
	case *store.Files:
		key = phpFile(o.Depth)
	case *store.Redis:
		key = recipe.Prefixed(o.Prefix)
	}
	return phpRecord(recipe.Fetch(o.Store, phpID, key), parse), nil
}

// memcached is the step from a session's id to its record there. What PHP's own handler memcached writes has no flags, and it leaves its
// prefix out when it chooses a server (php_memcached_session.c; libmemcached/hash.cc).
func (o PHPOptions) memcached(kept *store.Memcached) recipe.Step {
	switch {
	case o.object:
		return recipe.Then(recipe.Fetch(kept.Or(hashing.KetamaWeighted), phpID, recipe.Prefixed(o.Prefix)), recipe.Unflagged(record.PHPMemcached))
	case o.SaveHandler == "memcache":
		return recipe.Then(recipe.Fetch(kept.Or(hashing.PHPMemcache), phpID, recipe.Prefixed(o.KeyPrefix.Text())), recipe.Unflagged(record.PHPMemcache))
	}
	prefix := o.KeyPrefix.Or("memc.sess.key.")
	return recipe.Fetch(kept.Or(hashing.Ketama).Under(prefix), phpID, recipe.Prefixed(prefix))
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
