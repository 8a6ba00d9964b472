package main

import (
	"log/slog"
	"net/http"
	"sync"

	"tawkproxy/inject"
)

// cspWarnings logs what in the policies of pages stops the widget: each thing once, with what to do.
type cspWarnings struct {
	extend bool // what can be added from outside has been
	log    *slog.Logger

	mu   sync.Mutex
	told map[inject.Warning]bool
}

// mostCSPWarnings bounds what is remembered, and so what is said.
const mostCSPWarnings = 50

func (c *cspWarnings) warn(r *http.Request, warnings []inject.Warning) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.told == nil {
		c.told = make(map[inject.Warning]bool)
	}
	for _, w := range warnings {
		if c.told[w] || len(c.told) == mostCSPWarnings {
			continue
		}
		c.told[w] = true
		c.log.Warn("a page's policy keeps the chat widget out, or a part of it; this is said once",
			"path", r.URL.Path, "policy", w.String(), "remedy", c.remedy(w))
	}
}

func (c *cspWarnings) remedy(w inject.Warning) string {
	switch {
	case w.Lacks != "" && !c.extend:
		return "add this to the site's Content-Security-Policy, or set TAWK_CSP=extend"
	case w.Lacks != "":
		return "add this to the Content-Security-Policy at the site: it stands in the page, or must not be changed on the way"
	}
	return "take this header or directive away where the chat is wanted, or name the page in TAWK_EXCLUDE"
}
