package main

import (
	"fmt"
	"io"
)

// A peer is a proxy that takes part.
type peer struct {
	name    string
	pid     int
	address string
	mark    string            // stands in what it puts into pages; "": it passes them on
	takes   func(c kind) bool // the cases in which it takes part
}

// The names of peers that are told apart later on.
const (
	tuned   = "tuned"
	program = "tawkproxy"
)

func everything(kind) bool { return true }

// startPeers starts all that there are.
func startPeers(p *processes, o options, folder, site string, out io.Writer) (peers []*peer, err error) {
	for _, role := range []string{"bare", tuned} {
		pid, address, err := p.play(role, site)
		if err != nil {
			return nil, err
		}
		peers = append(peers, &peer{name: role, pid: pid, address: address, takes: everything})
	}
	built, err := build(p.ctx, folder)
	if err != nil {
		return nil, err
	}
	for _, own := range []struct{ name, path string }{{program, built}, {program + " -old", o.old}} {
		if own.path == "" {
			continue
		}
		one, err := startProgram(p, own.path, site)
		if err != nil {
			return nil, err
		}
		one.name = own.name
		peers = append(peers, one)
	}
	nginx, err := findNginx()
	if err != nil {
		fmt.Fprintln(out, "nginx is not installed: it does not take part")
		return peers, nil
	}
	for _, way := range nginxWays() {
		one, err := startNginx(p, nginx, folder, site, way)
		if err != nil {
			return nil, err
		}
		peers = append(peers, one)
	}
	return peers, nil
}
