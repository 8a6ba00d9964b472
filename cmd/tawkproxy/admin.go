package main

import (
	"context"
	"log/slog"
	"net/http"

	"tawkproxy/config"
	"tawkproxy/proxy/admin"
)

// harmless are the values in the log that say nothing about a visitor, by their names. Paths and hosts are what visitors ask for.
var harmless = []string{"verdict", "cause", "reason", "visits", "cookie", "looked_for", "request_has", "site_sets", "harm", "detail", "policy",
	"stage", "code", "so_far", "address", "fields", "has", "most", "waiting", "setting", "times", "id"}

// newAdmin is what the admin listener answers, until ctx ends. Settings returns those in force.
func newAdmin(ctx context.Context, cfg *config.Config, health http.Handler, figures *admin.Figures, problems *admin.Problems,
	settings func() *config.Config) http.Handler {
	if cfg.Site.AdminListen != "" && !cfg.AdminLocal() && !cfg.Site.AdminToken.IsSet() {
		slog.New(problems).Info("TAWK_ADMIN_LISTEN is not an address of this machine alone, so its page and metrics are closed, and only " +
			"/healthz and /readyz answered, until TAWK_ADMIN_TOKEN is set")
	}
	return admin.New(ctx, admin.Options{
		Health:   health,
		Figures:  figures,
		Problems: problems,
		Settings: func() []slog.Attr { return settings().LogValue().Group() },
		Site:     cfg.Site.Upstream.String(),
		Token:    func() string { return settings().Site.AdminToken.Reveal() },
		Local:    cfg.AdminLocal(),
	})
}
