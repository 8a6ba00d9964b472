package main

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"

	"tawkproxy/config"
	"tawkproxy/inject/tawk"
	"tawkproxy/proxy"
)

// serve runs the proxy until ctx ends. Ready is called with the address for browsers once it is open; nil: nobody needs it.
func serve(ctx context.Context, cfg *config.Config, stderr io.Writer, ready func(net.Addr)) error {
	log := newLogger(cfg, stderr)
	stopping, stop := lingering(ctx, cfg.Site.StopDelay, log)
	defer stop()
	front, err := newFacade(cfg, ctx.Done(), stopping.Done(), log)
	if err != nil {
		return err
	}
	defer front.sum()
	return proxy.Server{
		Listen:      cfg.Site.Listen,
		Site:        front.handler,
		Drain:       cfg.Site.StopTimeout,
		Connections: cfg.Limits.Connections,
		HeaderBytes: int(cfg.Limits.HeaderSize),
		H2C:         cfg.Limits.H2C,

		Admin:  cfg.Site.AdminListen,
		Health: proxy.Health(&cfg.Site.Upstream, ctx.Done()),
		Fronts: cfg.Site.Upstream.String(),
		Ready:  ready,
		Errors: front.errors,
		Log:    log,
	}.Serve(stopping)
}

// A facade is what stands in front of the site.
type facade struct {
	handler http.Handler
	errors  *proxy.ErrorPages
	sum     func() // logs what came by
}

// newFacade puts the rooms together, and is the only place that knows them all. It names what stands around the site, and then lists the
// layers: a request passes them as they stand here, and its answer from the last to the first. Leaving is closed when the program is
// asked to stop, stopping when no more visitors are let in.
func newFacade(cfg *config.Config, leaving, stopping <-chan struct{}, log *slog.Logger) (*facade, error) {
	var hidden []string // beginnings of names of cookies
	if cfg.Privacy.HideWidgetCookies {
		hidden = tawk.Cookies()
	}
	errors := proxy.NewErrorPages(cfg.Site.Name, log)
	toSite := func(transport http.RoundTripper) http.Handler {
		return proxy.New(&cfg.Site.Upstream, proxy.Options{
			Transport: transport, Trusted: cfg.Site.TrustedProxies, HideCookies: hidden, Stopping: stopping, Errors: errors, Log: log,
		})
	}
	// Questions have connections of their own: those of the pages may all be taken, by slow downloads for instance.
	source, err := openSource(cfg, toSite(proxy.NewTransport(&cfg.Site.Upstream)), toldOfHarm(log))
	if err != nil {
		return nil, err
	}
	for _, warning := range cfg.Warnings() {
		log.Warn(warning)
	}
	log.Info("tawkproxy "+version(), "settings", cfg)
	log.Info("reading who is logged in", "source", source)

	about := source.About()
	hints := newSessionHints(cfg, about, log)
	verdicts := &verdicts{log: log}
	widget := newWidget(cfg, &droppedFields{log: log})
	identity := newIdentity(cfg, source, widget, hints)
	file := tawk.NewFile(tawk.Script())
	reach := newReach(file.Path(widget.Own), log)
	file.Asked = reach.hear
	insert, err := inserting(cfg, widget, file, pageHooks{
		data: identity.page, copy: about.Look, reached: reach.known, observe: verdicts.observe, warn: (&cspWarnings{log: log}).warn,
	})
	if err != nil {
		return nil, err
	}
	pages := proxy.NewTransport(&cfg.Site.Upstream)
	pages.MaxConnsPerHost = cfg.Limits.SiteConnections

	requests := []proxy.Middleware{
		accessLog(cfg, log),
		proxy.Recover(errors), // inside the access log, so that the line shows the 500
		proxy.Leave(leaving),
		proxy.WellFormed(errors),
		proxy.Scheme(cfg.Site.TrustedProxies), // which cookies count may depend on it
		withMarker,
		proxy.SiteCookies(hidden), // before all that reads them: the site's view is theirs
		about.Guard,
		proxy.OwnPaths(widget.Owns, &tawk.Handler{
			Widget: widget, Identify: identity.visitor, Reports: tawk.NewReports(log), File: file, Client: share(cfg),
		}),
		proxy.Places(cfg.Limits.SiteConnections, share(cfg), errors),
	}
	answers := []func(http.RoundTripper) http.RoundTripper{
		marking(about),
		hints.watching,
		about.Transport, // outside of insert, which may look at what it takes out
		insert,
	}
	return &facade{
		handler: proxy.Chain(toSite(proxy.Transports(pages, answers...)), requests...),
		errors:  errors,
		sum:     func() { verdicts.sum(); hints.sum() },
	}, nil
}

func newLogger(cfg *config.Config, w io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: cfg.Log.Level}
	if cfg.Log.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// accessLog is nil when no requests are to be logged: then nothing is noted of them, nor is there a layer for it.
func accessLog(cfg *config.Config, log *slog.Logger) proxy.Middleware {
	if cfg.Log.Access == "off" {
		return nil
	}
	return proxy.AccessLog(log, cfg.Log.Access == "queries")
}

func newWidget(cfg *config.Config, dropped *droppedFields) *tawk.Widget {
	return &tawk.Widget{
		PropertyID: cfg.Widget.Property,
		WidgetID:   cfg.Widget.ID,
		Key:        cfg.Widget.Key.Reveal(),
		Origin:     cfg.Widget.Origin.String(),
		Embed:      cfg.Widget.Embed == "auto",
		Once:       cfg.Widget.Login == "once",
		Own:        cfg.Site.OwnPrefix,
		Omitted:    dropped.tell,
	}
}

// share tells visitors apart by where they come from.
func share(cfg *config.Config) func(*http.Request) string {
	return func(r *http.Request) string { return proxy.Share(proxy.Client(r, cfg.Site.TrustedProxies)).String() }
}
