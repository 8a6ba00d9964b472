package inject

import (
	"errors"
	"io"
	"sync"
	"time"
)

const (
	defaultWindow  = 64 << 10
	defaultTimeout = 5 * time.Second

	// patience is how many reads in a row may bring nothing (see [io.Reader]).
	patience = 100
)

// A window keeps the first bytes of an answer as the site sent them, while one goroutine reads them to find the place and another
// waits for it with a time limit. Until it is settled nothing is lost: the answer can go on as if nobody had looked.
type window struct {
	site  io.ReadCloser
	limit int // how many bytes to look at, decoded

	turn sync.Mutex // held while the site is read
	mu   sync.Mutex // guards what follows, as far as the waiting goroutine looks at it
	sent []byte     // what came so far; never grows beyond its capacity
	err  error      // how it ended, if it has
	left bool       // the page went on without us: read no more

	// For [Insertion]: of the reading goroutine until it has found the place.
	timed  bool // somebody wants to know
	came   time.Time
	waited time.Duration // for the site, and for what the element says

	// Of the reading goroutine alone.
	taken   int  // how much of sent a decoder has taken
	settled bool // what comes need not be kept
}

var (
	errLeft = errors.New("the page has gone on untouched")
	errFull = errors.New("the window is full")
)

// fill waits for more bytes from the site and keeps them.
func (w *window) fill() error {
	w.turn.Lock()
	defer w.turn.Unlock()
	if w.hasLeft() {
		return errLeft
	}
	size := len(w.sent)
	if size == w.limit {
		return errFull
	}
	began := w.begin()
	n, err := w.site.Read(w.sent[size:w.limit])
	w.wait(began)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent, w.err = w.sent[:size+n], err
	return err
}

// begin is called before others are waited for, and wait behind that.
func (w *window) begin() (now time.Time) {
	if w.timed {
		now = time.Now()
	}
	return now
}

func (w *window) wait(began time.Time) {
	if w.timed {
		w.waited += time.Since(began)
	}
}

func (w *window) hasLeft() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.left
}

// leave lets the page go on untouched while the reading goroutine may still be at it.
func (w *window) leave() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.left = true
}

// Read lets a decoder read the answer from its first byte on.
func (w *window) Read(p []byte) (int, error) {
	if w.taken == len(w.sent) {
		switch {
		case w.err != nil:
			return 0, w.err
		case w.settled:
			return w.site.Read(p)
		}
		if err := w.fill(); w.taken == len(w.sent) {
			return 0, err
		}
	}
	n := copy(p, w.sent[w.taken:])
	w.taken += n
	return n, nil
}

// An untouched body is the site's own, byte for byte and error for error, whatever was read of it already.
type untouched struct {
	window *window
	given  int  // how much of what the window keeps
	alone  bool // nobody else reads the site any more

	recycle func([]byte) // takes the window's buffer at the end; nil if it may still be in use
}

func (u *untouched) Read(p []byte) (int, error) {
	w := u.window
	for {
		w.mu.Lock()
		n, err := copy(p, w.sent[u.given:]), w.err
		w.mu.Unlock()
		u.given += n
		if n > 0 || len(p) == 0 {
			return n, nil
		}
		if u.alone {
			u.forget()
			if err != nil {
				return 0, err
			}
			return w.site.Read(p)
		}
		w.await()
		u.alone = true
	}
}

func (u *untouched) Close() error { return u.window.site.Close() }

// await returns when a read that was under way has ended. No other will begin.
func (w *window) await() {
	w.turn.Lock()
	defer w.turn.Unlock()
}

// forget gives the buffer back when all of it has gone on.
func (u *untouched) forget() {
	if u.recycle != nil {
		u.recycle(u.window.sent)
		u.recycle, u.window.sent, u.given = nil, nil, 0
	}
}
