package main

import (
	"net/http"
	"time"

	"tawkproxy/config"
	"tawkproxy/inject"
	"tawkproxy/inject/tawk"
	"tawkproxy/session"
	"tawkproxy/session/kind/site"
	"tawkproxy/session/recipe"
)

// identity joins the session to the widget: who is logged in becomes what the page says.
//
// There are two ways to say it: in the page itself, or by the script, which asks the proxy. The first is faster, the second fits
// every page. Left to itself (auto), a page asks if
//
//   - shared caches may keep it: it must name nobody;
//   - the site's own answer to "who is this?" is needed, which a page does not wait for;
//   - it answers a form, or begins another session, and the sessions are in a store: sites like to write there after the page;
//   - another site led to it. A proof beside text of an attacker's choice in one compressed page can be guessed from the page's
//     length, one character after the other, if the attacker can have the page requested at will (BREACH). All that other sites
//     can have requested with the visitor's cookies are navigations, and browsers say of these where they come from; images and
//     scripts never get an element. Old browsers, and all over plain http, say it by a Referer alone, or not at all if the page
//     that led here forbids it; over plain http whoever can see lengths can read the page.
type identity struct {
	source    session.Source
	widget    *tawk.Widget
	way       string                           // auto, page or endpoint
	isSession func(cookie string) bool         // tells by its name whether a cookie may be the site's session
	changes   func(answer *http.Response) bool // tells whether an answer may have changed the visitor's session
	late      bool                             // the site may write its sessions only after it has answered
	mute      bool                             // the source knows nobody but by the site's pages: asking is in vain
	privacy   privacy
	hints     *sessionHints
}

func newIdentity(cfg *config.Config, source session.Source, widget *tawk.Widget, hints *sessionHints) *identity {
	recipe, _ := source.(*recipe.Recipe)
	responses, _ := source.(*site.Responses)
	isSession := inSession(cfg, source)
	return &identity{
		source:    source,
		widget:    widget,
		way:       cfg.Page.Identity,
		isSession: isSession,
		changes:   changes(source, isSession),
		late:      recipe != nil && recipe.Store != nil,
		mute:      responses != nil && !responses.Asks(),
		privacy:   privacy{consent: cfg.Privacy.Consent, gpc: cfg.Privacy.RespectGPC},
		hints:     hints,
	}
}

// page says what the script hears on one page.
func (i *identity) page(answer *http.Response, shared bool) inject.Payload {
	if !i.privacy.allows(answer.Request, answer.Header) {
		return inject.Payload{Private: true}
	}
	if i.asks(answer, shared) {
		return inject.Payload{Data: i.widget.Ask(), Private: i.privacy.matters()}
	}
	return inject.Payload{Data: i.widget.Data(i.of(answer.Request, answer.Header)), Private: true}
}

// asks tells whether the page that this answer brings is to ask.
func (i *identity) asks(answer *http.Response, shared bool) bool {
	r := answer.Request
	switch {
	case site.Deferred(i.source), i.way == "endpoint":
		return true
	case i.way == "page":
		return false
	case shared, i.mute:
		return shared
	case i.cached(answer.Header):
		return true
	case fromElsewhere(r):
		return true
	}
	return i.late && (!safe(r) || i.changes(answer))
}

// visitor says who is logged in, to the script that asks.
func (i *identity) visitor(r *http.Request) tawk.Identity {
	if !i.privacy.allows(r, nil) {
		return tawk.Identity{Known: true}
	}
	if r.URL.Query().Has("form") {
		r = r.WithContext(site.AtForm(r.Context()))
	}
	return i.of(r, nil)
}

// cached tells whether a page that names its reader itself may have been made for another one.
func (i *identity) cached(answer http.Header) bool {
	_, named := i.source.(*site.Responses)
	return named && site.Cached(answer)
}

func (i *identity) of(r *http.Request, answer http.Header) tawk.Identity {
	user, err := i.source.Identify(r, answer)
	i.hints.observe(r, err)
	if err == nil {
		return tawk.Identity{Known: true, Visitor: tawk.Visitor(user)}
	}
	reason, nobody := session.NobodyReason(err)
	if reason == session.NoCookie && i.kept(r, answer) {
		return tawk.Identity{}
	}
	return tawk.Identity{Known: nobody}
}

// kept tells whether the browser may have a session cookie that it did not send: because of its Path, or because a page of
// another site led here and the cookie is one for the site's own requests (SameSite).
func (i *identity) kept(r *http.Request, answer http.Header) bool {
	marker := markerOf(r)
	if answer != nil {
		marker, _ = marker.after(r.URL.Path, answer, i.isSession, time.Now())
	}
	return marker.outside(r.URL.Path) || answer != nil && fromElsewhere(r)
}
