package session

import (
	"container/list"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"sync"
)

// A cache remembers what the cookies that came last were decoded to. It knows a cookie by a keyed hash of its whole value, under a key that this process made up, so that neither a
// dump of memory nor a clever choice of values leads from one session to another. Whether a session has ended is none of its
// business: who takes one out asks that anew. A nil cache remembers nothing.
type cache struct {
	key  []byte
	most int

	mu     sync.Mutex
	states map[cacheKey]*list.Element
	recent list.List // of cacheEntry, the one used last in front
}

type cacheKey [sha256.Size]byte

type cacheEntry struct {
	key   cacheKey
	state State
}

// rememberSessions is how many sessions a recipe remembers.
const rememberSessions = 1024

// cached lets a recipe remember what cookies were decoded to. Its steps must look at nothing but the value.
func cached(r *Recipe, err error) (*Recipe, error) {
	if err == nil {
		r.cache = newCache(rememberSessions)
	}
	return r, err
}

// newCache makes a cache of that many sessions.
func newCache(most int) *cache {
	key := make([]byte, sha256.Size)
	rand.Read(key)
	return &cache{key: key, most: most, states: make(map[cacheKey]*list.Element)}
}

func (c *cache) hash(value string) (key cacheKey) {
	mac := hmac.New(sha256.New, c.key)
	mac.Write([]byte(value))
	mac.Sum(key[:0])
	return key
}

// get returns what value was decoded to. Nobody may change it.
func (c *cache) get(value string) (State, bool) {
	if c == nil {
		return State{}, false
	}
	key := c.hash(value)
	c.mu.Lock()
	defer c.mu.Unlock()
	element, ok := c.states[key]
	if !ok {
		return State{}, false
	}
	c.recent.MoveToFront(element)
	return element.Value.(cacheEntry).state, true
}

// put remembers what value was decoded to, and forgets what was not asked for the longest.
func (c *cache) put(value string, s State) {
	if c == nil {
		return
	}
	s.Data = nil
	key := c.hash(value)
	c.mu.Lock()
	defer c.mu.Unlock()
	if element, ok := c.states[key]; ok {
		c.recent.Remove(element)
	}
	c.states[key] = c.recent.PushFront(cacheEntry{key, s})
	if c.recent.Len() > c.most {
		oldest := c.recent.Back()
		c.recent.Remove(oldest)
		delete(c.states, oldest.Value.(cacheEntry).key)
	}
}
