// Package admin is what tawkproxy tells of itself, to those who run it: metrics for Prometheus, and a page for a person.
//
//	figures.go   what is counted and timed: counters.go, reports.go, history.go; the words for it: words.go
//	problems.go  what the log has warned of
//	admin.go     the handler of the admin listener; who may see it: door.go
//	status.go    the page: view.go puts together what it shows, chart.go draws, status.html, .css and .js are its looks
//
// It knows the words of pages, users and widgets, but nothing that does something about them: others count here.
package admin

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Options are what the handler of an admin listener is made of.
type Options struct {
	Health   http.Handler // answers /healthz and /readyz, to everybody
	Figures  *Figures
	Problems *Problems
	Settings func() []slog.Attr // those in force, without secrets
	Site     string             // the site's address
	Token    func() string      // what others must know; "": nobody else is let in
	Local    bool               // only this machine can reach the listener
}

// New returns the handler of the admin listener:
//
//	GET /healthz, /readyz   see Health
//	GET /metrics            the figures, as Prometheus reads them
//	GET /                   the same and more for a person
//	POST /                  the token, typed into the page
//
// It keeps the history of the figures until ctx ends.
func New(ctx context.Context, o Options) http.Handler {
	go o.Figures.history.run(ctx)
	door := &door{token: o.Token, local: o.Local}
	metrics := promhttp.HandlerFor(o.Figures.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4})
	mux := http.NewServeMux()
	mux.Handle("GET /healthz", o.Health)
	mux.Handle("GET /readyz", o.Health)
	mux.Handle("GET /metrics", door.guard(metrics))
	mux.Handle("GET /{$}", door.guard(&status{o}))
	mux.HandleFunc("POST /{$}", door.enter)
	return mux
}
