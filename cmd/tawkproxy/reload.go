package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"tawkproxy/config"
	"tawkproxy/config/setting"
	"tawkproxy/proxy"
)

// A reloader serves by the facade that the settings make, and by another one once they have been read again. A request stays with the
// facade that it came to.
type reloader struct {
	outside outside
	kept    *kept
	secure  *secure
	log     *slog.Logger
	front   atomic.Pointer[facade]
	cfg     atomic.Pointer[config.Config] // that it was made of
}

// settings are those in force.
func (l *reloader) settings() *config.Config { return l.cfg.Load() }

func (l *reloader) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.front.Load().handler.ServeHTTP(w, r)
}

// closeAfter is how long what a facade alone has open stays open for the requests that came to it: longer than a page takes, as a rule.
// Who is logged in on one that takes longer is unknown.
const closeAfter = 5 * time.Minute

// make puts the facade of these settings in the place of the one that there is.
func (l *reloader) make(cfg *config.Config) error {
	next, err := newFacade(cfg, l.kept, l.log)
	if err != nil {
		return err
	}
	l.cfg.Store(cfg)
	if last := l.front.Swap(next); last != nil {
		last.sum()
		time.AfterFunc(closeAfter, last.close)
	}
	return nil
}

// sum logs who came by.
func (l *reloader) sum() { l.front.Load().sum() }

// listen has the settings read at each SIGHUP, until ctx ends.
func (l *reloader) listen(ctx context.Context) {
	if l.outside.again == nil {
		return
	}
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGHUP)
	go func() {
		defer signal.Stop(asked)
		for {
			select {
			case <-asked:
				l.reload()
				if l.outside.reloaded != nil {
					l.outside.reloaded()
				}
			case <-ctx.Done():
				return
			}
		}
	}()
}

// reload reads the settings. What can change are the files that they name: the environment of a program stays. A mistake leaves
// everything as it was.
func (l *reloader) reload() {
	l.secure.read()
	cfg, err := l.outside.again()
	var way proxy.Way
	if err == nil {
		way, err = newWay(cfg)
	}
	if err == nil {
		err = l.make(cfg)
	}
	if err == nil && way.TLS != nil {
		l.kept.lead(way, cfg.Limits.SiteConnections)
	}
	if err == nil {
		l.log.Info("SIGHUP: the files that settings name were read again, and count from now on")
		return
	}
	const words = "SIGHUP: what was read again cannot be used, so everything stays as it was"
	if mistakes, ok := errors.AsType[setting.Mistakes](err); ok {
		for _, mistake := range mistakes {
			l.log.Error(words, "setting", mistake.Name, "cause", mistake.What, "remedy", mistake.Remedy)
		}
		return
	}
	l.log.Error(words, "cause", err)
}
