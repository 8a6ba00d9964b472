// Package session answers one question about a visit to the site: who is logged in?
//
// There are three answers. A [User]; nobody, which is the error [Nobody] with its reason; and unknown, which is every other
// error: a store that did not answer in time, for one. Whoever asks must keep the last two apart, because "nobody" ends a
// running chat and "unknown" must not.
//
// These are the words that the rooms below speak, and the mapping from a session's values to a user. A floor knows only those under it:
//
//	kinds     the list of all kinds
//	kind      what a kind is, and one room for each framework, or for several that share code
//	seal      envelopes that only the site can have made
//	recipe    the one mechanism: cookie ─► steps ─► record ─► mapping ─► lookup, and what is remembered of it
//	store     where records lie: files, Redis, memcached, tables, MongoDB
//	session   User, Source, Nobody and unknown, Mapping
//	record    readers of records, which build plain values and nothing else
//	cookie    the cookies of a visit, as the site's framework reads them
//
// The proxy signs for whoever is named here, so a session counts only if the visitor cannot have made it up: signed or
// encrypted with a key of the site, or an opaque id found in the site's own store, or the site's own answer. Reading never
// writes: no renewal, no lock, no touch.
package session

import (
	"errors"
	"fmt"
	"net/http"
)

// A User is a person who is logged in to the site. Only the ID is always set.
type User struct {
	ID         string // as text: 42, never 42.0 or 4.2e1
	Name       string
	Email      string
	Phone      string
	Attributes map[string]string // further details by the name under which support staff see them
}

// A Source knows who is logged in.
type Source interface {
	// Identify names the user of request r. When the site has already answered r, answer holds the answer's header, so that
	// the page that answers a login is already the user's; otherwise answer is nil. The request's context bounds the time.
	//
	// The error is a [Nobody] if the source is certain that no user is logged in. Any other error means that it cannot tell.
	Identify(r *http.Request, answer http.Header) (User, error)

	// About tells what else is to be known of the source. It says the same each time.
	About() About
}

// ErrUnsettled is in the chain of an unknown that ends by itself within moments, because the site may be writing its record just
// now: the script can ask, and is answered when it is certain.
var ErrUnsettled = errors.New("the session may be in the middle of a write")

// A Reason says in one word, from this closed list, why a visit has no user.
type Reason string

// The reasons. The first five are everyday life; the others say that somebody presented a session that does not count.
const (
	NoCookie  Reason = "no_cookie" // the visit carries no session
	NoRecord  Reason = "no_record" // the site's store does not know the session: it ended
	NoUser    Reason = "no_user"   // a session in which nobody is logged in
	Unmet     Reason = "unmet"     // a condition on the session's values does not hold: a login half finished
	Expired   Reason = "expired"   // genuine, but too old
	Forged    Reason = "forged"    // no key of ours made this signature
	Malformed Reason = "malformed" // not of the format, or damaged, or beyond a limit
	Ambiguous Reason = "ambiguous" // two sessions at once that lead to different users, or a session that names two
	Untrusted Reason = "untrusted" // said by somebody whose word is not taken
)

// Reasons lists them all.
func Reasons() []Reason {
	return []Reason{NoCookie, NoRecord, NoUser, Unmet, Expired, Forged, Malformed, Ambiguous, Untrusted}
}

// Nobody is the error of a [Source] that is certain: no user is logged in.
type Nobody struct {
	Reason Reason
	Err    error // what exactly was wrong, for a debug log; never holds anything of the session. May be nil
}

func (n *Nobody) Error() string {
	if n.Err == nil {
		return "nobody is logged in: " + string(n.Reason)
	}
	return fmt.Sprintf("nobody is logged in: %s: %v", n.Reason, n.Err)
}

func (n *Nobody) Unwrap() error { return n.Err }

// Nobodyf makes a Nobody whose detail is formatted as by fmt.Errorf.
func Nobodyf(reason Reason, format string, args ...any) error {
	return &Nobody{Reason: reason, Err: fmt.Errorf(format, args...)}
}

// NobodyReason returns the reason of a Nobody in err's chain; ok is false if there is none, so that nothing is known.
func NobodyReason(err error) (reason Reason, ok bool) {
	var n *Nobody
	if errors.As(err, &n) {
		return n.Reason, true
	}
	return "", false
}
