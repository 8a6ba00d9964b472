package session

import (
	"errors"
	"net/http"
	"slices"
)

// errOnlyAsked ends a reading in which no store is to be asked.
var errOnlyAsked = errors.New("session store: not asked")

// Same tells whether the answer, whatever cookies it sets, leaves the visitor in the session that the request came with, and has
// been written into it. It is false wherever that is not certain.
func (r *Recipe) Same(req *http.Request, answer http.Header) bool {
	if !r.Renews {
		return false
	}
	before := r.keys(req, nil)
	return len(before) > 0 && slices.Equal(before, r.keys(req, answer))
}

// keys lists the records that the store would be asked for.
func (r *Recipe) keys(req *http.Request, answer http.Header) (keys []string) {
	at := now(r.Now)
	visit := &Visit{Cookies: ReadCookies(req, answer, at), Now: at, asked: func(key string) { keys = append(keys, key) }}
	values := r.values(req, visit)
	if len(values) > most {
		return nil
	}
	for _, value := range values {
		_, _ = r.decode(req.Context(), visit, value) // ends at the store
	}
	return keys
}
