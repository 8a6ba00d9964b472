package tawk

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// A Report is what the script tells of a failed call. It holds nothing about the visitor.
type Report struct {
	Code  int    `json:"code"`  // 400, 401 or 500; 408 if the widget never called back; 0 for an error of an unknown kind
	Stage string `json:"stage"` // login or logout
}

// remedies tells the operator what to do about each code. Reports of other codes are refused.
var remedies = map[int]string{
	0:   "an error of an unknown kind: see the console of a browser",
	400: "one of the user's details is not as tawk.to wants it: see the console of a browser for their names",
	401: "check that TAWK_SECRET_KEY is the key of this property and that Secure Mode is on: " +
		"Administration > Overview > JavaScript API in the tawk.to dashboard",
	408: "the widget never called back: nothing to do unless it goes on",
	500: "tawk.to is busy or out of the visitor's reach: the script tries again",
}

// Anybody can send reports, so their number is bounded, and so is that of the log lines about each kind.
const (
	maxReport        = 1 << 10 // bytes
	reportsPerSecond = 20
	reportLogPause   = time.Minute
)

// Reports counts what scripts report and says it in the log, with the remedy.
type Reports struct {
	log     *slog.Logger
	limiter *rate.Limiter

	mu    sync.Mutex
	kinds map[Report]*tally
}

type tally struct {
	count int
	lines rate.Sometimes
}

// NewReports returns Reports that write to log.
func NewReports(log *slog.Logger) *Reports {
	return &Reports{
		log:     log,
		limiter: rate.NewLimiter(reportsPerSecond, 5*reportsPerSecond),
		kinds:   make(map[Report]*tally),
	}
}

// Counts returns how often each kind was reported. There are ten kinds at most.
func (s *Reports) Counts() map[Report]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	counts := make(map[Report]int, len(s.kinds))
	for kind, tally := range s.kinds {
		counts[kind] = tally.count
	}
	return counts
}

func (s *Reports) serve(w http.ResponseWriter, r *http.Request) {
	if !s.limiter.Allow() {
		http.Error(w, "too many reports", http.StatusTooManyRequests)
		return
	}
	var report Report
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxReport)).Decode(&report)
	remedy, known := remedies[report.Code]
	if err != nil || !known || report.Stage != "login" && report.Stage != "logout" {
		http.Error(w, "not a report", http.StatusBadRequest)
		return
	}
	s.count(report, remedy)
	w.WriteHeader(http.StatusNoContent)
}

func (s *Reports) count(report Report, remedy string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kind := s.kinds[report]
	if kind == nil {
		kind = &tally{lines: rate.Sometimes{First: 1, Interval: reportLogPause}}
		s.kinds[report] = kind
	}
	kind.count++
	kind.lines.Do(func() {
		s.log.Warn("tawk.to refused or failed", "stage", report.Stage, "code", report.Code, "so_far", kind.count, "remedy", remedy)
	})
}
