// Command tawkproxy stands in front of a website and tells its tawk.to chat widget who is logged in.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

// collectAt has Go's runtime collect garbage when there is three times as much memory as is needed, and not twice as much. The least
// that it waits for grows from 4 to 8 MB, and a page costs a twelfth less. GOGC stays in force if it is set.
const collectAt = 200

func main() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	ctx, stop := context.WithCancelCause(context.Background())
	go func() {
		asked := <-signals
		signal.Stop(signals) // a second signal ends the program at once
		stop(signalled{asked})
	}()
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectAt)
	}
	code := run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr)
	os.Exit(code)
}
