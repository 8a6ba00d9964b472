package main

import (
	"math"
	"slices"
)

// figures are what came of a run.
type figures struct {
	works   []workload
	peers   []*peer
	options options
	machine string

	samples map[string]map[*peer][]sample // by workload: one for each round
	after   map[*peer]float64             // memory when the rounds were over, in MiB
	peak    map[*peer][]float64           // and the most under a crowd
	slow    [len(slowPages)]map[string][]float64
}

// A sample is what one workload came to in one round: CPU time for each answer and how long it took, in microseconds, and answers in
// a second.
type sample struct{ cpu, rate, p50, p99 float64 }

// slowPages are those of which the first part comes long before the rest.
var slowPages = [...]string{"/slow/chunked", "/slow/plain"}

func newFigures(works []workload, peers []*peer, o options) *figures {
	f := &figures{works: works, peers: peers, options: o, samples: map[string]map[*peer][]sample{}, after: map[*peer]float64{},
		peak: map[*peer][]float64{}}
	for i := range f.slow {
		f.slow[i] = map[string][]float64{}
	}
	return f
}

func (f *figures) add(w workload, p *peer, s sample) {
	if f.samples[w.name] == nil {
		f.samples[w.name] = map[*peer][]sample{}
	}
	f.samples[w.name][p] = append(f.samples[w.name][p], s)
}

// peersOf lists those that take part in a workload.
func (f *figures) peersOf(w workload) (taking []*peer) {
	for _, p := range f.peers {
		if p.takes(w.kind) {
			taking = append(taking, p)
		}
	}
	return taking
}

// named returns a peer, or nil.
func (f *figures) named(name string) *peer {
	for _, p := range f.peers {
		if p.name == name {
			return p
		}
	}
	return nil
}

// cheapest returns the way of nginx that inserts into such pages and costs least, or nil.
func (f *figures) cheapest(w workload) (best *peer) {
	for _, p := range f.peersOf(w) {
		if p.mark == nginxMark && (best == nil || f.cpu(w, p) < f.cpu(w, best)) {
			best = p
		}
	}
	return best
}

// cpu is the median of what an answer costs.
func (f *figures) cpu(w workload, p *peer) float64 { return f.of(w, p, cpuOf).median }

func cpuOf(s sample) float64 { return s.cpu }

// of sums up one figure of a workload.
func (f *figures) of(w workload, p *peer, figure func(sample) float64) spread {
	var values []float64
	for _, s := range f.samples[w.name][p] {
		values = append(values, figure(s))
	}
	return spreadOf(values)
}

// ratio sums up what one peer is in terms of another, round by round.
func (f *figures) ratio(w workload, p, other *peer, figure func(sample) float64) spread {
	var values []float64
	for i, s := range f.samples[w.name][p] {
		values = append(values, figure(s)/figure(f.samples[w.name][other][i]))
	}
	return spreadOf(values)
}

// A spread is a median, and between what the middle half of the values lies.
type spread struct{ low, median, high float64 }

func spreadOf(values []float64) spread {
	if len(values) == 0 {
		return spread{math.NaN(), math.NaN(), math.NaN()}
	}
	values = slices.Sorted(slices.Values(values))
	at := func(share float64) float64 {
		place := share * float64(len(values)-1)
		below, rest := math.Modf(place)
		low, high := values[int(below)], values[min(int(below)+1, len(values)-1)]
		return low + rest*(high-low)
	}
	return spread{at(0.25), at(0.5), at(0.75)}
}
