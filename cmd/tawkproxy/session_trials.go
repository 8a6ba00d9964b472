package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	"tawkproxy/config"
	"tawkproxy/proxy"
	"tawkproxy/session"
	"tawkproxy/session/recipe"
	"tawkproxy/session/store"
)

// startTrials finds out, beside a program that starts, what it could not do for its first visitor: reach the site, and read what visits are
// looked up in. Each is a line of the log, by the setting to mend. End waits until nothing more is logged.
func startTrials(ctx context.Context, cfg *config.Config, way proxy.Way, source session.Source, log *slog.Logger) (end func()) {
	ctx, cancel := context.WithTimeout(ctx, checkStore)
	var running sync.WaitGroup
	running.Go(func() {
		if broken, ok := errors.AsType[proxy.Unreachable](proxy.Reach(ctx, way)); ok && ctx.Err() == nil {
			log.Warn("the site cannot be reached yet", "setting", "TAWK_UPSTREAM", "cause", broken.Site+" "+broken.Cause, "remedy", broken.Remedy)
		}
	})
	running.Go(func() {
		if source == nil {
			return
		}
		about := source.About()
		if about.Try == nil {
			return
		}
		remedies := newRemedies(cfg, about)
		for _, trial := range about.Try(ctx, false) {
			if trial.Err != nil && ctx.Err() == nil {
				log.Warn("what visits are looked up in cannot be read, so who is logged in is not known", "setting", remedies.place(trial),
					"of", trial.Of, "cause", trial.Err, "remedy", remedies.trial(trial))
			}
		}
	})
	return func() { cancel(); running.Wait() }
}

// trial says what to do about what a source could not read, or about what may be wrong with it.
func (m sessionRemedies) trial(t session.Trial) string {
	switch {
	case t.Err != nil && t.Keys:
		return m.reach(m.place(t), store.FaultOf(t.Err))
	case t.Err != nil:
		return m.unknown(t.Err)
	case t.Near != "":
		return m.record()
	}
	return "is " + m.place(t) + " where the site keeps its sessions?"
}

// place names the setting by which a source reads something.
func (m sessionRemedies) place(t session.Trial) string {
	query, asked := errors.AsType[*recipe.QueryError](t.Err)
	switch {
	case t.Keys:
		return m.inForce(m.kind.Keys)
	case asked && query.Setting != "" && (query.Remedy != "" || store.Misput(query.Err)):
		return query.Setting
	case asked && query.Setting == "", m.store() == "TAWK_SESSION_STORE" && m.cfg.Session.Store.Reveal() == "database":
		return "TAWK_USER_DSN"
	}
	return m.store()
}
