// Package hashing divides keys between the servers of memcached, each client's way: a session is looked for where the site's own client
// has put it. It knows where servers are, and asks none.
//
//	place.go         a server, as the site names it
//	hashing.go       the ways by name
//	libmemcached.go  those of libmemcached, which php-memcached and pylibmc have
//	php.go           php-memcache's
//	python.go        pymemcache's and python-memcached's
//	dalli.go         dalli's
package hashing

import (
	"cmp"
	"slices"
)

// A Method is how a client of memcached divides keys between several servers. Each is named by the client whose own it is, or by the
// word that clients of libmemcached have for it.
type Method string

const (
	Modula         Method = "modula"          // libmemcached, pylibmc and php-memcached unless they are told otherwise
	Ketama         Method = "ketama"          // php-memcached's sessions
	KetamaWeighted Method = "ketama_weighted" // php-memcached with OPT_LIBKETAMA_COMPATIBLE, which is what Symfony sets

	Dalli           Method = "dalli"
	Pymemcache      Method = "pymemcache"
	PythonMemcached Method = "python-memcached"

	PHPMemcache            Method = "php-memcache"              // memcache.hash_strategy=consistent, memcache.hash_function=crc32
	PHPMemcacheFNV         Method = "php-memcache-fnv"          // consistent, fnv
	PHPMemcacheStandard    Method = "php-memcache-standard"     // standard, crc32
	PHPMemcacheStandardFNV Method = "php-memcache-standard-fnv" // standard, fnv
)

// Names lists the methods.
func Names() []string {
	var names []string
	for _, m := range []Method{Modula, Ketama, KetamaWeighted, Dalli, Pymemcache, PythonMemcached, PHPMemcache, PHPMemcacheFNV,
		PHPMemcacheStandard, PHPMemcacheStandardFNV} {
		names = append(names, string(m))
	}
	return names
}

// A Chooser names the servers on which an item may be, by their numbers, in the order in which the site's client asks them.
type Chooser func(key string) []int

// First is the [Chooser] of clients with one server.
func First(string) []int { return []int{0} }

// Chooser prepares the choice between servers; nil: there is no method of that name.
func (m Method) Chooser(places []Place) Chooser {
	if len(places) == 1 && slices.Contains(Names(), string(m)) {
		return First
	}
	switch m {
	case Modula:
		return modula(places)
	case Ketama:
		return ketama(places)
	case KetamaWeighted:
		return ketamaWeighted(places)
	case Dalli:
		return dalli(places)
	case Pymemcache:
		return pymemcache(places)
	case PythonMemcached:
		return pythonMemcached(places)
	case PHPMemcache:
		return phpMemcache(consistent(places, phpCRC32), phpCRC32)
	case PHPMemcacheFNV:
		return phpMemcache(consistent(places, phpFNV), phpFNV)
	case PHPMemcacheStandard:
		return phpMemcache(standard(places), phpCRC32)
	case PHPMemcacheStandardFNV:
		return phpMemcache(standard(places), phpFNV)
	}
	return nil
}

// Moves tells whether the client turns to another server when one does not answer, and back again later. What it has left there
// is not looked for: a session may stand there that has ended since.
func (m Method) Moves() bool { return m == Dalli || m == Pymemcache || m == PythonMemcached }

// A ring is points on a circle, each of which belongs to a server.
type ring []point

type point struct {
	value  uint32
	server int
}

// sorted puts points into their order; of equal ones that of the earlier server first.
func (r ring) sorted() ring {
	slices.SortStableFunc(r, func(a, b point) int { return cmp.Or(cmp.Compare(a.value, b.value), cmp.Compare(a.server, b.server)) })
	return r
}

// from is the server of the first point at that value or behind it.
func (r ring) from(value uint32) int {
	at, _ := slices.BinarySearchFunc(r, value, func(p point, value uint32) int { return cmp.Compare(p.value, value) })
	return r[at%len(r)].server
}

// upTo is the server of the last point at that value or before it.
func (r ring) upTo(value uint32) int {
	behind, _ := slices.BinarySearchFunc(r, uint64(value)+1, func(p point, next uint64) int { return cmp.Compare(uint64(p.value), next) })
	return r[(behind-1+len(r))%len(r)].server
}
