package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"syscall"
	"time"
)

// signalled is why the program's context ended, if a signal asked for that.
type signalled struct{ os.Signal }

func (s signalled) Error() string { return s.String() }

// lingering ends when ctx has ended, and after SIGTERM when the delay is over, too: who sends it, such as Kubernetes, may send
// visitors for a moment longer. A person who presses Ctrl-C does not wait.
func lingering(ctx context.Context, delay time.Duration, log *slog.Logger) (context.Context, context.CancelFunc) {
	later, end := context.WithCancel(context.WithoutCancel(ctx))
	context.AfterFunc(ctx, func() {
		defer end()
		reason, ok := errors.AsType[signalled](context.Cause(ctx))
		if !ok || reason.Signal != syscall.SIGTERM || delay == 0 {
			return
		}
		log.Info("asked to stop: not ready any more, and each connection ends with its next answer", "listening_for", delay)
		select {
		case <-time.After(delay):
		case <-later.Done():
		}
	})
	return later, end
}
