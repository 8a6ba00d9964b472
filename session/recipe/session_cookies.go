package recipe

import (
	"net/http"
	"slices"
	"strings"

	"tawkproxy/session/cookie"
)

// most bounds how many cookies are read as the session, where it may have several names.
const most = 4

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
			return slices.Equal(s.sessions, other.sessions) && !(r.OtherCookies && !slices.Equal(s.cookies, other.cookies))
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
	for _, c := range cookies {
		if c.Name == r.Cookie {
			return filled([]cookie.Cookie{c})
		}
	}
	return nil
}

func filled(cookies []cookie.Cookie) []cookie.Cookie {
	return slices.DeleteFunc(cookies, func(c cookie.Cookie) bool { return c.Value == "" })
}

// Reads tells whether a cookie of this name may be the session, or a piece of one.
func (r *Recipe) Reads(name string) bool {
	return len(r.sessions(cookie.Cookies{{Name: name, Value: "x"}})) > 0 || r.Values != nil && strings.HasPrefix(name, r.Cookie+".")
}
