package tawk

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"slices"
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

// ReportKinds lists all that scripts can report.
func ReportKinds() (kinds []Report) {
	for _, stage := range []string{"login", "logout"} {
		for _, code := range slices.Sorted(maps.Keys(remedies)) {
			kinds = append(kinds, Report{Code: code, Stage: stage})
		}
	}
	return kinds
}

// Remedy says what the operator can do about it.
func (r Report) Remedy() string { return remedies[r.Code] }

// Anybody can send reports, so their size and time are bounded, their number for each client, and the log lines about each kind.
const (
	maxReport      = 1 << 10 // bytes
	reportTimeout  = 5 * time.Second
	reportLogPause = time.Minute
)

// Reports counts what scripts report and says it in the log, with the remedy.
type Reports struct {
	Heard func(Report) // hears of each, from the first on; nil: nobody does

	log     *slog.Logger
	timeout time.Duration
	shares  *shares

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
		timeout: reportTimeout,
		shares:  newShares(),
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

func (s *Reports) serve(w http.ResponseWriter, r *http.Request, client string) {
	if !s.shares.allow(client) {
		http.Error(w, "too many reports", http.StatusTooManyRequests)
		return
	}
	var report Report
	body, err := s.read(w, r)
	if err != nil {
		if r.ProtoMajor == 1 {
			// What is left of the body would stand where the next request is awaited.
			w.Header().Set("Connection", "close")
		}
		status := http.StatusBadRequest
		if errors.Is(err, os.ErrDeadlineExceeded) {
			status = http.StatusRequestTimeout
		}
		http.Error(w, "not a whole report", status)
		return
	}
	err = json.Unmarshal(body, &report)
	remedy, known := remedies[report.Code]
	if err != nil || !known || report.Stage != "login" && report.Stage != "logout" {
		http.Error(w, "not a report", http.StatusBadRequest)
		return
	}
	s.count(report, remedy)
	w.WriteHeader(http.StatusNoContent)
}

// read returns the whole body, which is short and comes at once from any script. Go's server gives whatever follows on the
// connection a time of its own.
func (s *Reports) read(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	// Without a connection, as in a test, there is nothing to wait for.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(s.timeout))
	return io.ReadAll(http.MaxBytesReader(w, r.Body, maxReport))
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
	if s.Heard != nil {
		s.Heard(report)
	}
	kind.lines.Do(func() {
		s.log.Warn("tawk.to refused or failed", "stage", report.Stage, "code", report.Code, "so_far", kind.count, "remedy", remedy)
	})
}
