package session

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/netip"
	"slices"
)

// HeaderOptions describe an authenticating proxy in front of tawkproxy that names the user in headers of the request.
type HeaderOptions struct {
	// Proxy names the product, which then needs no mapping: oauth2-proxy, nginx-auth-request, authelia, tailscale or
	// azure-easyauth. "": another.
	Proxy string

	// Mapping's paths are names of headers, or with azure-easyauth types of claims. They take the place of the product's.
	Mapping Mapping

	// Trusted are the addresses of the proxy; required. It must replace what the visitor sends under these names. From anybody
	// else they are a forgery.
	Trusted []netip.Prefix
}

// Headers is the [Source] that believes an authenticating proxy in front. [Headers.Guard] must stand in front of the site and
// of what calls Identify.
type Headers struct {
	mapping Mapping
	tree    func(h http.Header) (any, error)
	family  []string // the headers that only the proxy may send, as belongs takes them
	trusted []netip.Prefix
}

// Header makes the source. Errors name the option that is wrong.
func Header(o HeaderOptions) (*Headers, error) {
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
	headers, err := newNamedHeaders(m, Forged)
	s.tree, s.family = headers.tree, slices.Concat(product.family, headers.names)
	return s, err
}

// Identify implements [Source].
func (s *Headers) Identify(r *http.Request, _ http.Header) (User, error) {
	v, guarded := r.Context().Value(verdictKey{}).(verdict)
	if !guarded {
		v = s.judge(r)
	}
	return v.user, v.err
}

// A verdict is what the headers of a request come to.
type verdict struct {
	believed bool // the headers may be passed on
	user     User
	err      error
}

type verdictKey struct{}

func (s *Headers) judge(r *http.Request) verdict {
	if !s.trusts(r.RemoteAddr) {
		for name := range r.Header {
			if belongs(name, s.family) {
				return verdict{err: nobody(Untrusted, "%s from a peer whose word is not taken", name)}
			}
		}
		return verdict{err: &Nobody{Reason: NoCookie}}
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
			return belongs(name, s.family) && !v.believed || odd(name, s.family)
		})
		dropTrailers(r, s.family)
		next.ServeHTTP(w, r)
	})
}

// dropTrailers takes fields of a family out of what a request announces to send behind its body: only what stands in front of it
// is judged. What is not announced the proxy does not pass on. The map is the server's own, into which the values come.
func dropTrailers(r *http.Request, family []string) {
	maps.DeleteFunc(r.Trailer, func(name string, _ []string) bool { return belongs(name, family) })
}

// Guard puts around a handler what a recipe with a Header needs in front of the site: a site to which X_Token is X-Token must not
// find what a visitor sends beside, or in place of, what was verified. Trailers with these names are dropped as well.
func (r *Recipe) Guard(next http.Handler) http.Handler {
	if r.Header == "" {
		return next
	}
	family := append([]string{r.Header}, r.Family...)
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		for name := range req.Header {
			if odd(name, family) {
				req = req.WithContext(req.Context())
				req.Header = maps.Clone(req.Header)
				maps.DeleteFunc(req.Header, func(name string, _ []string) bool { return odd(name, family) })
				break
			}
		}
		dropTrailers(req, family)
		next.ServeHTTP(w, req)
	})
}
