// Command tawkproxy stands in front of a website and tells its tawk.to chat widget who is logged in.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	ctx, stop := context.WithCancelCause(context.Background())
	go func() {
		asked := <-signals
		signal.Stop(signals) // a second signal ends the program at once
		stop(signalled{asked})
	}()
	code := run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr)
	os.Exit(code)
}
