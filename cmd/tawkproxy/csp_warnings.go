package main

import (
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"

	"tawkproxy/inject"
)

// cspWarnings logs what in the policies of pages stops the widget: a line for each policy that has something new to say.
type cspWarnings struct {
	log *slog.Logger

	mu   sync.Mutex
	told map[inject.Warning]bool
}

// mostCSPWarnings bounds what is remembered, and so what is said.
const mostCSPWarnings = 50

// A cspSubject is what warnings share a line: where it must be mended, and how.
type cspSubject struct {
	level   slog.Level
	says    string
	remedy  string
	belongs func(w inject.Warning) bool
}

// cspSubjects lists them. A warning belongs to the first that takes it.
var cspSubjects = []cspSubject{
	{slog.LevelInfo, "the chat cannot be popped out into a window of its own; all else of it works; this is said once",
		"none is needed; where the window is wanted, answer with same-origin-allow-popups",
		func(w inject.Warning) bool { return w.Directive == "Cross-Origin-Opener-Policy" }},
	{slog.LevelWarn, "a page demands Trusted Types, which tawk.to's widget does not know, so it is not loaded there; this is said once",
		"take require-trusted-types-for away where the chat is wanted, or name the page in TAWK_EXCLUDE; a default policy " +
			"(trustedTypes.createPolicy) of the page lets the widget in, too",
		func(w inject.Warning) bool { return w.Directive == "require-trusted-types-for" }},
	{slog.LevelWarn, "a page's header keeps the chat widget out, or a part of it; this is said once",
		"take this header away where the chat is wanted, or name the page in TAWK_EXCLUDE",
		func(w inject.Warning) bool { return w.Lacks == "" }},
	{slog.LevelWarn, "a Content-Security-Policy keeps the chat widget out, or a part of it; this is said once",
		"set TAWK_CSP=extend, or add this to the site's Content-Security-Policy",
		func(w inject.Warning) bool { return w.Extendable }},
	{slog.LevelWarn, "a Content-Security-Policy in a meta element of the page keeps the chat widget out, or a part of it; this is said once",
		"add this to the policy in the page, at the site: it cannot be changed on the way",
		func(w inject.Warning) bool { return w.Meta }},
	{slog.LevelWarn, "a Content-Security-Policy keeps a part of the chat widget out; this is said once",
		"change this at the site, if the chat looks or works wrong there: nothing can be added on the way",
		func(inject.Warning) bool { return true }},
}

// subjectOf is the place of a warning's subject in the list.
func subjectOf(w inject.Warning) int {
	return slices.IndexFunc(cspSubjects, func(s cspSubject) bool { return s.belongs(w) })
}

// warn takes all that one page warns of.
func (c *cspWarnings) warn(r *http.Request, warnings []inject.Warning) {
	traceOf(r.Context()).warn(warnings)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.told == nil {
		c.told = make(map[inject.Warning]bool)
	}
	texts := make([][]string, len(cspSubjects))
	news := make([]bool, len(cspSubjects))
	for _, w := range warnings {
		i := subjectOf(w)
		texts[i] = append(texts[i], w.String())
		if !c.told[w] && len(c.told) < mostCSPWarnings {
			c.told[w], news[i] = true, true
		}
	}
	for i, subject := range cspSubjects {
		if news[i] {
			c.log.Log(r.Context(), subject.level, subject.says,
				"path", r.URL.Path, "policy", strings.Join(slices.Compact(texts[i]), "; "), "remedy", subject.remedy)
		}
	}
}
