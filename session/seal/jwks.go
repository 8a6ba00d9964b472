package seal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"golang.org/x/sync/singleflight"

	"tawkproxy/session"
)

// A keySet is a JSON Web Key Set (RFC 7517) that somebody else keeps. It is fetched for the first token, when it has become old,
// and when a token names a key that it lacks: issuers change their keys without saying. The last good set stays in force while
// another cannot be had. A visitor waits for it only if nothing can be said without it.
type keySet struct {
	algorithm jose.SignatureAlgorithm
	file      KeyFile
	flights   singleflight.Group

	mu      sync.Mutex
	text    []byte              // of the last good set
	rings   map[string]*KeyRing // its keys by their id; all of them under ""
	asked   time.Time           // when it was fetched last, or could not be
	failure error               // of the last time
}

const (
	keySetAge   = time.Hour        // after which the set is fetched anew
	KeySetPause = 30 * time.Second // at least, between fetches for the sake of keys that it lacks
	KeySetRetry = 5 * time.Second  // after a failure
)

// NewKeySet takes where the set is; it is fetched for the first token.
func NewKeySet(u url.URL, algorithm jose.SignatureAlgorithm) (*keySet, error) {
	if u.Scheme == "file" && (u.Host != "" || u.Path == "") ||
		u.Scheme != "file" && (u.Scheme != "https" && u.Scheme != "http" || u.Host == "") {
		return nil, errors.New("the place of the key set is written https://host/path or file:///path")
	}
	return &keySet{algorithm: algorithm, file: NewKeyFile(u)}, nil
}

// Ring is the [KeySource] of the set.
func (k *keySet) Ring(ctx context.Context, now time.Time, kid string) (*KeyRing, error) {
	ring, pause, failure := k.known(kid)
	if done := k.refresh(now, pause); done != nil && ring == nil {
		select {
		case <-done:
			ring, _, failure = k.known(kid)
		case <-ctx.Done():
			failure = ctx.Err()
		}
	}
	switch {
	case ring != nil:
		return ring, nil
	case failure != nil:
		return nil, fmt.Errorf("key set: %w", failure)
	}
	return nil, session.Nobodyf(session.Forged, "the token names a key that is not in the key set")
}

// known returns the keys of that id, and how long the set must not be fetched again.
func (k *keySet) known(kid string) (ring *KeyRing, pause time.Duration, failure error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	ring = k.rings[kid]
	switch {
	case k.failure != nil:
		pause = KeySetRetry
	case ring == nil:
		pause = KeySetPause
	default:
		pause = keySetAge
	}
	return ring, pause, k.failure
}

// refresh begins to fetch the set, unless that was done less than pause ago; then it returns nil. Whoever comes while it is
// being fetched waits for the same answer.
func (k *keySet) refresh(now time.Time, pause time.Duration) <-chan singleflight.Result {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.asked.IsZero() && now.Sub(k.asked) < pause {
		return nil
	}
	return k.flights.DoChan("", func() (any, error) {
		k.load(now)
		return nil, nil
	})
}

func (k *keySet) load(now time.Time) {
	text, err := k.file.Read("")
	k.mu.Lock()
	defer k.mu.Unlock()
	k.asked, k.failure = now, err
	if err != nil || k.rings != nil && bytes.Equal(text, k.text) {
		return
	}
	rings, err := ParseKeySet(text, k.algorithm)
	if err != nil {
		k.failure = err
		return
	}
	k.text, k.rings = text, rings
}

// ParseKeySet reads the keys that algorithm can use to verify. Others, and those of kinds unknown to us, are left out.
func ParseKeySet(text []byte, algorithm jose.SignatureAlgorithm) (map[string]*KeyRing, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(text, &set); err != nil {
		return nil, errors.New("not a JSON Web Key Set")
	}
	rings := map[string]*KeyRing{}
	add := func(kid string, key any) {
		if rings[kid] == nil {
			rings[kid] = &KeyRing{}
		}
		rings[kid].Keys = append(rings[kid].Keys, key)
	}
	for _, text := range set.Keys {
		var key jose.JSONWebKey
		if key.UnmarshalJSON(text) != nil || key.Use != "" && key.Use != "sig" ||
			key.Algorithm != "" && key.Algorithm != string(algorithm) {
			continue
		}
		public := key.Public().Key
		if !Fits(algorithm, public) {
			continue
		}
		add("", public)
		if key.KeyID != "" {
			add(key.KeyID, public)
		}
	}
	if len(rings) == 0 {
		return nil, fmt.Errorf("the key set holds no key for %s", algorithm)
	}
	return rings, nil
}
