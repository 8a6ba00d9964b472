//go:build unix

package main

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"
)

// What signals and floods do is tried on the program as it is shipped, each in seconds.
func TestProcess(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program, and takes seconds")
	}
	t.Parallel()
	binary := build(t)
	for _, test := range []struct {
		name string
		try  func(*testing.T, string)
	}{
		{"stops under load", stopsUnderLoad},
		{"an interrupt does not wait", interruptDoesNotWait},
		{"a stop is bounded", stopIsBounded},
		{"SIGHUP under load", reloadsUnderLoad},
		{"a reload is announced", reloadIsAnnounced},
		{"a replica dies", replicasDie},
		{"switched off", switchedOff},
		{"stops during downloads", stopDuringDownloads},
		{"site killed", siteKilled},
		{"store killed", storeKilled},
		{"certificate replaced", certificateReplaced},
		{"another certificate for the site", ownCertificateReplaced},
		{"rapid reset", rapidReset},
		{"CONTINUATION", continuationFlood},
		{"reports", floodOfReports},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.try(t, binary)
		})
	}
}

// A process is the program as one of its own, for what signals and memory are about.
type process struct {
	address string // for browsers
	admin   string // for probes
	cmd     *exec.Cmd
	ended   chan struct{} // closed at its end; then err is set
	err     error

	mu  sync.Mutex
	log []string
}

// spawn runs a binary in front of the site and waits until it is ready. It is killed with the test.
func spawn(t testing.TB, binary, site string, settings ...string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(binary), ended: make(chan struct{})}
	p.cmd.Env = append(demoSettings(site, "https://embed.tawk.to"), append([]string{"TAWK_LISTEN=127.0.0.1:0",
		"TAWK_ADMIN_LISTEN=127.0.0.1:0", "TAWK_LOG_FORMAT=json", "TAWK_LOG_LEVEL=info"}, settings...)...)
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ready := make(chan bool, 1)
	go func() {
		defer close(p.ended)
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			p.mu.Lock()
			p.log = append(p.log, lines.Text())
			p.mu.Unlock()
			var line struct{ Msg, Listen, Admin string }
			if json.Unmarshal(lines.Bytes(), &line); line.Msg == "ready" {
				p.address, p.admin = line.Listen, line.Admin
				ready <- true
			}
		}
		p.err = p.cmd.Wait()
	}()
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		<-p.ended
		if t.Failed() {
			t.Logf("the program said: %q", p.said())
		}
	})
	select {
	case <-ready:
	case <-p.ended:
		t.Fatalf("not ready: %q", p.said())
	case <-time.After(30 * time.Second):
		t.Fatal("not ready in time")
	}
	return p
}

// said returns what has been logged.
func (p *process) said() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log
}

// signal sends a signal, and end waits for the end that follows.
func (p *process) signal(t testing.TB, signal os.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
}

func (p *process) end(t testing.TB) {
	t.Helper()
	select {
	case <-p.ended:
		if p.err != nil {
			t.Errorf("ended with %v: %q", p.err, p.said())
		}
	case <-time.After(time.Minute):
		t.Fatalf("did not end: %q", p.said())
	}
}
