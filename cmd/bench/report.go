package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Between these lines of docs/cost.md stands what was measured.
const (
	beginMark = "<!-- written by cmd/bench: begin -->\n"
	endMark   = "<!-- written by cmd/bench: end -->\n"
)

// report is the tables.
func (f *figures) report() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Measured on %s. Medians of %d rounds of %v, in brackets the middle half.\n\n", f.machine, f.options.rounds, f.options.time)
	f.costs(&b)
	f.speeds(&b)
	f.memories(&b)
	f.waits(&b)
	return b.String()
}

// costs is the table of CPU time.
func (f *figures) costs(b *strings.Builder) {
	base, own := f.named(tuned), f.named(program)
	fmt.Fprint(b, "CPU time of the proxy for each answer: of tuned in microseconds, of the others in terms of tuned; and of tawkproxy in terms of "+
		"nginx' cheapest way to insert.\n\n| | tuned | bare | nginx, passing on | **tawkproxy** | nginx, inserting | **tawkproxy / nginx** |\n|---|--:|--:|--:|--:|--:|--:|\n")
	for _, w := range f.works {
		row := []string{w.name, microseconds(f.cpu(w, base))}
		for _, name := range []string{"bare", "nginx"} {
			row = append(row, f.times(w, f.named(name), base, false))
		}
		row = append(row, "**"+f.times(w, own, base, true)+"**")
		if best := f.cheapest(w); best != nil {
			row = append(row, f.times(w, best, base, false)+" "+strings.TrimPrefix(best.name, "nginx "), "**"+f.times(w, own, best, true)+"**")
		} else {
			row = append(row, "", "")
		}
		fmt.Fprintf(b, "| %s |\n", strings.Join(row, " | "))
	}
	fmt.Fprintln(b)
	if old := f.named(program + " -old"); old != nil {
		for _, w := range f.works {
			fmt.Fprintf(b, "%s: old %s us, %s of tuned; new / old %s\n", w.name, microseconds(f.cpu(w, old)), f.times(w, old, base, true), f.times(w, own, old, true))
		}
		fmt.Fprintln(b)
	}
}

// times is a ratio of CPU time.
func (f *figures) times(w workload, p, other *peer, withSpread bool) string {
	if p == nil {
		return ""
	}
	r := f.ratio(w, p, other, cpuOf)
	if !withSpread {
		return fmt.Sprintf("%.2f", r.median)
	}
	return fmt.Sprintf("%.2f (%.2f–%.2f)", r.median, r.low, r.high)
}

// speeds is the table of throughput and times.
func (f *figures) speeds(b *strings.Builder) {
	who := []*peer{f.named(tuned), f.named(program)}
	fmt.Fprintf(b, "Answers in a second over %d connections, and how long one takes then, in milliseconds (half of them, and 99 of 100, are faster). The site and "+
		"the browsers take their part of the same cores.\n\n| | tuned | tawkproxy | nginx, passing on | nginx, inserting |\n|---|--:|--:|--:|--:|\n", connections)
	for _, w := range f.works {
		row := []string{w.name}
		for _, p := range append(who, f.named("nginx"), f.cheapest(w)) {
			if p == nil {
				row = append(row, "")
				continue
			}
			row = append(row, fmt.Sprintf("%.0f; %.1f, %.1f", f.of(w, p, func(s sample) float64 { return s.rate }).median,
				f.of(w, p, func(s sample) float64 { return s.p50 }).median/1000, f.of(w, p, func(s sample) float64 { return s.p99 }).median/1000))
		}
		fmt.Fprintf(b, "| %s |\n", strings.Join(row, " | "))
	}
	fmt.Fprintln(b)
}

// memories is the table of memory.
func (f *figures) memories(b *strings.Builder) {
	fmt.Fprintf(b, "Memory resident, in MiB: after all of this, and at most while %d clients load pages of 1 MB.\n\n| | after | %[1]d clients |\n|---|--:|--:|\n", crowd)
	for _, p := range f.peers {
		fmt.Fprintf(b, "| %s | %.0f | %.0f |\n", p.name, f.after[p], spreadOf(f.peak[p]).median)
	}
	fmt.Fprintln(b)
}

// waits is the table of slow pages.
func (f *figures) waits(b *strings.Builder) {
	fmt.Fprintf(b, "When the first byte of a page is there of which the site sends 8 KB, rests for %v and sends the rest; in milliseconds.\n\n"+
		"| | chunked | of a length told before |\n|---|--:|--:|\n", slowPause)
	for _, name := range append([]string{""}, namesOf(f.peers)...) {
		title := name
		if name == "" {
			title = "the site itself"
		}
		fmt.Fprintf(b, "| %s | %.1f | %.1f |\n", title, spreadOf(f.slow[0][name]).median, spreadOf(f.slow[1][name]).median)
	}
}

func namesOf(peers []*peer) (names []string) {
	for _, p := range peers {
		names = append(names, p.name)
	}
	return names
}

func microseconds(us float64) string {
	if us < 10 {
		return fmt.Sprintf("%.1f", us)
	}
	return fmt.Sprintf("%.0f", us)
}

// write puts the tables and the plot into the folder of the documents.
func (f *figures) write(docs string) error {
	name := filepath.Join(docs, "cost.md")
	page, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(page), beginMark)
	_, behind, also := strings.Cut(rest, endMark)
	if !ok || !also {
		return errors.New(name + " has no place for the figures: it lacks the lines that mark it")
	}
	if err := os.WriteFile(name, []byte(before+beginMark+"\n"+f.report()+"\n"+endMark+behind), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(docs, "cost.svg"), f.plot(), 0o644)
}
