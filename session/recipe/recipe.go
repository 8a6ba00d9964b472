// Package recipe is the one mechanism that reads nearly every kind of session. A [Recipe] is a short list of steps from the cookie to the
// values in it:
//
//	cookie ─► step ─► step … ─► parser ─► mapping ─► lookup
//	          verify  fetch     JSON      user.id    SQL: id → name, email
//	          decrypt a record  gob, PHP  user.name
//
//	what kinds share   setup.go, fetch.go, age.go, chunk.go, quoted.go, component.go, header.go, unreadable.go
//	what is remembered cache.go, remember.go, gate.go
//	what it says       describe.go, same.go, guard.go
package recipe

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

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

	// Beside tells that the steps look at other cookies as well.
	Beside bool

	// Steps lead from the cookie's value to the record: verify, decrypt, fetch. The first gets the value as the site sees it. No
	// steps at all would make the visitor the author of the record, so a preset has at least one that cannot be forged.
	Steps []Step

	Parse   record.Parser   // of the record
	Mapping session.Mapping // from its values to a user
	Lookup  Lookup          // what the session does not hold; nil: nothing is looked up

	// Store is where the steps find the record; nil: in the cookie. Sites like to write there when their answer is on its way
	// already.
	Store store.Store

	// Renews tells that the site writes the cookie of everybody anew with every answer, and the record before. Elsewhere a cookie
	// that is set says that something has changed, and the record may follow.
	Renews bool

	MaxAge time.Duration    // sessions whose issue is longer ago do not count; 0: as the framework decides
	Now    func() time.Time // read once a visit; nil: time.Now

	// cache remembers decoded values. Only for recipes whose steps look at nothing but the value: what a store holds may change.
	cache *Cache[State]

	// decoding bounds how many values are decoded at once, where that is a matter of moments, and of memory: a short cookie can stand
	// for a large session.
	decoding gate
}

// A Step takes what the step before it left and brings it nearer to the record. Its error is a [session.Nobody] if the session does
// not count, anything else if the step could not find out.
type Step func(ctx context.Context, v *Visit, s State) (State, error)

// State is what a step hands to the next.
type State struct {
	Data     []byte
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

	asked func(key string) // is told what a store would be asked for, which then is not asked; nil: the stores are asked
}

// Lookup completes a user by what the session's id alone does not tell. A user whom the site no longer knows is a [session.Nobody].
type Lookup func(ctx context.Context, u session.User) (session.User, error)

// most bounds how many cookies are read as the session, where it may have several names.
const most = 4

// Identify implements [session.Source]. Whoever is not logged in by every way in which the site may read the cookies is nobody.
func (r *Recipe) Identify(req *http.Request, answer http.Header) (session.User, error) {
	if len(req.Header.Values(r.Header)) > 1 {
		return session.User{}, session.Nobodyf(session.Ambiguous, "the header is repeated")
	}
	at := Now(r.Now)
	var found session.User
	var failure error
	https := req.Header.Get("X-Forwarded-Proto") == "https"
	for i, s := range r.sights(req, answer) {
		v := &Visit{Cookies: s.cookies, Now: at, HTTPS: https, Patient: answer == nil}
		u, err := r.identify(req.Context(), v, s.sessions)
		_, certain := session.NobodyReason(err)
		_, before := session.NobodyReason(failure)
		switch {
		case i == 0, err != nil && !certain:
			found, failure = u, err // unknown outweighs all
		case failure != nil && !before:
		case found.ID != u.ID:
			found, failure = session.User{}, session.Nobodyf(session.Ambiguous, "what the site makes of these cookies depends on its release or framework")
		}
	}
	return found, failure
}

// A sight is what the site sees of a visit, by one way to read cookies.
type sight struct {
	cookies  cookie.Cookies
	sessions []cookie.Cookie // what may be the session
}

// sights lists the different ones, the first reader's first.
func (r *Recipe) sights(req *http.Request, answer http.Header) []sight {
	if line := req.Header.Values(r.Header); len(line) > 0 {
		return []sight{{sessions: filled([]cookie.Cookie{{Name: r.Header, Value: line[0]}})}}
	}
	header := cookie.Header(req, answer, Now(r.Now))
	readers := r.Readers
	if readers == nil {
		readers = cookie.Any()
	}
	var sights []sight
	for _, read := range readers {
		s := sight{cookies: read(header)}
		s.sessions = r.sessions(s.cookies)
		if !slices.ContainsFunc(sights, func(other sight) bool {
			return slices.Equal(s.sessions, other.sessions) && !(r.Beside && !slices.Equal(s.cookies, other.cookies))
		}) {
			sights = append(sights, s)
		}
	}
	return sights
}

