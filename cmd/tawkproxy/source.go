package main

import (
	"fmt"
	"time"

	"tawkproxy/config"
	"tawkproxy/session"
)

// storeTimeout bounds each question to the site's session store. A page waits no longer; who is logged in is unknown then.
const storeTimeout = 100 * time.Millisecond

// newSource makes what knows who is logged in: what all kinds of session share, and one case for each kind.
func newSource(cfg *config.Config) (source session.Source, err error) {
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
	switch s.Kind {
	case "gorilla":
		source, err = session.Gorilla(session.GorillaOptions{Setup: setup, Keys: s.Key.Bytes(), BlockKeys: s.BlockKey.Bytes()})
	default:
		err = fmt.Errorf("this kind is not built in")
	}
	if err != nil {
		return nil, fmt.Errorf("TAWK_SESSION=%s: %w", s.Kind, err)
	}
	return source, nil
}
