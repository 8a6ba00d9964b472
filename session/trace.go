package session

import (
	"context"
	"time"
)

type traceKey struct{}

// Traced returns a context in which a source tells each step that it has taken: "the record sess_… is there, in files in /tmp". The
// step at which it ends is in its error. What is told names keys and places and never holds anything of a session. Told may be called
// by several at once.
func Traced(ctx context.Context, told func(step string)) context.Context {
	return context.WithValue(ctx, traceKey{}, told)
}

// Tracer returns what hears of the steps; nil: nobody does.
func Tracer(ctx context.Context) func(step string) {
	told, _ := ctx.Value(traceKey{}).(func(string))
	return told
}

// A Trial is what came of reading a place of the site's without a visitor: a store, or a database.
type Trial struct {
	Of    string        // what was read, in words
	Err   error         // why it cannot be read; nil: it can
	Doubt string        // what may be wrong all the same; "": nothing is known
	Near  string        // names of what stands there instead: keys without ids, tables; "": nothing is known
	Took  time.Duration // to answer, once there was a connection
	Keys  bool          // these are keys, which are fetched from there
}
