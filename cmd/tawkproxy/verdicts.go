package main

import (
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"sync"

	"tawkproxy/inject"
	"tawkproxy/proxy/admin"
)

// remedies says, for the verdicts that an operator can do something about, what that is.
var remedies = map[inject.Reason]string{
	inject.Encoding:      "the site compresses its pages in a way that cannot be undone here: switch it to gzip, br, zstd or deflate",
	inject.Charset:       "pages in this encoding stay as they are",
	inject.CharsetWindow: "name the page's charset in its Content-Type header, or earlier in its head",
	inject.WindowFull:    "the head begins too far down: raise TAWK_PAGE_WINDOW",
	inject.Timeout:       "the site sends its pages slowly: raise TAWK_PAGE_TIMEOUT if visitors can wait",
	inject.Broken:        "the site's answer broke off or is damaged: see the site's own log",
	inject.NoTransform:   "the site forbids changes by Cache-Control: no-transform",
	inject.Sandboxed:     "the page's Content-Security-Policy has a sandbox without allow-scripts",
	inject.Fault:         "please report this as a bug of tawkproxy",
}

// verdicts counts what became of pages. Each verdict that has a remedy is logged when it comes first.
type verdicts struct {
	log     *slog.Logger
	figures *admin.Figures

	mu     sync.Mutex
	counts map[inject.Reason]int
}

func (v *verdicts) observe(r *http.Request, verdict inject.Reason, err error) {
	if r.Context().Err() != nil {
		return // the browser has left: this says nothing about the page
	}
	traceOf(r.Context()).observe(verdict, err)
	if verdict != inject.Inserted {
		v.figures.Pages.Inc(resultOf(verdict), string(verdict))
	}
	v.mu.Lock()
	if v.counts == nil {
		v.counts = make(map[inject.Reason]int)
	}
	v.counts[verdict]++
	first := v.counts[verdict] == 1
	v.mu.Unlock()

	if remedy := remedies[verdict]; remedy != "" && first {
		v.log.Warn("a page went out without the login script; this is said once", "path", r.URL.Path, "verdict", verdict,
			"cause", err, "remedy", remedy)
		return
	}
	if v.log.Enabled(r.Context(), slog.LevelDebug) { // the values would be allocated for nothing
		v.log.Debug("page", "path", r.URL.Path, "verdict", verdict, "cause", err)
	}
}

// placed takes a page that was inserted into.
func (v *verdicts) placed(_ *http.Request, i inject.Insertion) {
	v.figures.Pages.Inc(admin.Inserted, i.Payload.Note)
	v.figures.Own(i.Took)
}

// sum logs the counts.
func (v *verdicts) sum() {
	v.mu.Lock()
	defer v.mu.Unlock()
	var counts []any
	for _, verdict := range slices.Sorted(maps.Keys(v.counts)) {
		counts = append(counts, slog.Int(string(verdict), v.counts[verdict]))
	}
	v.log.Info("pages so far", counts...)
}
