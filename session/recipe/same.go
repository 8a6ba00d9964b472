package recipe

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
	at := Now(r.Now)
	for _, sight := range r.sights(req, answer) {
		if len(sight.sessions) > most {
			return nil
		}
		visit := &Visit{Cookies: sight.cookies, Now: at, asked: func(key string) { keys = append(keys, key) }}
		for _, session := range sight.sessions {
			_, _ = r.decode(req.Context(), visit, session) // ends at the store
		}
	}
	return keys
}
