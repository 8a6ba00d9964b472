package main

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"tawkproxy/config"
	"tawkproxy/inject"
	"tawkproxy/inject/tawk"
	"tawkproxy/proxy/admin"
	"tawkproxy/session"
	"tawkproxy/session/kind/site"
)

// identity joins the session to the widget: who is logged in becomes what the page says.
//
// There are two ways to say it: in the page itself, or by the script, which asks the proxy. The first is faster, the second fits
// every page. Left to itself (auto), a page asks if
//
//   - shared caches may keep it: it must name nobody;
//   - the site's own answer to "who is this?" is needed, which a page does not wait for;
//   - it answers a form, or begins another session, and the sessions are in a store: sites like to write there after the page;
//   - the site may be writing the session just now, as PHP does when it empties that of somebody who logs out;
//   - another site led to it. A proof beside text of an attacker's choice in one compressed page can be guessed from the page's
//     length, one character after the other, if the attacker can have the page requested at will (BREACH). All that other sites
//     can have requested with the visitor's cookies are navigations, and browsers say of these where they come from; images and
//     scripts never get an element. Old browsers, and all over plain http, say it by a Referer alone, or not at all if the page
//     that led here forbids it; over plain http whoever can see lengths can read the page.
type identity struct {
	source  session.Source
	about   session.About
	widget  *tawk.Widget
	way     string // auto, page or endpoint
	privacy privacy
	hints   *sessionHints
	count   func(r *http.Request, who, why string) // who is logged in and why, for all who want to know
}

func newIdentity(cfg *config.Config, source session.Source, widget *tawk.Widget, hints *sessionHints,
	count func(r *http.Request, who, why string)) *identity {
	return &identity{
		source:  source,
		about:   source.About(),
		widget:  widget,
		way:     cfg.Page.Identity,
		privacy: privacy{consent: cfg.Privacy.Consent, gpc: cfg.Privacy.RespectGPC},
		hints:   hints,
		count:   count,
	}
}

// page says what the script hears on one page.
func (i *identity) page(answer *http.Response, shared bool) inject.Payload {
	traceOf(answer.Request.Context()).page(answer, shared)
	if !i.privacy.allows(answer.Request, answer.Header) {
		return inject.Payload{Private: true}
	}
	if i.asks(answer, shared) {
		return inject.Payload{Data: i.widget.Ask(), Private: i.privacy.matters(), Note: admin.Ask}
	}
	user, err := i.source.Identify(answer.Request, answer.Header)
	if errors.Is(err, session.ErrUnsettled) && i.way != "page" {
		i.count(answer.Request, admin.Unknown, unsettled)
		return inject.Payload{Data: i.widget.Ask(), Private: true, Note: admin.Ask}
	}
	who := i.told(answer.Request, answer.Header, user, err)
	return inject.Payload{Data: i.widget.Data(who), Private: true, Note: noteOf(who)}
}

// asks tells whether the page that this answer brings is to ask.
func (i *identity) asks(answer *http.Response, shared bool) bool {
	r := answer.Request
	switch {
	case i.about.Deferred, i.way == "endpoint":
		return true
	case i.way == "page":
		return false
	case shared, i.about.Mute:
		return shared
	case i.about.Stale != nil && i.about.Stale(answer.Header), fromElsewhere(r):
		return true
	}
	return i.about.Late && (!safe(r) || changes(i.about, answer))
}

// visitor says who is logged in, to the script that asks.
func (i *identity) visitor(r *http.Request) tawk.Identity {
	if !i.privacy.allows(r, nil) {
		return tawk.Identity{Known: true}
	}
	if r.URL.Query().Has("form") {
		r = r.WithContext(site.AtForm(r.Context()))
	}
	user, err := i.source.Identify(r, nil)
	return i.told(r, nil, user, err)
}

// told is what the widget is told of what the source said.
func (i *identity) told(r *http.Request, answer http.Header, user session.User, err error) tawk.Identity {
	traceOf(r.Context()).identified(user, err)
	i.hints.observe(r, err)
	if err == nil {
		i.count(r, admin.User, recognised)
		i.hints.recognised(user)
		return tawk.Identity{Known: true, Visitor: tawk.Visitor(user)}
	}
	reason, nobody := session.NobodyReason(err)
	switch {
	case reason == session.NoCookie && i.kept(r, answer):
		i.count(r, admin.Unknown, cookieKept)
		return tawk.Identity{}
	case nobody:
		i.count(r, admin.Nobody, string(reason))
	case r.Context().Err() != nil:
		i.count(r, admin.Unknown, gone)
	case errors.Is(err, session.ErrUnsettled):
		i.count(r, admin.Unknown, unsettled)
	default:
		i.count(r, admin.Unknown, failed)
	}
	return tawk.Identity{Known: nobody}
}

// noteOf is what a page says, in a word.
func noteOf(who tawk.Identity) string {
	switch {
	case !who.Known:
		return admin.Unknown
	case who.Visitor.ID == "":
		return admin.Nobody
	}
	return admin.User
}

// kept tells whether the browser may have a session cookie that it did not send: because of its Path, or because a page of
// another site led here and the cookie is one for the site's own requests (SameSite). Where markers disagree it may not: a planted one
// must not keep a logout from being told.
func (i *identity) kept(r *http.Request, answer http.Header) bool {
	outside := !slices.ContainsFunc(markersOf(r), func(m marker) bool {
		if answer != nil {
			m, _ = m.after(r.URL.Path, answer, i.about.IsSession, time.Now())
		}
		return !m.outside(r.URL.Path)
	})
	return outside || answer != nil && fromElsewhere(r)
}
