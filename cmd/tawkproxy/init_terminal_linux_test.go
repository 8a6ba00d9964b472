package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// pty opens a terminal: what is written to the one is typed at the other.
func pty(t *testing.T) (keyboard, screen *os.File) {
	t.Helper()
	keyboard, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { keyboard.Close() })
	if err := unix.IoctlSetPointerInt(int(keyboard.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(int(keyboard.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	screen, err = os.OpenFile(fmt.Sprint("/dev/pts/", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { screen.Close() })
	return keyboard, screen
}

// A typist reads a screen and types when something stands there.
type typist struct {
	t        *testing.T
	keyboard *os.File
	mu       sync.Mutex
	seen     string
	ended    chan struct{}
}

func newTypist(t *testing.T, keyboard *os.File) *typist {
	y := &typist{t: t, keyboard: keyboard, ended: make(chan struct{})}
	go func() {
		defer close(y.ended)
		buffer := make([]byte, 4096)
		for {
			n, err := keyboard.Read(buffer)
			y.mu.Lock()
			y.seen += string(buffer[:n])
			y.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	return y
}

func (y *typist) screen() string {
	y.mu.Lock()
	defer y.mu.Unlock()
	return y.seen
}

// types waits until the end of what is on the screen is a question, and answers it.
func (y *typist) types(question, answer string) {
	y.t.Helper()
	for deadline := time.Now().Add(time.Minute); !strings.HasSuffix(y.screen(), question); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			y.t.Fatalf("%q is not asked: %s", question, y.screen())
		}
	}
	if _, err := io.WriteString(y.keyboard, answer); err != nil {
		y.t.Fatal(err)
	}
}

// The program as it is shipped, on a real terminal: a secret that is typed does not show, and Ctrl-C leaves a terminal that shows
// what is typed.
func TestInitOnTerminal(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: builds the program")
	}
	t.Parallel()
	binary := build(t)
	site := shopFront(t)
	for _, test := range []struct {
		name string
		last string // typed in answer to the question for the secret key
	}{{"to its end", demoKey + "\n"}, {"interrupted", "\x03"}} {
		t.Run(test.name, func(t *testing.T) {
			keyboard, screen := pty(t)
			file := filepath.Join(t.TempDir(), "env")
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
			defer cancel()
			program := exec.CommandContext(ctx, binary, "init", "--site", site, "--output", file)
			program.Stdin, program.Stdout, program.Stderr = screen, screen, screen
			program.Env = []string{"TAWK_SESSION=php", "TAWK_PHP_SAVE_PATH=" + t.TempDir(), "TAWK_USER_ID=id"}
			program.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
			if err := program.Start(); err != nil {
				t.Fatal(err)
			}
			y := newTypist(t, keyboard)
			y.types("--folder: ", "\n")
			y.types("TAWK_PROPERTY_ID: ", demoProperty+"\n")
			before, err := unix.IoctlGetTermios(int(screen.Fd()), unix.TCGETS)
			if err != nil {
				t.Fatal(err)
			}
			y.types("TAWK_SECRET_KEY (not shown): ", "")
			for hidden := false; !hidden && ctx.Err() == nil; time.Sleep(5 * time.Millisecond) { // it is asked a moment earlier
				now, err := unix.IoctlGetTermios(int(screen.Fd()), unix.TCGETS)
				hidden = err == nil && now.Lflag&unix.ECHO == 0
			}
			y.types("TAWK_SECRET_KEY (not shown): ", test.last)
			err = program.Wait()
			after, _ := unix.IoctlGetTermios(int(screen.Fd()), unix.TCGETS)
			if after.Lflag&unix.ECHO == 0 || before.Lflag&unix.ICANON != after.Lflag&unix.ICANON {
				t.Error("the terminal does not show what is typed")
			}
			_, missing := os.Stat(file)
			if strings.Contains(y.screen(), demoKey) {
				t.Error("the key is on the screen")
			}
			if whole := test.name == "to its end"; whole != (err == nil) || whole != (missing == nil) {
				t.Errorf("%v, %v: %s", err, missing, y.screen())
			}
		})
	}
}
