package php

import (
	"cmp"
	"errors"
	"strings"

	"tawkproxy/session/cookie"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
	"tawkproxy/session/store"
)

// PHPOptions describe a site that keeps its sessions with PHP's own session functions. The names are those of php.ini. Paths
// lead through $_SESSION: user.id is $_SESSION['user']['id'], or $_SESSION['user']->id even if the property is private.
//
// Files are as PHP's save handler files writes them; in any other store a session's key is its id, in Redis behind a prefix.
// PHP accepts a session as long as its record is there. MaxAge ends it earlier: by the time of the file, which PHP renews with
// each request. Redis forgets sessions by itself and does not tell their time, so that there can be no MaxAge.
type PHPOptions struct {
	recipe.Setup            // its Cookie "": the usual one
	SerializeHandler string // session.serialize_handler: php (also ""), php_serialize, php_binary or igbinary
	Depth            int    // of the folders in a session.save_path like "2;/path"
	Prefix           string // of the keys in Redis: [PHPRedisPrefix], unless a session.save_path of phpredis has another
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
