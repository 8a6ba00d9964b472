package site

import (
	"cmp"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/textproto"

	"tawkproxy/session"
	"tawkproxy/session/kind"
	"tawkproxy/session/recipe"
)

// Responses is the [session.Source] that reads the headers which the site itself adds to its pages. What a visitor sends under these
// names is never looked at. [Responses.Transport] must stand between the source and the browser.
type Responses struct {
	mapping session.Mapping
	headers recipe.NamedHeaders
	cookie  string // name of the site's session cookie; "": not known
	ask     *Asker // nil: nobody is asked
}

// NewResponses makes the source. The mapping's paths are names of headers; without id, name and email they are X-Tawk-User-Id,
// X-Tawk-User-Name and X-Tawk-User-Email. Errors name the option that is wrong.
//
// If ask has a path, whoever has no page asks that of the site, which must answer with the same headers; ask's Answer and
// Mapping are not used. Otherwise nothing is known without a page.
func NewResponses(m session.Mapping, ask kind.AskOptions) (*Responses, error) {
	m.ID = cmp.Or(m.ID, "X-Tawk-User-Id")
	m.Name = cmp.Or(m.Name, "X-Tawk-User-Name")
	m.Email = cmp.Or(m.Email, "X-Tawk-User-Email")
	headers, err := recipe.NewNamedHeaders(m, session.Ambiguous)
	s := &Responses{mapping: m, headers: headers, cookie: ask.Cookie}
	if err != nil || ask.Path == "" {
		return s, err
	}
	ask.Answer, ask.Mapping = "headers", m
	s.ask, err = NewAsker(ask)
	return s, err
}

// Identify implements [session.Source].
func (s *Responses) Identify(r *http.Request, answer http.Header) (session.User, error) {
	if answer == nil && s.ask == nil {
		return session.User{}, errors.New("the site names the user only on its pages, and there is no path to ask")
	}
	if answer == nil {
		return s.ask.Identify(r, nil)
	}
	if Cached(answer) {
		// Nothing is known: for the others who get this copy, "nobody" would be a logout.
		return session.User{}, errors.New("the page came out of a cache, which may have kept it for somebody else")
	}
	tree, err := s.headers.Tree(answer)
	if err != nil {
		return session.User{}, err
	}
	return s.mapping.User(tree)
}

// Transport takes the headers out of every answer that base returns, out of what is sent ahead of it (RFC 9110 section 15.2) and
// what follows its body (section 6.5), so that no browser and no cache sees them. Base calls Identify, which believes only what
// stands in the answer's own header.
func (s *Responses) Transport(base http.RoundTripper) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		// The hooks of those who pass interim answers on are called after this one, with the same header.
		hints := &httptrace.ClientTrace{Got1xxResponse: func(_ int, h textproto.MIMEHeader) error {
			s.strip(http.Header(h))
			return nil
		}}
		answer, err := base.RoundTrip(r.WithContext(httptrace.WithClientTrace(r.Context(), hints)))
		if err != nil {
			return nil, err
		}
		s.strip(answer.Header)
		s.strip(answer.Trailer) // what is announced; the values come behind the body
		if answer.StatusCode != http.StatusSwitchingProtocols {
			answer.Body = trailedBody{answer.Body, func() { s.strip(answer.Trailer) }}
		}
		return answer, nil
	})
}

func (s *Responses) strip(h http.Header) {
	for _, name := range s.headers.Names {
		h.Del(name)
	}
}

// A trailedBody calls ended when the trailer has come, before its reader can know.
type trailedBody struct {
	io.ReadCloser
	ended func()
}

func (b trailedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		b.ended()
	}
	return n, err
}

type roundTripper func(*http.Request) (*http.Response, error)

// RoundTrip implements http.RoundTripper.
func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
