package site

import (
	"cmp"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"time"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind"
	"tawkproxy/session/recipe"
)

// Response is the kind of sites that name the user in headers of their pages.
func Response() kind.Kind {
	return kind.Kind{
		Name: "response", Title: "Any site, by headers of its pages",
		Guide:   "any site that can add headers to its pages",
		Ageless: true,
		New:     func() kind.Settings { return new(ResponseOptions) },
	}
}

// ResponseOptions describe a site that names the user in headers of its pages. Whoever has no page asks Path, if there is one, which
// must answer with the same headers. Otherwise nothing is known without a page.
type ResponseOptions struct {
	kind.Questions

	// What the site is asked: a path of it, such as `/api/me`, that answers for the visitor whose cookies come with the
	// request; 204, 401, 403, 404 or a redirect for nobody. Required for `site`. For `response`, a path that answers with the
	// headers to scripts; without it, only pages that no cache may keep tell who is logged in.
	Path string `env:"TAWK_SESSION_URL"`

	// Headers that are sent along with the question, as `X-Requested-With=XMLHttpRequest,Accept=application/json`, for a site that
	// answers its own scripts alone, or in another way. None by which the site would know somebody: it would take all visitors for
	// them.
	Headers setting.Headers `env:"TAWK_SESSION_HEADERS"`

	Mapping session.Mapping  // to names of headers; without id, name and email X-Tawk-User-Id, X-Tawk-User-Name and X-Tawk-User-Email
	Cookie  string           // as in [AskOptions]
	Now     func() time.Time // nil: time.Now
	Watch   *session.Watch   // nil: nobody wants to know
}

func (o *ResponseOptions) Rules(common *setting.Common) []setting.Rule {
	return []setting.Rule{
		{Settings: []string{"TAWK_SESSION_URL"}, Check: func() error { return sitePath(o.Path, common.OwnPrefix) }},
		{Settings: []string{"TAWK_SESSION_HEADERS"}, Check: func() error { return sendable(o.Headers) }},
		{Settings: []string{"TAWK_SESSION_HEADERS", "TAWK_SESSION_URL"}, Check: o.noQuestion},
		setting.NoQuery(common),
	}
}

// noQuestion finds headers of a question that is not asked.
func (o *ResponseOptions) noQuestion() error {
	if len(o.Headers) > 0 && o.Path == "" {
		return setting.Wrong("set TAWK_SESSION_URL, or remove it", "is of no use without TAWK_SESSION_URL: nothing is asked")
	}
	return nil
}

func (o *ResponseOptions) Open(at kind.Site) (session.Source, error) {
	o.Questions, o.Cookie, o.Mapping, o.Now, o.Watch = at.Questions, at.Cookie, at.Mapping, at.Now, at.Watch
	return NewResponses(*o)
}

// Responses is the [session.Source] that reads the headers which the site itself adds to its pages. What a visitor sends under these
// names is never looked at. [Responses.Transport] must stand between the source and the browser.
type Responses struct {
	mapping session.Mapping
	headers recipe.NamedHeaders
	cookie  string // name of the site's session cookie; "": not known
	ask     *Asker // nil: nobody is asked
}

// NewResponses makes the source. Errors name the option that is wrong.
func NewResponses(o ResponseOptions) (*Responses, error) {
	m := o.Mapping
	m.ID = cmp.Or(m.ID, "X-Tawk-User-Id")
	m.Name = cmp.Or(m.Name, "X-Tawk-User-Name")
	m.Email = cmp.Or(m.Email, "X-Tawk-User-Email")
	headers, err := recipe.NewNamedHeaders(m, session.Ambiguous)
	s := &Responses{mapping: m, headers: headers, cookie: o.Cookie}
	if err != nil || o.Path == "" {
		return s, err
	}
	s.ask, err = NewAsker(AskOptions{Questions: o.Questions, Path: o.Path, Headers: o.Headers, Answer: "headers", Mapping: m, Cookie: o.Cookie, Now: o.Now,
		Watch: o.Watch})
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
