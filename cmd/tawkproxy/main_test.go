package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"sync"
	"testing"

	"tawkproxy/examples/testenv/chrome"
)

// What tests share, from when the first of them needs it to the end of all.
var (
	sharedChromium chrome.Shared
	wholeChromium  = chrome.Shared{Whole: true}
	sharedBinary   binary
)

func TestMain(m *testing.M) {
	debug.SetGCPercent(400) // for all the sites and programs that live in this process
	code := m.Run()
	sharedChromium.Close()
	wholeChromium.Close()
	sharedBinary.remove()
	os.Exit(code)
}

// A binary is the program, compiled when it is first asked for.
type binary struct {
	once sync.Once
	dir  string
	err  error
}

// build compiles the program, without the race detector: the crowd is there for the caches.
func build(t *testing.T) string {
	t.Helper()
	b := &sharedBinary
	b.once.Do(func() {
		if b.dir, b.err = os.MkdirTemp("", "tawkproxy-"); b.err != nil {
			return
		}
		if out, err := exec.Command("go", "build", "-o", b.path(), ".").CombinedOutput(); err != nil {
			b.err = fmt.Errorf("build: %w\n%s", err, out)
		}
	})
	if b.err != nil {
		t.Fatal(b.err)
	}
	return b.path()
}

func (b *binary) path() string { return filepath.Join(b.dir, "tawkproxy") }

func (b *binary) remove() {
	if b.dir != "" {
		_ = os.RemoveAll(b.dir)
	}
}
