package recipe

import (
	"context"
	"net/http"
	"time"

	"tawkproxy/session"
	"tawkproxy/session/cookie"
)

// Identify implements [session.Source]. Whoever is not logged in by every way in which the site may read the cookies is nobody.
func (r *Recipe) Identify(req *http.Request, answer http.Header) (session.User, error) {
	if len(req.Header.Values(r.Header)) > 1 {
		return session.User{}, session.Nobodyf(session.Ambiguous, "the header is repeated")
	}
	at := Now(r.Now)
	var found session.User
	var failure error
	https := req.Header.Get("X-Forwarded-Proto") == "https"
	told := session.Tracer(req.Context())
	for i, s := range r.sights(req, answer) {
		v := &Visit{Cookies: s.cookies, Now: at, HTTPS: https, Patient: answer == nil, Watch: r.Watch, told: told}
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
	for _, c := range sessions {
		u, err := r.read(ctx, v, c)
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
func (r *Recipe) read(ctx context.Context, v *Visit, c cookie.Cookie) (session.User, error) {
	s, err := r.decode(ctx, v, c)
	if err != nil {
		return session.User{}, err
	}
	if s.Found == nil {
		s.Found = Find(r.Mapping, s.Values)
	}
	u, err := s.Found.User, s.Found.Err
	if err != nil {
		return u, err
	}
	v.Tell("there is a user at %s", r.Mapping.ID)
	if r.Lookup == nil {
		return u, nil
	}
	u, err = r.Lookup(ctx, u, s.Found.Values)
	if err == nil {
		v.Tell("the database has the details")
	}
	return u, err
}

// decode takes one cookie to the values of its session, or to what was found in them.
func (r *Recipe) decode(ctx context.Context, v *Visit, c cookie.Cookie) (State, error) {
	if r.Counts != nil {
		if err := r.Counts(v, c); err != nil {
			return State{}, err
		}
	}
	v.Tell("%s has come, %d bytes long", c.Name, len(c.Value))
	remembered := c.Name + "=" + c.Value
	if r.cache != nil {
		s, ok := r.cache.Get(remembered)
		v.Watch.Look(session.Sessions, ok)
		if ok {
			return s, r.current(s, v.Now)
		}
	}
	if r.decoding != nil {
		if err := r.decoding.Acquire(ctx, 1); err != nil {
			return State{}, err
		}
		defer r.decoding.Release(1)
	}
	s := State{Data: []byte(c.Value), Cookie: c.Name}
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
