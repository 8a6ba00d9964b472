package python

import (
	"tawkproxy/config/setting"
	"tawkproxy/session/store"
)

// divided demands to know how keys are divided between several servers of memcached: the clients that Python has differ.
func divided(kept *store.Memcached, of string) error {
	if kept.Divided() {
		return nil
	}
	return setting.Mistake{Name: "TAWK_SESSION_STORE", What: "names several servers, but not how the client " + of + " divides sessions between them",
		Remedy: "write ?hash=pymemcache behind it for pymemcache (PyMemcacheCache), ?hash=modula for pylibmc (PyLibMCCache), or ?hash=python-memcached"}
}
