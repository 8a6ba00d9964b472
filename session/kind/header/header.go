// Package header is the kind of sites behind an authenticating proxy that names the user in headers.
package header

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/netip"
	"slices"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind"
	"tawkproxy/session/recipe"
)

// Header is the kind of sites behind an authenticating proxy.
func Header() kind.Kind {
	return kind.Kind{
		Name: "header", Title: "An authenticating proxy in front",
		Guide:   "an authenticating proxy in front names the user in headers",
		Ageless: true,
		Signs:   kind.Signs{Cookies: []string{"_oauth2_proxy*", "authelia_session", "AppServiceAuthSession"}},
		New:     func() kind.Settings { return new(HeaderOptions) },
	}
}

// HeaderOptions describe an authenticating proxy in front of tawkproxy that names the user in headers of the request.
type HeaderOptions struct {
	// Product whose headers are believed from `TAWK_TRUSTED_PROXIES` with `TAWK_SESSION=header`: `oauth2-proxy`,
	// `nginx-auth-request`, `authelia`, `tailscale` or `azure-easyauth`. For another, set `TAWK_USER_ID` and the like to the
	// names of its headers.
	Proxy string `env:"TAWK_HEADER_PROXY" values:"oauth2-proxy nginx-auth-request authelia tailscale azure-easyauth"`

	// Mapping's paths are names of headers, or with azure-easyauth types of claims. They take the place of the product's.
	Mapping session.Mapping

	// Trusted are the addresses of the proxy; required. It must replace what the visitor sends under these names. From anybody
	// else they are a forgery.
	Trusted []netip.Prefix
}

func (h *HeaderOptions) Rules(common *setting.Common) []setting.Rule {
	return []setting.Rule{
		setting.NoQuery(common),
		{Settings: []string{"TAWK_TRUSTED_PROXIES"}, Check: func() error { return chosen(common.TrustedProxies) }},
		{Settings: []string{"TAWK_USER_ID", "TAWK_HEADER_PROXY"}, Check: func() error {
			if h.Proxy == "" && common.User.ID == "" {
				return setting.Wrong("write the name of the header with the user's id, or the product's name into TAWK_HEADER_PROXY",
					"is required with TAWK_SESSION=header but not set")
			}
			return nil
		}},
	}
}

// chosen checks that whoever is believed about who is logged in was chosen on purpose.
func chosen(trusted []netip.Prefix) error {
	everyone := func(network netip.Prefix) bool { return network.Bits() == 0 }
	named := func(network netip.Prefix) bool { return slices.Contains(trusted, network) }
	allPrivate := !slices.ContainsFunc(setting.Private(), func(network netip.Prefix) bool { return !named(network) })
	if len(trusted) == 0 || allPrivate || slices.ContainsFunc(trusted, everyone) {
		return setting.Wrong("write the addresses of the authenticating proxy alone, such as 127.0.0.1",
			"does not say who may name the user with TAWK_SESSION=header")
	}
	return nil
}

func (h *HeaderOptions) Open(site kind.Site) (session.Source, error) {
	h.Mapping, h.Trusted = site.Mapping, site.Trusted
	return NewHeaders(*h)
}

// Headers is the [session.Source] that believes an authenticating proxy in front. [Headers.Guard] must stand in front of the site and
// of what calls Identify.
type Headers struct {
	mapping session.Mapping
	tree    func(h http.Header) (any, error)
	family  []string // the headers that only the proxy may send, as belongs takes them
	trusted []netip.Prefix
}

// NewHeaders makes the source. Errors name the option that is wrong.
func NewHeaders(o HeaderOptions) (*Headers, error) {
	product, known := authProxies[o.Proxy]
	m := o.Mapping
	m.ID, m.Name, m.Email = cmp.Or(m.ID, product.id), cmp.Or(m.Name, product.name), cmp.Or(m.Email, product.email)
	switch {
	case !known:
		return nil, fmt.Errorf("the authenticating proxy %q is not known", o.Proxy)
	case len(o.Trusted) == 0:
		return nil, errors.New("the addresses of the authenticating proxy are missing")
	case m.ID == "":
		return nil, errors.New("the name of the header with the user's id is missing")
	}
	s := &Headers{mapping: m, tree: product.claims, family: product.family, trusted: o.Trusted}
	if s.tree != nil {
		return s, nil
	}
	headers, err := recipe.NewNamedHeaders(m, session.Forged)
	s.tree, s.family = headers.Tree, slices.Concat(product.family, headers.Names)
	return s, err
}

// Identify implements [session.Source].
func (s *Headers) Identify(r *http.Request, _ http.Header) (session.User, error) {
	v, guarded := r.Context().Value(verdictKey{}).(verdict)
	if !guarded {
		v = s.judge(r)
	}
	return v.user, v.err
}

// A verdict is what the headers of a request come to.
type verdict struct {
	believed bool // the headers may be passed on
	user     session.User
	err      error
}

type verdictKey struct{}

func (s *Headers) judge(r *http.Request) verdict {
	if !s.trusts(r.RemoteAddr) {
		for name := range r.Header {
			if recipe.Belongs(name, s.family) {
				return verdict{err: session.Nobodyf(session.Untrusted, "%s from a peer whose word is not taken", name)}
			}
		}
		return verdict{err: &session.Nobody{Reason: session.NoCookie}}
	}
	tree, err := s.tree(r.Header)
	if err != nil {
		return verdict{err: err}
	}
	user, err := s.mapping.User(tree)
	return verdict{true, user, err}
}

func (s *Headers) trusts(peer string) bool {
	from, err := netip.ParseAddrPort(peer)
	address := from.Addr().Unmap().WithZone("")
	return err == nil && slices.ContainsFunc(s.trusted, func(network netip.Prefix) bool { return network.Contains(address) })
}

// Guard puts around a handler what Headers need on all paths: the proxy's headers are judged as they come in, and those that
// are not believed go no further, in whatever spelling the site may take for the name.
func (s *Headers) Guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := s.judge(r)
		r = r.WithContext(context.WithValue(r.Context(), verdictKey{}, v))
		r.Header = maps.Clone(r.Header)
		maps.DeleteFunc(r.Header, func(name string, _ []string) bool {
			return recipe.Belongs(name, s.family) && !v.believed || recipe.Odd(name, s.family)
		})
		recipe.DropTrailers(r, s.family)
		next.ServeHTTP(w, r)
	})
}
