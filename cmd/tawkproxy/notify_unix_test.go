//go:build unix

package main

import (
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"syscall"
	"testing"
)

// A reload begins with the time as systemd reads it, which orders it after the signal, and ends with readiness, whatever came of it.
func reloadIsAnnounced(t *testing.T, binary string) {
	dir, err := os.MkdirTemp("", "notify")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	socket, secret := filepath.Join(dir, "s"), filepath.Join(dir, "key")
	write(t, secret, demoKey)
	next := hearing(t, socket)
	p := spawn(t, binary, "http://127.0.0.1:1", "TAWK_STOP_DELAY=0s", "TAWK_SECRET_KEY=", "TAWK_SECRET_KEY_FILE="+secret, "NOTIFY_SOCKET="+socket)
	if said := next(); said != "READY=1" {
		t.Errorf("at the start %q", said)
	}
	last := int64(0)
	for _, content := range []string{demoKey, ""} { // nothing is a mistake
		write(t, secret, content)
		p.signal(t, syscall.SIGHUP)
		said := next()
		found := regexp.MustCompile(`^RELOADING=1\nMONOTONIC_USEC=(\d+)$`).FindStringSubmatch(said)
		if found == nil {
			t.Fatalf("at a reload %q", said)
		}
		at, err := strconv.ParseInt(found[1], 10, 64)
		if err != nil || at <= last && runtime.GOOS == "linux" {
			t.Errorf("a reload at %s after one at %d", found[1], last)
		}
		last = at
		if said := next(); said != "READY=1" {
			t.Errorf("after a reload %q", said)
		}
	}
	p.signal(t, syscall.SIGTERM)
	p.end(t)
}
