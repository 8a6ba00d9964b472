package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"regexp"
	"time"
)

// crowd is how many clients ask at once where the most memory is wanted.
const crowd = 128

// measure starts everybody, sees that they do their work, and measures.
func measure(ctx context.Context, o options, out io.Writer) (*figures, error) {
	works, err := workloads(o.only)
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "tawkproxy-bench")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	p := newProcesses(ctx)
	defer p.stop()
	_, site, err := p.play("site", "")
	if err != nil {
		return nil, err
	}
	peers, err := startPeers(p, o, folder, site, out)
	if err != nil {
		return nil, err
	}
	f := newFigures(works, peers, o)
	f.machine = machine() + nginxVersion(ctx)
	for _, w := range works {
		for _, peer := range f.peersOf(w) {
			if err := verify(peer, w, site); err != nil {
				return nil, fmt.Errorf("%s, %s: %w", w.name, peer.name, err)
			}
			if _, _, err := load(ctx, peer.address, w.request, connections, o.time/5); err != nil { // to warm up
				return nil, fmt.Errorf("%s, %s: %w", w.name, peer.name, err)
			}
		}
	}
	for round := range o.rounds {
		fmt.Fprintf(out, "round %d of %d\n", round+1, o.rounds)
		for i, w := range works {
			taking := f.peersOf(w)
			for turn := range taking {
				peer := taking[(turn+i+round)%len(taking)]
				if err := f.cost(ctx, w, peer, o.time); err != nil {
					return nil, fmt.Errorf("%s, %s: %w", w.name, peer.name, err)
				}
			}
		}
	}
	if err := f.weigh(ctx, o); err != nil {
		return nil, err
	}
	return f, f.wait(site)
}

// cost measures one workload with one peer.
func (f *figures) cost(ctx context.Context, w workload, p *peer, lasts time.Duration) error {
	before, err := cpuTime(p.pid)
	if err != nil {
		return err
	}
	each, all, err := load(ctx, p.address, w.request, connections, lasts)
	if err != nil {
		return err
	}
	after, err := cpuTime(p.pid)
	if err != nil {
		return err
	}
	f.add(w, p, sample{
		cpu:  micros(after-before) / float64(len(each)),
		rate: float64(len(each)) / all.Seconds(),
		p50:  micros(each[len(each)/2]),
		p99:  micros(each[len(each)*99/100]),
	})
	return nil
}

// weigh measures memory: as it is when the rounds are over, and the most that many clients on the largest page make of it.
func (f *figures) weigh(ctx context.Context, o options) error {
	for _, p := range f.peers {
		now, _, err := memory(p.pid)
		if err != nil {
			return err
		}
		f.after[p] = megabytes(now)
	}
	largest, err := workloads(regexp.MustCompile("^plain " + inWords(sizes[len(sizes)-1]) + "$"))
	if err != nil {
		return err
	}
	for range min(o.rounds, 3) {
		for _, p := range f.peers {
			if err := forgetPeak(p.pid); err != nil {
				return err
			}
			if _, _, err := load(ctx, p.address, largest[0].request, crowd, 2*o.time); err != nil {
				return fmt.Errorf("%d clients, %s: %w", crowd, p.name, err)
			}
			_, peak, err := memory(p.pid)
			if err != nil {
				return err
			}
			f.peak[p] = append(f.peak[p], megabytes(peak))
		}
	}
	return nil
}

// wait measures how long a page's first byte takes when the site rests behind it.
func (f *figures) wait(site string) error {
	cookie, err := session()
	if err != nil {
		return err
	}
	for i, path := range slowPages {
		for range min(f.options.rounds, 3) {
			for _, p := range append([]*peer{{address: site}}, f.peers...) {
				c := client{address: p.address}
				a, err := c.exchange(navigation(path, cookie), nil)
				c.close()
				if err != nil {
					return fmt.Errorf("%s, %s: %w", path, p.name, err)
				}
				f.slow[i][p.name] = append(f.slow[i][p.name], micros(a.first)/1000)
			}
		}
	}
	return nil
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
func megabytes(bytes int64) float64  { return float64(bytes) / (1 << 20) }
