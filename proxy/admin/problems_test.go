package admin

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestProblems(t *testing.T) {
	var out bytes.Buffer
	problems := NewProblems(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelError}), "cause", "visits", "secret")
	log := slog.New(problems)
	log.Debug("somebody looks closely", "remedy", "none")
	log.Info("nothing to mend", "visits", 1)
	log.Info("below what is logged", "remedy", "none")
	log.Warn("nobody yet", "visits", 10, "path", "/customers/ada", "remedy", "the cookie")
	log.Warn("nobody yet", "visits", 100, "path", "/customers/bob", "remedy", "the cookie")
	log.Warn("nobody yet", "visits", 1, "remedy", "the store", "cause", error(nil))
	log.With("visits", 7, "path", "/ada").WithGroup("g").Error("down", "cause", errors.New("refused"))
	faulty := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("from 127.0.0.1") }))
	faulty.Config.ErrorLog = slog.NewLogLogger(log.Handler(), slog.LevelError)
	faulty.Start()
	http.Get(faulty.URL) // which says: panic serving, and the visitor's address
	faulty.Close()

	var got []string
	for _, p := range problems.last() {
		got = append(got, fmt.Sprint(p.Level, " ", p.Says, " ", p.Remedy, " ", p.Details, " ", p.Times))
	}
	want := []string{
		"ERROR down  [visits=7] 1",
		"WARN nobody yet the store [visits=1] 1",
		"WARN nobody yet the cookie [visits=100] 2",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("kept:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	slog.New(NewProblems(slog.NewTextHandler(&out, nil))).Info("nothing to mend") // which goes to the log
	if said := out.String(); strings.Count(said, "\n") != 3 || !strings.Contains(said, "panic serving") || !strings.Contains(said, "g.cause=refused") || !strings.Contains(said, "path=/ada") {
		t.Errorf("the log itself has\n%s", said)
	}
}

// TestHints keeps what is logged without being a warning, if something can be done about it.
func TestHints(t *testing.T) {
	problems := NewProblems(slog.NewTextHandler(io.Discard, nil))
	log := slog.New(problems)
	log.Info("request", "path", "/")
	log.Info("a session has no user", "remedy", "the path")
	log.Debug("a session has no user", "remedy", "another path")
	if all := problems.last(); len(all) != 1 || all[0].Remedy != "the path" {
		t.Errorf("kept: %v", all)
	}
}

// TestProblemsAreBounded logs more of them than are kept: those stay that came last.
func TestProblemsAreBounded(t *testing.T) {
	problems := NewProblems(slog.DiscardHandler)
	log := slog.New(problems)
	for i := range 10 * mostProblems {
		log.Warn("early")
		log.Warn(fmt.Sprint("problem ", i))
	}
	all := problems.last()
	if len(all) != mostProblems || all[1].Says != "early" || all[1].Times != 10*mostProblems {
		t.Errorf("%d are kept, the second is %v", len(all), all[1])
	}
}

// TestHistory goes through two days.
func TestHistory(t *testing.T) {
	var total tally
	h := newHistory(func() tally { return total })
	now := time.Date(2026, 11, 29, 23, 58, 0, 0, time.UTC)
	h.look(now)
	logins := func(n uint64, later time.Duration) {
		total.login += n
		now = now.Add(later)
		h.look(now)
	}
	sums := func(spans, minutes int) (sums []uint64) {
		for _, t := range h.last(now, spans, minutes) {
			sums = append(sums, t.login)
		}
		return sums
	}
	logins(5, 20*time.Second)
	if got := sums(3, 1); fmt.Sprint(got) != "[0 0 5]" {
		t.Errorf("in the first minute: %v", got)
	}
	logins(2, 40*time.Second) // until the minute is over
	logins(1, 2*time.Minute)
	if got := sums(4, 1); fmt.Sprint(got) != "[7 1 0 0]" {
		t.Errorf("three minutes later: %v", got)
	}
	if got := sums(2, 2); fmt.Sprint(got) != "[8 0]" {
		t.Errorf("by two minutes: %v", got)
	}
	now = now.Add(day*time.Minute - 4*time.Minute)
	if got := sums(1, day); fmt.Sprint(got) != "[8]" {
		t.Errorf("within a day: %v", got)
	}
	now = now.Add(time.Minute)
	if got := sums(1, day); fmt.Sprint(got) != "[1]" {
		t.Errorf("a minute more: %v", got)
	}
	now = now.Add(3 * day * time.Minute)
	if got := sums(1, day); fmt.Sprint(got) != "[0]" {
		t.Errorf("days later: %v", got)
	}
}

// TestCountingAllocatesNothing holds what is done for every request.
func TestCountingAllocatesNothing(t *testing.T) {
	f := NewFigures("1", Lists{Pages: []Label{{First: Inserted, Second: User}}, Identities: []Label{{First: User, Second: "recognised"}},
		Stores: []string{"sessions"}, Caches: []string{"sessions"}})
	if n := testing.AllocsPerRun(100, func() {
		f.Requests.Inc(200)
		f.Pages.Inc(Inserted, User)
		f.Identities.Inc(User, "recognised")
		f.Identities.Inc("made", "up")
		f.FirstByte(time.Millisecond)
		f.Own(time.Microsecond)
		f.Store("sessions", time.Millisecond)
		f.Cache("sessions", true)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
	if f.Requests.class(2) != 101 || f.Pages.value(Inserted, User) != 101 || f.Identities.rest.Load() != 101 {
		t.Error("the counts are wrong")
	}
}

func BenchmarkCounting(b *testing.B) {
	f := NewFigures("1", Lists{Pages: []Label{{First: Inserted, Second: User}}, Identities: []Label{{First: User, Second: "recognised"}}})
	for b.Loop() {
		f.Requests.Inc(200)
		f.Pages.Inc(Inserted, User)
		f.Identities.Inc(User, "recognised")
		f.FirstByte(time.Millisecond)
		f.Own(time.Microsecond)
	}
}
