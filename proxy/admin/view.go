package admin

import (
	"bytes"
	"cmp"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// A view is what the page shows.
type view struct {
	Site, Version, Up string

	Checks   []check
	Tiles    []tile
	Charts   []chart
	Pages    []table
	Who      []table
	Reports  []row
	Times    []timing
	Answers  []tile
	Kept     []tile
	Problems []shownProblem
	Settings []slog.Attr
}

// A check is a question that somebody has who looks in, and its answer.
type check struct {
	State string // good, bad, wait: the class that colours it
	Asks  string
	Says  string
	Mend  string
}

type tile struct{ Class, Name, Number, Note string }

// A table is one result and its reasons. If it can have but one, that is its meaning.
type table struct {
	Class, Name, Number, Meaning string

	Rows []row
}

type row struct{ Word, Meaning, Number string }

type timing struct{ Name, Meaning, Mean, Most string }

type shownProblem struct {
	problem
	Class string
	When  string
}

func (s *status) view(r *http.Request, now time.Time) view {
	f := s.Figures
	v := view{Site: s.Site, Version: f.version, Up: long(now.Sub(f.began))}
	v.Checks = []check{s.siteCheck(r), s.keyCheck(now), s.whoCheck(), s.pageCheck()}
	total := f.tally()
	v.Tiles = []tile{
		{"login", "with a login", number(total.login), "pages that named the user"},
		{"anonymous", "anonymous", number(total.anonymous), "pages for guests"},
		{"asking", "asking", number(total.asking), "pages whose script asks"},
		{"skipped", "skipped", number(total.skipped), "pages that went out as they came"},
	}
	if total.unknown > 0 {
		v.Tiles = append(v.Tiles, tile{"unknown", "unknown", number(total.unknown), "pages that said nothing, because nobody could tell"})
	}
	v.Charts = []chart{
		newChart("The last hour", "a minute", time.Minute, []string{"60 min ago", "45", "30", "15", "now"}, f.history.last(now, 60, 1)),
		newChart("The last day", "15 minutes", 15*time.Minute, []string{"24 h ago", "18", "12", "6", "now"}, f.history.last(now, 96, 15)),
	}
	v.Pages = tables(f.Pages, []table{
		{Class: "login", Name: Inserted}, {Class: "anonymous", Name: Unmodified}, {Class: "skipped", Name: Skipped}, {Class: "", Name: NoPage},
	})
	v.Who = tables(f.Identities, []table{{Class: "login", Name: User}, {Class: "anonymous", Name: Nobody}, {Class: "unknown", Name: Unknown}})
	for _, l := range f.Reports.counters.labels {
		if n := f.Reports.counters.value(l.First, l.Second); n > 0 {
			v.Reports = append(v.Reports, row{l.First + " " + l.Second, l.Meaning, number(n)})
		}
	}
	v.Times = s.times()
	for digit, name := range []string{2: "2xx", 3: "3xx", 4: "4xx", 5: "5xx"} {
		if name != "" {
			v.Answers = append(v.Answers, tile{Name: name, Number: number(f.Requests.class(digit))})
		}
	}
	for _, l := range f.Caches.labels {
		hits, misses := f.Caches.value(l.First, hit), f.Caches.value(l.First, miss)
		if l.Second == hit && hits+misses > 0 {
			v.Kept = append(v.Kept, tile{Name: l.First, Number: fmt.Sprintf("%d %%", hits*100/(hits+misses))})
		}
	}
	for _, p := range s.Problems.last() {
		class := "hint"
		switch {
		case p.Level >= slog.LevelError:
			class = "error"
		case p.Level >= slog.LevelWarn:
			class = "warning"
		}
		v.Problems = append(v.Problems, shownProblem{p, class, recent(now.Sub(p.Last))})
	}
	v.Settings = s.Settings()
	return v
}

// siteCheck asks as a probe does.
func (s *status) siteCheck(r *http.Request) check {
	probe := r.Clone(r.Context())
	probe.Method, probe.URL.Path = http.MethodGet, "/readyz"
	answer := &said{header: http.Header{}}
	s.Health.ServeHTTP(answer, probe)
	words := strings.TrimSpace(answer.text.String())
	if answer.status == http.StatusOK {
		return check{"good", "Is the site there?", "Yes, it accepts connections at " + s.Site + ".", ""}
	}
	return check{"bad", "Is the site there?", words, ""}
}

// said is an answer as a text.
type said struct {
	header http.Header
	status int
	text   bytes.Buffer
}

func (s *said) Header() http.Header         { return s.header }
func (s *said) WriteHeader(status int)      { s.status = cmp.Or(s.status, status) }
func (s *said) Write(p []byte) (int, error) { s.WriteHeader(http.StatusOK); return s.text.Write(p) }

// believed is how long browsers must have had nothing to report of a refused key, for it to be accepted again.
const believed = 10 * time.Minute

// keyCheck goes by what browsers report: they do so if tawk.to refuses.
func (s *status) keyCheck(now time.Time) check {
	c := check{Asks: "Does tawk.to accept the key?"}
	users := s.Figures.Identities.sum(User)
	refused, last := s.Figures.Reports.of("401")
	times := number(refused) + " times"
	if refused == 1 {
		times = "once"
	}
	switch {
	case refused > 0 && now.Sub(last) < believed:
		c.State, c.Says = "bad", fmt.Sprintf("No: browsers report a refusal, %s so far, last %s.", times, recent(now.Sub(last)))
		c.Mend = s.Figures.Reports.remedy("401")
	case refused > 0:
		c.State, c.Says = "wait", fmt.Sprintf("It was refused %s, last %s; nothing of the kind has been reported since.", times, recent(now.Sub(last)))
	case users == 0:
		c.State, c.Says = "wait", "Not known yet: nobody has been logged in."
	default:
		c.State, c.Says = "good", fmt.Sprintf("Yes, as far as browsers say: none has reported a refusal, and users were named %s.", timesOf(users))
	}
	return c
}

func (s *status) whoCheck() check {
	ids := s.Figures.Identities
	users, nobody, unknown := ids.sum(User), ids.sum(Nobody), ids.sum(Unknown)
	c := check{Asks: "Are users recognised?"}
	all := users + nobody + unknown
	switch {
	case all == 0:
		c.State, c.Says = "wait", "Nobody has come by yet."
	case unknown*10 > all:
		c.State, c.Says = "bad", fmt.Sprintf("Of %s visits, %s could not be told: see below why.", number(all), number(unknown))
	case users == 0:
		most := ids.most(Nobody)
		c.State, c.Says = "wait", fmt.Sprintf("Nobody yet, in %s. Most often %s: %s.", visits(all), most.Second, most.Meaning)
	default:
		c.State, c.Says = "good", fmt.Sprintf("Yes: %s of %s had a user.", number(users), visits(all))
	}
	return c
}

func (s *status) pageCheck() check {
	inserted, skipped := s.Figures.Pages.sum(Inserted)+s.Figures.Pages.sum(Unmodified), s.Figures.Pages.sum(Skipped)
	c := check{Asks: "Do pages get the script?"}
	switch {
	case inserted+skipped == 0:
		c.State, c.Says = "wait", "No page has been asked for yet."
	case inserted == 0:
		c.State, c.Says = "bad", fmt.Sprintf("No: all %s pages went out as they came; see below why.", number(skipped))
	case skipped == 0:
		c.State, c.Says = "good", fmt.Sprintf("Yes, all %s did.", number(inserted))
	default:
		c.State, c.Says = "good", fmt.Sprintf("Yes: %s did, %s went out as they came.", number(inserted), number(skipped))
	}
	return c
}

func timesOf(n uint64) string {
	if n == 1 {
		return "once"
	}
	return number(n) + " times"
}

func visits(n uint64) string {
	if n == 1 {
		return "1 visit"
	}
	return number(n) + " visits"
}

// tables fills tables in, most frequent reasons first, and leaves out what there is nothing of.
func tables(c *Counters, all []table) (full []table) {
	for _, t := range all {
		sum := c.sum(t.Name)
		if sum == 0 {
			continue
		}
		t.Number = number(sum)
		labels := slices.DeleteFunc(slices.Clone(c.labels), func(l Label) bool { return l.First != t.Name })
		if len(labels) == 1 {
			t.Meaning, labels = labels[0].Meaning, nil
		}
		labels = slices.DeleteFunc(labels, func(l Label) bool { return c.value(l.First, l.Second) == 0 })
		slices.SortStableFunc(labels, func(a, b Label) int { return cmp.Compare(c.value(b.First, b.Second), c.value(a.First, a.Second)) })
		for _, l := range labels {
			t.Rows = append(t.Rows, row{l.Second, l.Meaning, number(c.value(l.First, l.Second))})
		}
		t.Name = strings.ReplaceAll(t.Name, "_", " ")
		full = append(full, t)
	}
	return full
}

// times lists the histograms in which there is something.
func (s *status) times() (all []timing) {
	add := func(name, meaning string, of prometheus.Histogram) {
		var m dto.Metric
		if err := of.Write(&m); err != nil || m.Histogram.GetSampleCount() == 0 {
			return
		}
		h := m.Histogram
		mean := h.GetSampleSum() / float64(h.GetSampleCount())
		most := "more than " + short(h.Bucket[len(h.Bucket)-1].GetUpperBound())
		for _, b := range h.Bucket {
			if float64(b.GetCumulativeCount()) >= 0.95*float64(h.GetSampleCount()) {
				most = "below " + short(b.GetUpperBound())
				break
			}
		}
		all = append(all, timing{name, meaning, short(mean), most})
	}
	add("the site", "until the header of its answer", s.Figures.site)
	add("tawkproxy", "what a page was held up here", s.Figures.own)
	for _, name := range s.Figures.storeNames() {
		add(name, "asked who is logged in", s.Figures.stores[name])
	}
	return all
}

// short writes a time in seconds with about two digits.
func short(seconds float64) string {
	unit := "s"
	switch {
	case seconds < 1e-3:
		seconds, unit = seconds*1e6, "µs"
	case seconds < 1:
		seconds, unit = seconds*1e3, "ms"
	}
	if seconds < 10 && seconds != math.Trunc(seconds) {
		return fmt.Sprintf("%.1f %s", seconds, unit)
	}
	return fmt.Sprintf("%.0f %s", seconds, unit)
}

// long says how long something lasts.
func long(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%d days", int(d.Hours())/24)
}

// recent says how long ago something was.
func recent(d time.Duration) string {
	if d < 5*time.Second {
		return "just now"
	}
	return long(d) + " ago"
}
