package admin

import (
	"sync"
	"time"
)

// Reports are what browsers tell of calls to tawk.to that failed, by stage and code.
type Reports struct {
	counters *Counters

	mu   sync.Mutex
	last map[[2]string]time.Time
}

func newReports(labels []Label) *Reports {
	return &Reports{
		counters: newCounters("tawkproxy_widget_reports_total", "Calls to tawk.to that failed, as browsers report them.",
			"stage", "code", labels),
		last: make(map[[2]string]time.Time),
	}
}

// Inc counts a report.
func (r *Reports) Inc(stage, code string) {
	r.counters.Inc(stage, code)
	if key := [2]string{stage, code}; r.counters.counts[key] != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.last[key] = time.Now()
	}
}

// of returns how many reports of a code there were, and when the last one came.
func (r *Reports) of(code string) (n uint64, last time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, l := range r.counters.labels {
		if l.Second != code {
			continue
		}
		n += r.counters.value(l.First, l.Second)
		if at := r.last[[2]string{l.First, l.Second}]; at.After(last) {
			last = at
		}
	}
	return n, last
}

// remedy says what mends what browsers report with a code.
func (r *Reports) remedy(code string) string {
	for _, l := range r.counters.labels {
		if l.Second == code {
			return l.Meaning
		}
	}
	return ""
}