// sessions lists what among cookies may be the session, without what is empty.
func (r *Recipe) sessions(cookies cookie.Cookies) []cookie.Cookie {
	if r.Values != nil {
		return filled(r.Values(cookies))
	}
	for _, cookies := range cookies {
		if cookies.Name == r.Cookie {
			return filled([]cookie.Cookie{cookies})
		}
	}
	return nil
}

func filled(cookies []cookie.Cookie) []cookie.Cookie {
	return slices.DeleteFunc(cookies, func(cookie cookie.Cookie) bool { return cookie.Value == "" })
}

// Reads tells whether a cookie of this name may be the session, or a piece of one.
func (r *Recipe) Reads(cookies string) bool {
	return len(r.sessions(cookie.Cookies{{Name: cookies, Value: "x"}})) > 0 || r.Values != nil && strings.HasPrefix(cookies, r.Cookie+".")
}

// identify reads what may be the session. Two of them that lead to different users are nobody's; one that leads to nobody, such as
// an older cookie under another name, says nothing about the other.
func (r *Recipe) identify(ctx context.Context, v *Visit, sessions []cookie.Cookie) (session.User, error) {
	if len(sessions) == 0 {
		return session.User{}, &session.Nobody{Reason: session.NoCookie}
	}
	if len(sessions) > most {
		return session.User{}, session.Nobodyf(session.Ambiguous, "more than %d cookies that may be the session", most)
	}
	var found session.User
	var failure error
	for _, visit := range sessions {
		u, err := r.read(ctx, v, visit)
		switch _, certain := session.NobodyReason(err); {
		case err == nil && found.ID == "":
			found = u
		case err == nil && found.ID != u.ID:
			return session.User{}, session.Nobodyf(session.Ambiguous, "two session cookies lead to different users")
		case err != nil && (failure == nil || !certain):
			failure = err // unknown outweighs nobody
		}
	}
	if _, certain := session.NobodyReason(failure); failure != nil && (found.ID == "" || !certain) {
		return session.User{}, failure
	}
	return found, nil
}

// read takes one cookie all the way to a user.
func (r *Recipe) read(ctx context.Context, v *Visit, visit cookie.Cookie) (session.User, error) {
	s, err := r.decode(ctx, v, visit)
	if err != nil {
		return session.User{}, err
	}
	if s.Found == nil {
		u, err := r.Mapping.User(s.Values)
		s.Found = &Finding{u, err}
	}
	u, err := s.Found.User, s.Found.Err
	if err != nil || r.Lookup == nil {
		return u, err
	}
	return r.Lookup(ctx, u)
}

// decode takes one cookie to the values of its session, or to what was found in them.
func (r *Recipe) decode(ctx context.Context, v *Visit, visit cookie.Cookie) (State, error) {
	if r.Counts != nil {
		if err := r.Counts(v, visit); err != nil {
			return State{}, err
		}
	}
	remembered := visit.Name + "=" + visit.Value
	if s, ok := r.cache.Get(remembered); ok {
		return s, r.current(s, v.Now)
	}
	if err := r.decoding.enter(ctx); err != nil {
		return State{}, err
	}
	defer r.decoding.leave()
	s := State{Data: []byte(visit.Value), Cookie: visit.Name}
	for _, step := range r.Steps {
		var err error
		if s, err = step(ctx, v, s); err != nil {
			return s, err
		}
		if err = r.current(s, v.Now); err != nil {
			return s, err
		}
	}
	if s.Values == nil && s.Found == nil {
		var err error
		if s.Values, err = r.Parse(s.Data); err != nil {
			return s, session.Nobodyf(session.Malformed, "%s record: %w", r.Name, err)
		}
	}
	if r.cache != nil {
		s = s.Remembered(r.Mapping)
		r.cache.Put(remembered, s)
	}
	return s, nil
}

// Parsed is the step that parses the record, unless a step before it did, for one after it that looks at the values.
func Parsed(parse record.Parser) Step {
	return func(_ context.Context, _ *Visit, s State) (State, error) {
		if s.Values != nil {
			return s, nil
		}
		values, err := parse(s.Data)
		if err != nil {
			return s, Unreadable(err)
		}
		s.Values = values
		return s, nil
	}
}

// current refuses a session that has ended.
func (r *Recipe) current(s State, now time.Time) error {
	if !s.Expires.IsZero() && !now.Before(s.Expires) {
		return session.Nobodyf(session.Expired, "ended at %s", s.Expires.UTC().Format(time.RFC3339))
	}
	if r.MaxAge > 0 && !s.Issued.IsZero() && now.Sub(s.Issued) > r.MaxAge {
		return session.Nobodyf(session.Expired, "issued more than %s ago", r.MaxAge)
	}
	return nil
}

// Now reads the clock that a source was given.
func Now(clock func() time.Time) time.Time {
	if clock == nil {
		return time.Now()
	}
	return clock()
}
