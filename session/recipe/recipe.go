// Package recipe is the one mechanism that reads nearly every kind of session. A [Recipe] is a short list of steps from the cookie to the
// values in it:
//
//	cookie ─► step ─► step … ─► parser ─► mapping ─► lookup
//	          verify  fetch     JSON      user.id    SQL: id → name, email
//	          decrypt a record  gob, PHP  user.name
//
//	the cookie         session_cookies.go which may be the session, chunk.go
//	the steps          identify.go runs them; fetch.go, parse.go, age.go, breaker_store.go are those that kinds share
//	the user           lookup.go, query_error.go
//	what is remembered cache.go, remember.go
//	what it says       describe.go, same.go; trial.go, for those who set it up
//	headers            named_headers.go, header_family.go, header_guard.go
//	a preset           setup.go is what each is told about the site
package recipe

import (
	"context"
	"time"

	"golang.org/x/sync/semaphore"

	"tawkproxy/session"
	"tawkproxy/session/cookie"
	"tawkproxy/session/record"
	"tawkproxy/session/store"
)

// A Recipe reads one kind of session: it takes the cookie's value through its steps to a record, parses the record to values
// and maps the values to a user. A framework's name is a preset that fills one in.
type Recipe struct {
	Name   string // the kind, as the operator knows it: "gorilla", "laravel"
	Cookie string // name of the session cookie

	// Header names a header of the request which carries the session instead, put there by a proxy in front or by a script of
	// the site. Cookies are not asked where it is present; where it is repeated, one may come from the visitor. "": none.
	Header string

	// Family lists the headers, beside Header, in which the same sender speaks; a name that ends with a dash stands for all that
	// begin so. Recipe.Guard drops their odd spellings.
	Family []string

	// Readers read the Cookie header as the site may read it: one for each way in which releases of its framework do. Where they see
	// different sessions, whoever is in only some of them is ambiguous. Nil stands for one of every framework.
	Readers []cookie.Reader

	// Values lists what the site may take for the session among the cookies that it sees: under several names, or in pieces. Nil means
	// the value of Cookie.
	Values func(cookie.Cookies) []cookie.Cookie

	// Counts refuses, as a [session.Nobody], what may be the session because of the visit with which it came: what the steps found may be
	// remembered, so they cannot. Nil: nothing is refused.
	Counts func(v *Visit, session cookie.Cookie) error

	// OtherCookies tells that the steps look at other cookies as well.
	OtherCookies bool

	// Steps lead from the cookie's value to the record: verify, decrypt, fetch. The first gets the value as the site sees it. No
	// steps at all would make the visitor the author of the record, so a preset has at least one that cannot be forged.
	Steps []Step

	Parse   record.Parser   // of the record
	Mapping session.Mapping // from its values to a user
	Lookup  Lookup          // what the session does not hold; nil: nothing is looked up

	// Store is where the steps find the record; nil: in the cookie. Sites like to write there when their answer is on its way
	// already.
	Store store.Store

	// Late tells that the site keeps the record somewhere, though not in Store.
	Late bool

	// Renews tells that the site writes the cookie of everybody anew with every answer, and the record before. Elsewhere a cookie
	// that is set says that something has changed, and the record may follow.
	Renews bool

	MaxAge time.Duration    // sessions whose issue is longer ago do not count; 0: as the framework decides
	Now    func() time.Time // read once a visit; nil: time.Now
	Watch  *session.Watch   // hears of questions to stores and of what is remembered; nil: nobody does

	// cache remembers decoded values. Only for recipes whose steps look at nothing but the value: what a store holds may change.
	cache *Cache[State]

	// decoding bounds how many values are decoded at once, where that is a matter of moments, and of memory: a short cookie can stand
	// for a large session.
	decoding *semaphore.Weighted // nil: nothing does
}

// A Step takes what the step before it left and brings it nearer to the record. Its error is a [session.Nobody] if the session does
// not count, anything else if the step could not find out.
type Step func(ctx context.Context, v *Visit, s State) (State, error)

// State is what a step hands to the next.
type State struct {
	Data     []byte
	Flags    uint32    // of Data, where it comes from memcached
	Cookie   string    // name of the cookie that the value came in
	Values   any       // what Data holds, if a step had to parse it already
	Issued   time.Time // when the session was made or last renewed; zero if the format does not tell
	Expires  time.Time // when it ends by its own word; zero if the format does not tell
	Modified time.Time // when the record was last written; zero if the store does not tell

	// Found is what the recipe's mapping found in the values, if a session is remembered, of which nothing else is.
	Found *Finding
}

// Visit is what the steps of one reading share.
type Visit struct {
	Cookies cookie.Cookies // as the site sees them
	Now     time.Time

	// HTTPS tells that the browser came by https, as far as a proxy in front says.
	HTTPS bool

	// Patient tells that no page waits for this: who asks would rather hear late than nothing.
	Patient bool

	// Watch is the recipe's.
	Watch *session.Watch

	asked func(key string) // is told what a store would be asked for, which then is not asked; nil: the stores are asked
	trial trial            // there is no visitor: steps that read a store try it out, and end with errTried
	told  func(string)     // hears of what was done; nil: nobody does
}

// Lookup completes a user by what the session's id alone does not tell. Values are the mapping's further ones. A user whom the site no longer
// knows is a [session.Nobody].
type Lookup func(ctx context.Context, u session.User, values map[string]string) (session.User, error)

// Now reads the clock that a source was given.
func Now(clock func() time.Time) time.Time {
	if clock == nil {
		return time.Now()
	}
	return clock()
}
