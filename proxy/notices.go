package proxy

import (
	"context"
	"crypto/rand"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// quietFor is how long a failure that has been logged is only counted, so that an outage does not flood the log; refusedFor is the
// same for requests that are refused, which anybody can send.
const (
	quietFor   = 10 * time.Second
	refusedFor = time.Minute
)

// notices tells the operator of what comes many times at once. Each line has an id.
type notices struct {
	log *slog.Logger

	mu    sync.Mutex
	kinds map[string]*notice // by what they say, which is from a closed list
}

type notice struct {
	sometimes rate.Sometimes
	count     int    // since the last line
	id        string // of that
}

// idLength is that of an id, in letters and digits of base32: enough for one in a log, and short enough to be read out.
const idLength = 8

func newID() string { return rand.Text()[:idLength] }

func newNotices(log *slog.Logger) *notices { return &notices{log: log, kinds: map[string]*notice{}} }

// tell logs a line unless there has been one of this kind just now: then that one stands for it. It returns the id of the line, or
// "" if no such lines are logged.
func (n *notices) tell(level slog.Level, quiet time.Duration, what string, about ...any) (id string) {
	if !n.log.Enabled(context.Background(), level) {
		return ""
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	kind := n.kinds[what]
	if kind == nil {
		kind = &notice{sometimes: rate.Sometimes{Interval: quiet}}
		n.kinds[what] = kind
	}
	kind.count++
	kind.sometimes.Do(func() {
		kind.id = newID()
		n.log.Log(context.Background(), level, what, append(about, "times", kind.count, "id", kind.id)...)
		kind.count = 0
	})
	return kind.id
}
