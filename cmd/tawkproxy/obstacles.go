package main

import (
	"log/slog"
	"net/http"
	"sync"

	"tawkproxy/inject"
)

// obstacles logs what in the policies of pages stops the widget: each thing once, with what to do.
type obstacles struct {
	extend bool // what can be added from outside has been
	log    *slog.Logger

	mu   sync.Mutex
	told map[inject.Warning]bool
}

// mostObstacles bounds what is remembered, and so what is said.
const mostObstacles = 50

func (o *obstacles) warn(r *http.Request, warnings []inject.Warning) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.told == nil {
		o.told = make(map[inject.Warning]bool)
	}
	for _, w := range warnings {
		if o.told[w] || len(o.told) == mostObstacles {
			continue
		}
		o.told[w] = true
		o.log.Warn("a page's policy keeps the chat widget out, or a part of it; this is said once",
			"path", r.URL.Path, "policy", w.String(), "remedy", o.remedy(w))
	}
}

func (o *obstacles) remedy(w inject.Warning) string {
	switch {
	case w.Lacks != "" && !o.extend:
		return "add this to the site's Content-Security-Policy, or set TAWK_CSP=extend"
	case w.Lacks != "":
		return "add this to the Content-Security-Policy at the site: it stands in the page, or must not be changed on the way"
	}
	return "take this header or directive away where the chat is wanted, or name the page in TAWK_EXCLUDE"
}
