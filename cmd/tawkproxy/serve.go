package main

import (
	"context"
	"io"
	"log/slog"
	"net"

	"tawkproxy/config"
	"tawkproxy/inject/tawk"
	"tawkproxy/proxy"
)

// serve runs the proxy until ctx ends. This is the only place that knows all rooms; a request passes them as they stand here.
// Ready is called with the address for browsers once it is open; nil: nobody needs it.
func serve(ctx context.Context, cfg *config.Config, stderr io.Writer, ready func(net.Addr)) error {
	log := newLogger(cfg, stderr)
	stopping, stop := lingering(ctx, cfg.Site.StopDelay, log)
	defer stop()
	upstream := &cfg.Site.Upstream
	transport := proxy.NewTransport(upstream)
	transport.MaxConnsPerHost = cfg.Limits.SiteConnections
	way := proxy.Options{
		Transport: transport,
		Trusted:   cfg.Site.TrustedProxies,
		Stopping:  stopping.Done(),
		Log:       log,
	}
	if cfg.Privacy.HideWidgetCookies {
		way.HideCookies = tawk.Cookies()
	}
	// Questions have connections of their own: those of the pages may all be taken, by slow downloads for instance.
	questions := way
	questions.Transport = proxy.NewTransport(upstream)
	source, err := newSource(cfg, proxy.New(upstream, questions), toldOfHarm(log))
	if err != nil {
		return err
	}
	for _, warning := range cfg.Warnings() {
		log.Warn(warning)
	}
	log.Info("tawkproxy "+version(), "settings", cfg)
	log.Info("reading who is logged in", "source", source)

	widget := newWidget(cfg)
	widget.Omitted = (&droppedFields{log: log}).tell
	hints := newSessionHints(cfg, source, log)
	defer hints.sum()
	identity := newIdentity(cfg, source, widget, hints)
	verdicts := &verdicts{log: log}
	defer verdicts.sum()
	inserter, err := newInserter(cfg, way.Transport, widget)
	if err != nil {
		return err
	}
	inserter.Data = identity.page
	inserter.Copy = onlooker(source)
	inserter.Observe = verdicts.observe
	inserter.Warn = (&cspWarnings{log: log}).warn

	way.Transport = marked{watched{sealed(source, inserter), hints}, identity.isSession, identity.changes}
	return proxy.Server{
		Listen: cfg.Site.Listen,
		Site: proxy.Chain(proxy.New(upstream, way),
			proxy.AccessLog(log),
			proxy.Recover(log), // inside the access log, so that the line shows the 500
			proxy.Leave(ctx.Done()),
			proxy.WellFormed,
			withMarker,
			proxy.SiteCookies(way.HideCookies), // before all that reads them: the site's view is theirs
			guard(source),
			proxy.OwnPaths(widget.Owns, &tawk.Handler{
				Widget: widget, Identify: identity.visitor, Reports: tawk.NewReports(log),
				Client: share(cfg),
			}),
			proxy.Places(cfg.Limits.SiteConnections, share(cfg), log),
		),
		Connections: cfg.Limits.Connections,
		HeaderBytes: int(cfg.Limits.HeaderSize),
		H2C:         cfg.Limits.H2C,

		Admin:  cfg.Site.AdminListen,
		Health: proxy.Health(upstream, ctx.Done()),
		Fronts: upstream.String(),
		Ready:  ready,
		Log:    log,
	}.Serve(stopping)
}

func newLogger(cfg *config.Config, w io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: cfg.Log.Level}
	if cfg.Log.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

func newWidget(cfg *config.Config) *tawk.Widget {
	return &tawk.Widget{
		PropertyID: cfg.Widget.Property,
		WidgetID:   cfg.Widget.ID,
		Key:        cfg.Widget.Key.Reveal(),
		Origin:     cfg.Widget.Origin.String(),
		Embed:      cfg.Widget.Embed == "auto",
		Once:       cfg.Widget.Login == "once",
		Own:        cfg.Site.OwnPrefix,
	}
}
