package main

import (
	"fmt"
	"net/http"
	"time"

	"tawkproxy/config"
	"tawkproxy/proxy"
	"tawkproxy/session"
)

// storeTimeout bounds each question to the site's session store. A page waits no longer; who is logged in is unknown then.
const storeTimeout = 100 * time.Millisecond

// newSource makes what knows who is logged in: what all kinds of session share, and one case for each kind. Site passes
// questions on to the site.
func newSource(cfg *config.Config, site http.Handler) (source session.Source, err error) {
	s := cfg.Session
	setup := session.Setup{
		Cookie:  s.Cookie,
		Mapping: session.Mapping{ID: cfg.User.ID, Name: cfg.User.Name, Email: cfg.User.Email, Phone: cfg.User.Phone},
	}
	if url := s.Store.String(); url != "" {
		if setup.Store, err = session.OpenStore(url, storeTimeout); err != nil {
			return nil, fmt.Errorf("TAWK_SESSION_STORE: %w", err)
		}
	}
	ask := session.AskOptions{Site: site, Path: s.URL, Answer: s.Answer, Cookie: s.Cookie, Mapping: setup.Mapping}
	switch s.Kind {
	case "gorilla":
		source, err = session.Gorilla(session.GorillaOptions{Setup: setup, Keys: s.Key.Bytes(), BlockKeys: s.BlockKey.Bytes()})
	case "site":
		source, err = session.Ask(ask)
	case "header":
		source, err = session.Header(session.HeaderOptions{
			Proxy: cfg.Header.Proxy, Mapping: setup.Mapping, Trusted: cfg.Site.TrustedProxies})
	case "response":
		source, err = session.Response(setup.Mapping, ask)
	default:
		err = fmt.Errorf("this kind is not built in")
	}
	if err != nil {
		return nil, fmt.Errorf("TAWK_SESSION=%s: %w", s.Kind, err)
	}
	return source, nil
}

// guard is the layer that a source needs in front of the site and of the proxy's own paths.
func guard(source session.Source) proxy.Middleware {
	if guarded, ok := source.(interface {
		Guard(next http.Handler) http.Handler
	}); ok {
		return guarded.Guard
	}
	return func(next http.Handler) http.Handler { return next }
}

// sealed is the transport as far as the browser may see what comes over it.
func sealed(source session.Source, inserter http.RoundTripper) http.RoundTripper {
	if responses, ok := source.(*session.Responses); ok {
		return responses.Transport(inserter)
	}
	return inserter
}
