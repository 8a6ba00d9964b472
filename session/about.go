package session

import (
	"context"
	"io"
	"net/http"
	"strings"
)

// About is what a [Source] says of itself to those who stand around it. The zero value is that of a source which can be asked
// at any time, needs nothing around it, and knows no cookie.
type About struct {
	Cookie string                 // the name of the site's session cookie, as far as it is known
	Reads  func(name string) bool // tells whether a cookie of that name may be the session, or a piece of it; nil: none is

	// Deferred tells that the source must not be asked in front of a page: a site that answers one request of a visitor at a time,
	// as those in PHP do, would let the page wait. Pages then ask for the identity themselves.
	Deferred bool

	Records string // what the site keeps its sessions in: files, redis, memcached, table or mongodb; "": nothing that is known

	Late bool // the site may write its sessions only after it has answered
	Mute bool // nobody is known but by the site's own pages: asking is in vain

	// Same tells whether an answer, whatever cookies it sets, leaves the visitor in the session that the request came with, and has
	// been written into it. Nil: that is never certain.
	Same func(r *http.Request, answer http.Header) bool

	// Stale tells whether a page which names its reader itself may have been made for another one. Nil: pages name nobody.
	Stale func(answer http.Header) bool

	Guard     func(next http.Handler) http.Handler           // in front of the site and of what calls Identify; nil: nothing
	Transport func(base http.RoundTripper) http.RoundTripper // between what calls Identify and the browser; nil: nothing
	Look      func(page *http.Response) (copyOf io.Writer)   // takes a copy of a page that goes to a visitor; nil: of none

	// Try reads, without a visitor, each of the places that visits are looked up in. It takes seconds where one does not answer. Closely,
	// it also looks at what else stands there. Nil: there are none.
	Try func(ctx context.Context, closely bool) []Trial

	// Ask asks the site about a visit, whatever that carries, and remembers nothing. It returns in a word each what the question may do to
	// guests, beside what Identify returns. Nil: the site is not asked.
	Ask func(r *http.Request) (u User, harms []string, err error)
}

// IsSession tells whether a cookie of that name may be the session, or a piece of it.
func (a About) IsSession(cookie string) bool { return a.Reads != nil && a.Reads(cookie) }

// NamedOrPiece tells whether a cookie is that of the name, or a piece of it: a large session comes as session.0, session.1.
func NamedOrPiece(cookie string) func(name string) bool {
	return func(name string) bool {
		return cookie != "" && (name == cookie || strings.HasPrefix(name, cookie+"."))
	}
}
