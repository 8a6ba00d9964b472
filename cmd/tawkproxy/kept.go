package main

import (
	"log/slog"
	"net/http"
	"strconv"
	"sync/atomic"

	"tawkproxy/config"
	"tawkproxy/inject/tawk"
	"tawkproxy/proxy"
	"tawkproxy/proxy/admin"
)

// kept is what stays when the settings are read again: connections, limits, and what has been counted or found out. It depends on no
// setting that a file can hold; the certificates of the way to the site are read again.
type kept struct {
	leaving  <-chan struct{} // closed when the program is asked to stop
	stopping <-chan struct{} // closed when no more visitors are let in

	toSite           func(http.RoundTripper) http.Handler
	way              atomic.Pointer[proxy.Way]
	pages, questions proxy.Route
	waits            waits
	places           proxy.Middleware
	errors           *proxy.ErrorPages
	hidden           []string // beginnings of names of cookies that the site does not see

	figures  *admin.Figures
	file     *tawk.File
	reach    *reach
	reports  *tawk.Reports
	verdicts *verdicts
}

func newKept(cfg *config.Config, leaving, stopping <-chan struct{}, log *slog.Logger) (*kept, error) {
	way, err := newWay(cfg)
	if err != nil {
		return nil, err
	}
	figures := newFigures()
	errors := proxy.NewErrorPages(cfg.Site.Name, log)
	k := &kept{
		leaving: leaving, stopping: stopping,
		waits:   pageWaits(),
		places:  proxy.Places(cfg.Limits.SiteConnections, share(cfg), errors),
		errors:  errors,
		figures: figures,
		file:    tawk.NewFile(tawk.Script()),
		reports: tawk.NewReports(log), verdicts: &verdicts{log: log, figures: figures},
	}
	k.reports.Heard = func(report tawk.Report) { figures.Reports.Inc(report.Stage, strconv.Itoa(report.Code)) }
	k.lead(way, cfg.Limits.SiteConnections)
	if cfg.Privacy.HideWidgetCookies {
		k.hidden = tawk.Cookies()
	}
	k.toSite = func(transport http.RoundTripper) http.Handler {
		return proxy.New(&cfg.Site.Upstream, proxy.Options{
			Transport: transport, Trusted: cfg.Site.TrustedProxies, HideCookies: k.hidden, Stopping: stopping, Errors: errors,
			Log: log,
		})
	}
	k.reach = newReach(k.file.Path(cfg.Site.OwnPrefix), log)
	k.file.Asked = k.reach.hear
	return k, nil
}

// lead has requests go to the site in this way from now on, of pages by so many connections.
func (k *kept) lead(way proxy.Way, most int) {
	k.way.Store(&way)
	k.questions.Lead(way.Transport())
	way.Most = most
	k.pages.Lead(way.Transport())
}

// wayNow is the way in which they go.
func (k *kept) wayNow() proxy.Way { return *k.way.Load() }
