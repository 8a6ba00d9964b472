package admin

import (
	"runtime"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// Figures are what is counted and timed, for Prometheus and for the page. They are made once, and outlive the parts that add to them,
// which may do so from many goroutines. To count costs an addition and a look into a map that never changes, and allocates nothing.
type Figures struct {
	Pages      *Counters // result and reason
	Identities *Counters // result and reason
	Reports    *Reports
	Caches     *Counters // cache, and hit or miss
	Requests   *Codes    // by code of the answer

	began    time.Time
	version  string
	registry *prometheus.Registry
	site     prometheus.Histogram
	own      prometheus.Histogram
	stores   map[string]prometheus.Histogram
	history  *history
}

// Lists are the values that labels may have. All else is counted as other.
type Lists struct {
	Pages      []Label // the results are those of this package
	Identities []Label // likewise
	Reports    []Label // stage and code, with the remedy
	Caches     []string
	Stores     []string
}

// NewFigures makes them, in a registry of their own.
func NewFigures(version string, lists Lists) *Figures {
	var caches []Label
	for _, cache := range lists.Caches {
		caches = append(caches, Label{cache, hit, ""}, Label{cache, miss, ""})
	}
	f := &Figures{
		Pages: newCounters("tawkproxy_pages_total", "Answers that might have been pages, by what became of them and why.",
			"result", "reason", lists.Pages),
		Identities: newCounters("tawkproxy_identities_total", "How often it was asked who is logged in, by the answer and why.",
			"result", "reason", lists.Identities),
		Reports: newReports(lists.Reports),
		Caches: newCounters("tawkproxy_cache_lookups_total", "How often it was looked whether something is remembered of a session.",
			"cache", "result", caches),
		Requests: newCodes(),
		began:    time.Now(),
		version:  version,
		registry: prometheus.NewRegistry(),
		site: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "tawkproxy_site_first_byte_seconds", Buckets: slow,
			Help: "How long the site took for the header of its answers."}),
		own: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "tawkproxy_page_overhead_seconds", Buckets: quick,
			Help: "How long pages were held up by tawkproxy itself, without what the site and its stores took."}),
		stores: map[string]prometheus.Histogram{},
	}
	f.history = newHistory(f.tally)
	for _, name := range lists.Stores {
		f.stores[name] = prometheus.NewHistogram(prometheus.HistogramOpts{Name: "tawkproxy_store_seconds", Buckets: quick,
			Help:        "How long it took to ask for what is known of a session: a store, the database or the site.",
			ConstLabels: prometheus.Labels{"store": name}})
		f.registry.MustRegister(f.stores[name])
	}
	f.registry.MustRegister(f.Pages, f.Identities, f.Reports.counters, f.Caches, f.Requests, f.site, f.own,
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "tawkproxy_build_info", Help: "1, with what was built.",
			ConstLabels: prometheus.Labels{"version": version, "goversion": runtime.Version()}}, func() float64 { return 1 }),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return f
}

// What histograms tell apart, in seconds: quick is for what takes microseconds as a rule.
var (
	quick = []float64{25e-6, 50e-6, 100e-6, 250e-6, 500e-6, 1e-3, 2.5e-3, 5e-3, 10e-3, 25e-3, 100e-3, 250e-3, 1, 5}
	slow  = []float64{1e-3, 2.5e-3, 5e-3, 10e-3, 25e-3, 50e-3, 100e-3, 250e-3, 500e-3, 1, 2.5, 5, 10, 30}
)

const (
	hit  = "hit"
	miss = "miss"
)

// FirstByte takes how long the site took for the header of an answer.
func (f *Figures) FirstByte(took time.Duration) { f.site.Observe(took.Seconds()) }

// Own takes how long a page was held up here.
func (f *Figures) Own(took time.Duration) { f.own.Observe(took.Seconds()) }

// Store takes how long one of the stores took.
func (f *Figures) Store(name string, took time.Duration) {
	if histogram := f.stores[name]; histogram != nil {
		histogram.Observe(took.Seconds())
	}
}

// Cache takes whether something was remembered.
func (f *Figures) Cache(name string, known bool) {
	if known {
		f.Caches.Inc(name, hit)
		return
	}
	f.Caches.Inc(name, miss)
}

// storeNames lists the stores.
func (f *Figures) storeNames() (names []string) {
	for name := range f.stores {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
