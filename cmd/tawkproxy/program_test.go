package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tawkproxy/examples/shop"
	"tawkproxy/examples/widget"
)

// A program is the real program while it runs: from arguments and environment to an exit code.
type program struct {
	url   string // for browsers
	admin string // for probes

	mu   sync.Mutex
	log  bytes.Buffer
	stop func() int
}

// aside is the settings of the demo with others in their place. Those of the demo's kind of sessions go with another kind.
func aside(settings ...string) []string {
	environ := append(demoSettings("http://127.0.0.1:1", "http://127.0.0.1:2"), settings...)
	if slices.ContainsFunc(settings, func(s string) bool { return strings.HasPrefix(s, "TAWK_SESSION=") }) {
		environ = append(environ, "TAWK_SESSION_KEY=")
	}
	return environ
}

// start runs the program and waits until it is ready. It is stopped with the test, and must end well.
func start(t *testing.T, environ ...string) *program {
	t.Helper()
	environ = append(environ, "TAWK_LOG_FORMAT=json")
	ctx, cancel := context.WithCancel(context.Background())
	out, in := io.Pipe()
	exit := make(chan int, 1)
	go func() {
		code := run(ctx, []string{"serve"}, environ, io.Discard, in)
		in.Close()
		exit <- code
	}()

	p := &program{}
	ready := make(chan bool, 1)
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			p.mu.Lock()
			p.log.WriteString(lines.Text() + "\n")
			p.mu.Unlock()
			var line struct{ Msg, Listen, Admin string }
			if json.Unmarshal(lines.Bytes(), &line); line.Msg == "ready" {
				p.url, p.admin = "http://"+line.Listen, "http://"+line.Admin
				ready <- true
			}
		}
		close(ready)
	}()
	p.stop = sync.OnceValue(func() int { cancel(); return <-exit })
	t.Cleanup(func() {
		if code := p.stop(); code != exitOK {
			t.Errorf("exit code %d\n%s", code, p.Log())
		}
	})
	select {
	case ok := <-ready:
		if !ok {
			t.Fatalf("not ready:\n%s", p.Log())
		}
	case <-time.After(time.Minute):
		t.Fatal("not ready in time")
	}
	return p
}

// Log returns what the program has logged so far.
func (p *program) Log() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.String()
}

// lines returns those of the log that hold a text, once the program has ended.
func (p *program) lines(t *testing.T, text string) (found []string) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !strings.Contains(p.Log(), "visits so far"); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the log does not end:\n%s", p.Log())
		}
	}
	for line := range strings.Lines(p.Log()) {
		if strings.Contains(line, text) {
			found = append(found, line)
		}
	}
	return found
}

// A town is the demo's world: the shop, the stand-in for the widget, and the program in between.
type town struct {
	*program
	shop   string // the shop itself, past the proxy
	widget *widget.Server
	heard  int // how many of the widget's calls were looked at
}

// newTown opens it. Settings override those of the demo.
func newTown(t *testing.T, settings ...string) *town {
	t.Helper()
	site := httptest.NewServer(shop.New(shop.Options{Pause: 50 * time.Millisecond}))
	t.Cleanup(site.Close)
	standin := &widget.Server{Key: demoKey}
	chat := httptest.NewServer(standin)
	t.Cleanup(chat.Close)
	return &town{program: start(t, append(demoSettings(site.URL, chat.URL), append([]string{
		"TAWK_LISTEN=127.0.0.1:0", "TAWK_ADMIN_LISTEN=127.0.0.1:0", "TAWK_LOG_LEVEL=info",
	}, settings...)...)...), shop: site.URL, widget: standin}
}

func TestCommands(t *testing.T) {
	good := demoSettings("http://127.0.0.1:1", "http://127.0.0.1:2")
	for _, test := range []struct {
		args    string
		environ []string
		code    int
		stdout  string // a part of it; "": it is empty
		stderr  string
	}{
		{"help", nil, exitOK, "TAWK_UPSTREAM", ""},
		{"--help", nil, exitOK, "tawkproxy demo", ""},
		{"version", nil, exitOK, "tawkproxy ", ""},
		{"hash 42", append(good, "TAWK_SECRET_KEY=0123456789abcdef0123456789abcdef01234567"), exitOK,
			"68be1d8dd9a3fc65b9f94da91b132e6643b29fb83480ca4dabd160aa4f301e1e\n", ""},
		{"check --json", nil, exitUsage, "TAWK_UPSTREAM is required but not set", ""},
		{"check shop", good, exitUsage, "", "a page is written as a path"},
		{"hash", good, exitUsage, "", "hash takes one argument"},
		{"serve now", good, exitUsage, "", "serve takes no arguments"},
		{"sreve", good, exitUsage, "", `no command "sreve"`},
		{"sreve now", good, exitUsage, "", `no command "sreve"`},
		{"demo", []string{"TAWK_PROPERTY_ID=" + demoProperty}, exitUsage, "", "TAWK_SECRET_KEY: is required"},
		{"demo", []string{"TAWK_SECRET_KEY_FILE=/nonexistent"}, exitUsage, "", "the file cannot be opened"},
		{"demo", []string{"TAWK_SECRET_KEY=" + demoKey}, exitUsage, "", "TAWK_PROPERTY_ID: is required"},
		{"serve", nil, exitUsage, "", "TAWK_UPSTREAM"},
		{"", nil, exitUsage, "", "TAWK_SECRET_KEY"},
		{"hash 42", nil, exitUsage, "", "TAWK_SECRET_KEY"},
		{"serve", append(good, "TAWK_LISTEN=127.0.0.1:1x"), exitUsage, "", "TAWK_LISTEN"},
		{"serve", append(good, "TAWK_LISTEN=192.0.2.1:80"), exitFailure, "", "TAWK_LISTEN: listen tcp 192.0.2.1:80"},
	} {
		t.Run(test.args, func(t *testing.T) {
			var stdout, stderr strings.Builder
			code := run(t.Context(), strings.Fields(test.args), test.environ, &stdout, &stderr)
			if code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			for _, out := range []struct{ name, got, want string }{
				{"stdout", stdout.String(), test.stdout}, {"stderr", stderr.String(), test.stderr},
			} {
				if !strings.Contains(out.got, out.want) || out.want == "" && out.got != "" {
					t.Errorf("%s is %q, want %q in it", out.name, out.got, out.want)
				}
			}
		})
	}
}
