package recipe

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"hash"
	"reflect"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// A Cache remembers what came last of what is known by a visitor's word: a number of things, and no more than a budget of bytes. It
// knows each by a keyed hash of that word, under a key that this process made up, so that neither a dump of memory nor a clever
// choice of words leads from one to another. Whether what is remembered still counts is none of its business: who takes one out asks
// that anew. A nil cache remembers nothing.
type Cache[V any] struct {
	key    []byte
	macs   sync.Pool // of hash.Hash, under the key
	budget int
	size   func(V) int // an estimate of the bytes that a value takes, beside itself

	mu    sync.Mutex
	known *simplelru.LRU[cacheKey, cachedValue[V]]
	bytes int // an estimate of what all take
}

type cacheKey [sha256.Size]byte

type cachedValue[V any] struct {
	value V
	bytes int
}

// cacheEntry is about what the cache itself takes for each, in bytes: a link of a list with the key in it, and a place in a map.
const cacheEntry = 192

// NewCache makes a cache of that many things at most. Size tells how many bytes one takes beside itself; nil: none.
func NewCache[V any](most, budget int, size func(V) int) *Cache[V] {
	c := &Cache[V]{key: make([]byte, sha256.Size), budget: budget, size: size}
	rand.Read(c.key)
	known, err := simplelru.NewLRU(most, func(_ cacheKey, gone cachedValue[V]) { c.bytes -= gone.bytes })
	if err != nil {
		panic(err) // only for a number that is not positive
	}
	c.known = known
	return c
}

func (c *Cache[V]) hash(word string) (key cacheKey) {
	mac, ok := c.macs.Get().(hash.Hash)
	if !ok {
		mac = hmac.New(sha256.New, c.key)
	}
	defer c.macs.Put(mac)
	mac.Reset()
	mac.Write([]byte(word))
	mac.Sum(key[:0])
	return key
}

// Get returns what is remembered of word. Nobody may change it.
func (c *Cache[V]) Get(word string) (value V, ok bool) {
	if c == nil {
		return value, false
	}
	key := c.hash(word)
	c.mu.Lock()
	defer c.mu.Unlock()
	entry, ok := c.known.Get(key)
	return entry.value, ok
}

// Put remembers a value, and forgets what was not asked for the longest.
func (c *Cache[V]) Put(word string, value V) {
	if c == nil {
		return
	}
	entry := cachedValue[V]{value, cacheEntry + int(reflect.TypeFor[V]().Size())}
	if c.size != nil {
		entry.bytes += c.size(value)
	}
	key := c.hash(word)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.known.Remove(key)
	c.known.Add(key, entry)
	for c.bytes += entry.bytes; c.bytes > c.budget; {
		c.known.RemoveOldest()
	}
}
