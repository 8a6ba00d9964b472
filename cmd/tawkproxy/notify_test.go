package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"tawkproxy/examples/testenv"
)

// hearing listens as systemd does, and returns the next message each time, as lines.
func hearing(t *testing.T, socket string) (next func() string) {
	t.Helper()
	ear, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Skipf("there are no such sockets here: %v", err)
	}
	t.Cleanup(func() { ear.Close() })
	return func() string {
		t.Helper()
		ear.SetReadDeadline(time.Now().Add(time.Minute))
		message := make([]byte, 4096)
		n, err := ear.Read(message)
		if err != nil {
			t.Fatal(err)
		}
		return string(message[:n])
	}
}

// Whoever started the program hears that it is ready once visitors are answered, and how long its end may take.
func TestNotify(t *testing.T) {
	t.Parallel()
	// Not t.TempDir, whose long names do not fit into the address of a socket.
	dir, err := os.MkdirTemp("", "notify")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	sockets := []string{filepath.Join(dir, "s")}
	if runtime.GOOS == "linux" {
		sockets = append(sockets, "@"+filepath.Base(dir)) // abstract, as some managers of containers make it
	}
	for _, socket := range sockets {
		next := hearing(t, socket)
		address := testenv.FreeAddr(t)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan int, 1)
		go func() {
			environ := aside("TAWK_LISTEN="+address, "TAWK_STOP_DELAY=5m", "TAWK_STOP_TIMEOUT=10m", "NOTIFY_SOCKET="+socket)
			ended <- run(ctx, nil, environ, io.Discard, t.Output())
		}()
		if said := next(); said != "READY=1" {
			t.Errorf("%s: at the start %q", socket, said)
		}
		answer, err := http.Get("http://" + address + "/")
		if err != nil {
			t.Fatalf("%s: not ready: %v", socket, err)
		}
		answer.Body.Close()
		stop()
		if said, want := next(), "STOPPING=1\nEXTEND_TIMEOUT_USEC=905000000"; said != want {
			t.Errorf("%s: at the end %q, want %q", socket, said, want)
		}
		if code := <-ended; code != exitOK {
			t.Errorf("%s: exit code %d", socket, code)
		}
	}
}

// A socket that nobody reads is a warning, and no reason not to serve.
func TestNotifyNobody(t *testing.T) {
	p := start(t, aside("TAWK_LISTEN=127.0.0.1:0", "TAWK_LOG_LEVEL=info", "NOTIFY_SOCKET=/nonexistent/socket")...)
	p.stop()
	if len(p.lines(t, "NOTIFY_SOCKET")) != 1 {
		t.Errorf("the log says %s", p.Log())
	}
}
