package main

import (
	"log/slog"
	"net/http"

	"tawkproxy/inject"
	"tawkproxy/inject/tawk"
	"tawkproxy/session"
)

// identity joins the session to the widget: who is logged in becomes what the page says.
type identity struct {
	source session.Source
	widget *tawk.Widget
	log    *slog.Logger
}

// page says what the script hears on one page.
func (i *identity) page(answer *http.Response, shared bool) inject.Payload {
	if shared || session.Deferred(i.source) {
		return inject.Payload{Data: i.widget.Ask()}
	}
	return inject.Payload{Data: i.widget.Data(i.of(answer.Request, answer.Header)), Private: true}
}

// visitor says who is logged in, to the script that asks.
func (i *identity) visitor(r *http.Request) tawk.Identity { return i.of(r, nil) }

func (i *identity) of(r *http.Request, answer http.Header) tawk.Identity {
	user, err := i.source.Identify(r, answer)
	if err == nil {
		return tawk.Identity{Known: true, Visitor: tawk.Visitor(user)}
	}
	reason, nobody := session.NobodyReason(err)
	if nobody {
		i.log.Debug("nobody is logged in", "reason", reason, "path", r.URL.Path)
	} else {
		i.log.Warn("cannot tell who is logged in; the page is told nothing", "cause", err)
	}
	return tawk.Identity{Known: nobody}
}
