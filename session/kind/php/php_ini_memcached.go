package php

import (
	"strings"

	"tawkproxy/session/kind"
)

// tellMemcached adds the settings of PHP's own sessions in memcached, by either of its handlers. How they are divided between servers is a
// matter of the store's address, if it is not the usual way.
func (i ini) tellMemcached(found *kind.Finding) {
	handler, place := i["session.save_handler"].value, i["session.save_path"]
	hash, prefix := i.memcachedHash(), i["memcached.sess_prefix"]
	if handler == "memcache" {
		hash, prefix = i.memcacheHash(), i["memcache.session_prefix_static_key"]
		if own := i["memcache.session_save_path"]; own.value != "" {
			place = own
		}
		if i.on("memcache.session_prefix_host_key", false) {
			found.Ask("TAWK_PHP_KEY_PREFIX", "", "what memcache.session_prefix_host_key puts before the keys of sessions: a form of the site's host name")
			prefix.value = ""
		}
	}
	path, err := ParsePHPSavePath(place.value, handler)
	switch {
	case err != nil:
		found.Ask("TAWK_PHP_SAVE_PATH", "", "session.save_path of the handler "+handler+" in "+place.from+" is none of its forms")
	case handler == "memcached" && i["memcached.sess_sasl_username"].value != "":
		found.Ask("TAWK_PHP_SAVE_PATH", "", "sessions are in a memcached that wants SASL ("+i["memcached.sess_sasl_username"].from+
			"), which cannot be read; start again with --kind site, which asks the site itself")
	case hash != "" && strings.Contains(path.Store, ","):
		found.Set("TAWK_SESSION_STORE", path.Store+"?hash="+hash, place.from)
	default:
		found.Set("TAWK_PHP_SAVE_PATH", place.value, place.from)
	}
	found.Set("TAWK_PHP_SAVE_HANDLER", handler, i["session.save_handler"].from)
	switch {
	case prefix.value == "memc.sess.key.":
	case prefix.value != "":
		found.Set("TAWK_PHP_KEY_PREFIX", prefix.value, prefix.from)
	case prefix.from != "" && handler == "memcached":
		found.Set("TAWK_PHP_KEY_PREFIX", "none", prefix.from)
	}
}

// memcachedHash is how php-memcached divides sessions; "": as usual.
func (i ini) memcachedHash() string {
	switch {
	case !i.on("memcached.sess_consistent_hash", true):
		return "modula"
	case i["memcached.sess_consistent_hash_type"].value == "ketama_weighted":
		return "ketama_weighted"
	}
	return ""
}

// memcacheHash is the same of php-memcache.
func (i ini) memcacheHash() string {
	hash := ""
	if i["memcache.hash_strategy"].value == "standard" {
		hash = "-standard"
	}
	if i["memcache.hash_function"].value == "fnv" {
		hash += "-fnv"
	}
	if hash == "" {
		return ""
	}
	return "php-memcache" + hash
}

// on reads what is on or off in an ini file.
func (i ini) on(name string, usual bool) bool {
	said, is := i[name]
	if !is {
		return usual
	}
	switch strings.ToLower(said.value) {
	case "1", "on", "yes", "true":
		return true
	}
	return false
}
