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
	"tawkproxy/proxy/admin"
	"tawkproxy/session"
)

// outside is what serve has to do with whoever runs it. Each may be nil.
type outside struct {
	again    func() (*config.Config, error) // reads the settings once more, at each SIGHUP; nil: they stay
	reloaded func()                         // called after it, whatever came of it
	ready    func(net.Addr)                 // called with the address for browsers once it is open
}

// serve runs the proxy until ctx ends.
func serve(ctx context.Context, cfg *config.Config, stderr io.Writer, outside outside) error {
	problems := admin.NewProblems(newLogger(cfg, stderr).Handler(), harmless...)
	log := slog.New(problems)
	stopping, stop := lingering(ctx, cfg.Site.StopDelay, log)
	defer stop()
	secure, err := newSecure(cfg, log)
	if err != nil {
		return err
	}
	kept, err := newKept(cfg, ctx.Done(), stopping.Done(), log)
	if err != nil {
		return err
	}
	defer kept.verdicts.sum()
	front := &reloader{outside: outside, kept: kept, secure: secure, log: log}
	if err := front.make(cfg); err != nil {
		return err
	}
	defer front.sum()
	front.listen(stopping)
	defer startTrials(ctx, cfg, kept.wayNow(), front.front.Load().source, log)()
	return proxy.Server{
		Listen:      cfg.Site.Listen,
		Site:        front,
		TLS:         secure.config,
		Redirect:    secure.redirect,
		Plain:       secure.plain,
		Drain:       cfg.Site.StopTimeout,
		Connections: cfg.Limits.Connections,
		HeaderBytes: int(cfg.Limits.HeaderSize),
		HeaderTime:  cfg.Limits.HeaderTime,
		IdleTime:    cfg.Limits.IdleTime,
		H2C:         cfg.Limits.H2C,

		Admin:  cfg.Site.AdminListen,
		Health: newAdmin(stopping, cfg, proxy.Health(kept.wayNow, ctx.Done()), kept.figures, problems, front.settings),
		Fronts: cfg.Site.Upstream.String(),
		Ready: func(listen net.Addr) {
			secure.obtain(stopping)
			if outside.ready != nil {
				outside.ready(listen)
			}
		},
		Errors: kept.errors,
		Log:    log,
	}.Serve(stopping)
}

// A facade is what stands in front of the site.
type facade struct {
	handler http.Handler
	source  session.Source // nil: nobody is asked
	sum     func()         // logs who came by
	close   func()         // ends what it alone has open
}

// newFacade puts the rooms together, and is the only place that knows them all. It names what stands around the site, and then lists the
// layers: a request passes them as they stand here, and its answer from the last to the first.
func newFacade(cfg *config.Config, kept *kept, log *slog.Logger) (_ *facade, err error) {
	for _, warning := range cfg.Warnings() {
		log.Warn(warning)
	}
	log.Info("tawkproxy "+version(), "settings", cfg)
	if !cfg.Site.Enabled {
		log.Warn("TAWK_ENABLED=false: everything passes as it comes, and no page says who is logged in")
		return passing(cfg, kept, log), nil
	}
	opened := &openStores{}
	defer func() {
		if err != nil {
			opened.close()
		}
	}()
	// Questions have connections of their own: those of the pages may all be taken, by slow downloads for instance.
	source, err := openSource(cfg, kept.waits, kept.toSite(&kept.questions), toldOfHarm(log), opened.add, watch(kept.figures))
	if err != nil {
		return nil, err
	}
	log.Info("reading who is logged in", "source", source)

	about := source.About()
	hints := newSessionHints(cfg, about, log)
	widget := newWidget(cfg, &droppedFields{log: log})
	explain := newExplainer(cfg.Log.ExplainToken.Reveal(), widget.Owns)
	identity := newIdentity(cfg, source, widget, hints, explain.telling(kept.figures.Identities.Inc))
	insert, err := inserting(cfg, widget, kept.file, pageHooks{
		data: identity.page, copy: copies(about.Look), reached: kept.reach.known,
		observe: explain.observing(kept.verdicts.observe), placed: explain.placing(kept.verdicts.placed), warn: (&cspWarnings{log: log}).warn,
	})
	if err != nil {
		return nil, err
	}

	requests := []proxy.Middleware{
		explain.asks(),
		proxy.Codes(kept.figures.Requests.Inc),
		accessLog(cfg, log),
		proxy.Recover(kept.errors), // inside the access log, so that the line shows the 500
		proxy.Leave(kept.leaving),
		proxy.WellFormed(kept.errors),
		proxy.MaxBody(int64(cfg.Limits.BodySize), kept.errors),
		proxy.Scheme(cfg.Site.TrustedProxies), // which cookies count may depend on it
		withMarker,
		proxy.SiteCookies(kept.hidden), // before all that reads them: the site's view is theirs
		about.Guard,
		proxy.OwnPaths(widget.Owns, &tawk.Handler{
			Widget: widget, Identify: identity.visitor, Reports: kept.reports, File: kept.file, Client: share(cfg),
		}),
		kept.places,
	}
	answers := []func(http.RoundTripper) http.RoundTripper{
		explain.answers,
		marking(about),
		newSiteHints(log).watching,
		hints.watching,
		about.Transport, // outside of insert, which may look at what it takes out
		insert,
		proxy.FirstByte(kept.figures.FirstByte),
	}
	return &facade{
		handler: proxy.Chain(kept.toSite(proxy.Transports(&kept.pages, answers...)), requests...),
		source:  source,
		sum:     hints.sum,
		close:   opened.close,
	}, nil
}

// passing is the facade that does nothing but pass on.
func passing(cfg *config.Config, kept *kept, log *slog.Logger) *facade {
	nothing := func() {}
	return &facade{handler: proxy.Chain(kept.toSite(&kept.pages),
		newExplainer(cfg.Log.ExplainToken.Reveal(), nil).asks(),
		proxy.Codes(kept.figures.Requests.Inc),
		accessLog(cfg, log),
		proxy.Recover(kept.errors),
		proxy.Leave(kept.leaving),
		proxy.WellFormed(kept.errors),
		proxy.MaxBody(int64(cfg.Limits.BodySize), kept.errors),
		kept.places,
	), sum: nothing, close: nothing}
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
