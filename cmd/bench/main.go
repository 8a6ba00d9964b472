// Command bench measures what tawkproxy costs beside other reverse proxies, on this machine, and can write the figures into
// docs/cost.md and docs/cost.svg:
//
//	go run ./cmd/bench          # all cases, about five minutes
//	go run ./cmd/bench -write   # and write the figures down
//	go run ./cmd/bench -only 'plain|gzip 30' -rounds 9
//
// The site, each proxy and the browsers are processes of their own on loopback. The proxies take turns within each round, so that a
// machine that is busy with other things is so for all. Only ratios mean something: absolute figures drift with the machine.
//
//	the site        page.go, answers.go, site.go
//	the proxies     peers.go, reverse.go, program.go, nginx.go
//	the browsers    cases.go, client.go, load.go
//	are they right? verify.go
//	what is used    process_linux.go
//	the run         run.go, figures.go
//	what is told    report.go, plot.go
//
// It needs Linux, whose kernel tells what a process has used. nginx takes part if it is installed.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"time"
)

func main() {
	if role := os.Getenv(roleVariable); role != "" {
		play(role)
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := bench(ctx, os.Args[1:], "docs", os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// options are what the flags say.
type options struct {
	rounds int
	time   time.Duration // for each case and proxy in a round
	only   *regexp.Regexp
	old    string // another build of tawkproxy
}

// bench does what args say. The figures are written into the folder docs, and told on out.
func bench(ctx context.Context, args []string, docs string, out io.Writer) error {
	var o options
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.IntVar(&o.rounds, "rounds", 7, "how often each case is measured")
	flags.DurationVar(&o.time, "time", 500*time.Millisecond, "how long, for each case and proxy in a round")
	only := flags.String("only", "", "a pattern for the names of cases; empty: all")
	write := flags.Bool("write", false, "write the figures into docs/cost.md and docs/cost.svg")
	flags.StringVar(&o.old, "old", "", "another build of tawkproxy, to be measured beside this one")
	err := flags.Parse(args)
	if err != nil {
		return err
	}
	if o.only, err = regexp.Compile(*only); err != nil {
		return err
	}
	figures, err := measure(ctx, o, out)
	if err != nil {
		return err
	}
	fmt.Fprint(out, "\n", figures.report())
	if !*write {
		return nil
	}
	return figures.write(docs)
}
