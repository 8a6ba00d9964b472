package admin

import (
	"context"
	"sync"
	"time"
)

// A tally is how many pages there were, by what a chart tells apart.
type tally struct{ login, anonymous, asking, unknown, skipped uint64 }

func (t tally) plus(o tally) tally {
	return tally{t.login + o.login, t.anonymous + o.anonymous, t.asking + o.asking, t.unknown + o.unknown, t.skipped + o.skipped}
}

func (t tally) minus(o tally) tally {
	return tally{t.login - o.login, t.anonymous - o.anonymous, t.asking - o.asking, t.unknown - o.unknown, t.skipped - o.skipped}
}

func (t tally) sum() uint64 { return t.login + t.anonymous + t.asking + t.unknown + t.skipped }

// tally reads the counters.
func (f *Figures) tally() tally {
	return tally{
		login:     f.Pages.value(Inserted, User),
		anonymous: f.Pages.value(Inserted, Nobody),
		asking:    f.Pages.value(Inserted, Ask),
		unknown:   f.Pages.value(Inserted, Unknown),
		skipped:   f.Pages.sum(Skipped),
	}
}

// day is how many minutes are kept.
const day = 24 * 60

// A history keeps what came in each minute of the last day. It looks at counters now and then, so that nobody else need think of it.
type history struct {
	read func() tally

	mu      sync.Mutex
	minutes [day]tally // by minutes of the Unix time, modulo the day
	seen    tally      // the counters when they were last looked at
	minute  int64      // in which that was
}

func newHistory(read func() tally) *history { return &history{read: read} }

// run looks at the counters at the end of every minute until ctx ends.
func (h *history) run(ctx context.Context) {
	for {
		h.look(time.Now())
		next := time.Now().Truncate(time.Minute).Add(time.Minute)
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Until(next)):
		}
	}
}

// look takes what has come since it last looked for that of the minute when it did so.
func (h *history) look(now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.catchUp(now)
}

func (h *history) catchUp(now time.Time) {
	minute := now.Unix() / 60
	if h.minute == 0 || h.minute < minute-day {
		h.minute = minute - day
	}
	total := h.read()
	h.minutes[h.minute%day] = h.minutes[h.minute%day].plus(total.minus(h.seen))
	h.seen = total
	for h.minute < minute {
		h.minute++
		h.minutes[h.minute%day] = tally{}
	}
}

// last returns the tallies of so many spans of so many minutes, up to now, oldest first.
func (h *history) last(now time.Time, spans, minutes int) []tally {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.catchUp(now)
	all := make([]tally, spans)
	first := h.minute - int64(spans*minutes) + 1
	for i := range all {
		for m := range minutes {
			all[i] = all[i].plus(h.minutes[(first+int64(i*minutes+m))%day])
		}
	}
	return all
}
