package recipe

import (
	"context"
	"math"
	"time"

	"tawkproxy/session/record"
)

// LastOf is [LastSecond] of what PHP compares with time(): seconds that may have a fraction, be a text, or be far beyond all
// calendars.
func LastOf(seconds any) (end time.Time, ok bool) {
	n, ok := record.Decimal(seconds)
	if !ok {
		return time.Time{}, false
	}
	return LastSecond(int64(math.Floor(min(max(n, -record.MaxExact), record.MaxExact)))), true
}

// SinceModified is the step for files, whose age counts from when they were last written.
func SinceModified(_ context.Context, _ *Visit, s State) (State, error) {
	s.Issued = s.Modified
	return s, nil
}

// LastSecond is the end of a session that counts for the whole of its last second, as in PHP.
func LastSecond(unix int64) time.Time { return time.Unix(unix+1, 0) }
