package admin

import (
	"context"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

// Problems is a [slog.Handler] beside the log's own. It keeps the last distinct warnings and errors for the page, and of other lines
// those that come with a remedy; a problem is told from another by what it says and what mends it. Nothing is kept that might say something about a person: of the values, those
// that are named here; and no line that a library wrote, in which addresses of visitors stand.
type Problems struct {
	log    slog.Handler
	shown  []string
	with   []slog.Attr // of the logger
	within bool        // a group, whose values are not shown
	kept   *kept
}

// mostProblems bounds how many are kept.
const mostProblems = 20

// kept is what handlers of one log have in common.
type kept struct {
	mu  sync.Mutex
	all []problem // the one that came last is the last
}

// A problem is what the log said once or more.
type problem struct {
	Level       slog.Level
	Says        string
	Remedy      string
	Details     []slog.Attr // of the last time
	Times       int
	First, Last time.Time
}

// NewProblems makes the handler. Shown are the names of values that say nothing about a person.
func NewProblems(log slog.Handler, shown ...string) *Problems {
	return &Problems{log: log, shown: shown, kept: &kept{}}
}

// Enabled implements [slog.Handler].
func (p *Problems) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn || p.log.Enabled(ctx, level)
}

// Handle implements [slog.Handler].
func (p *Problems) Handle(ctx context.Context, r slog.Record) error {
	if r.Level >= slog.LevelInfo && own(r) {
		p.keep(r)
	}
	if !p.log.Enabled(ctx, r.Level) {
		return nil
	}
	return p.log.Handle(ctx, r)
}

// own tells whether a line is written here, and not in a library.
func own(r slog.Record) bool {
	frame, _ := runtime.CallersFrames([]uintptr{r.PC}).Next()
	return strings.HasPrefix(frame.Function, "tawkproxy/") || strings.HasPrefix(frame.Function, "main.")
}

// WithAttrs implements [slog.Handler].
func (p *Problems) WithAttrs(attrs []slog.Attr) slog.Handler {
	deeper := *p
	deeper.log = p.log.WithAttrs(attrs)
	if !p.within {
		deeper.with = slices.Concat(p.with, attrs)
	}
	return &deeper
}

// WithGroup implements [slog.Handler].
func (p *Problems) WithGroup(name string) slog.Handler {
	deeper := *p
	deeper.log, deeper.within = p.log.WithGroup(name), true
	return &deeper
}

func (p *Problems) keep(r slog.Record) {
	now := problem{Level: r.Level, Says: r.Message, Times: 1, First: r.Time, Last: r.Time}
	take := func(a slog.Attr) bool {
		switch value := a.Value.Resolve(); {
		case a.Key == "remedy":
			now.Remedy = value.String()
		case value.Kind() == slog.KindAny && value.Any() == nil: // a cause that there is none of
		case slices.Contains(p.shown, a.Key):
			now.Details = append(now.Details, slog.String(a.Key, value.String()))
		}
		return true
	}
	for _, a := range p.with {
		take(a)
	}
	if !p.within {
		r.Attrs(take)
	}
	if now.Level < slog.LevelWarn && now.Remedy == "" {
		return
	}
	k := p.kept
	k.mu.Lock()
	defer k.mu.Unlock()
	same := func(old problem) bool { return old.Says == now.Says && old.Remedy == now.Remedy }
	if i := slices.IndexFunc(k.all, same); i >= 0 {
		now.Times, now.First = k.all[i].Times+1, k.all[i].First
		k.all = slices.Delete(k.all, i, i+1)
	} else if len(k.all) == mostProblems {
		k.all = slices.Delete(k.all, 0, 1)
	}
	k.all = append(k.all, now)
}

// last returns the problems, newest first.
func (p *Problems) last() []problem {
	p.kept.mu.Lock()
	defer p.kept.mu.Unlock()
	all := slices.Clone(p.kept.all)
	slices.Reverse(all)
	return all
}
