package main

import (
	"net"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tawkproxy/examples/shop"
	"tawkproxy/examples/testenv"
)

// awaits waits for a line of the log with all of these parts.
func (p *program) awaits(t *testing.T, parts ...string) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		for line := range strings.Lines(p.Log()) {
			missing := false
			for _, part := range parts {
				missing = missing || !strings.Contains(line, part)
			}
			if !missing {
				return
			}
		}
	}
	t.Errorf("no line with %q:\n%s", parts, p.Log())
}

// What the program could not do for its first visitor is in the log before one comes, by the setting that the operator has used.
func TestTrialsAtStart(t *testing.T) {
	site := httptest.NewServer(shop.New(shop.Options{}))
	t.Cleanup(site.Close)
	missing := filepath.Join(t.TempDir(), "sessions")
	s := &checkedSite{t: t}
	for _, test := range []struct {
		name     string
		site     string
		settings []string
		line     []string
	}{
		{"a folder is missing", site.URL, []string{"TAWK_SESSION=php", "TAWK_PHP_SAVE_PATH=" + missing, "TAWK_USER_ID=id"},
			[]string{"WARN", `"TAWK_PHP_SAVE_PATH"`, missing, "no such file", "mounted into this container"}},
		{"the same in the other setting", site.URL, []string{"TAWK_SESSION=php", "TAWK_SESSION_STORE=file://" + missing, "TAWK_USER_ID=id"},
			[]string{"WARN", `"TAWK_SESSION_STORE"`, missing, "no such file"}},
		{"a table is missing", site.URL, []string{"TAWK_SESSION=scs", "TAWK_SESSION_COOKIE=session", "TAWK_SESSION_STORE=database",
			"TAWK_USER_DSN=" + s.sqlite(), "TAWK_USER_ID=id"}, []string{"WARN", "TAWK_USER_DSN", "no such table: sessions", "TAWK_SESSION_TABLE"}},
		{"Redis is down", site.URL, []string{"TAWK_SESSION=php", "TAWK_PHP_SAVE_PATH=tcp://" + testenv.FreeAddr(t), "TAWK_USER_ID=id"},
			[]string{"WARN", `"TAWK_PHP_SAVE_PATH"`, "refused", "nothing listens"}},
		{"memcached is down", site.URL, []string{"TAWK_SESSION=php", "TAWK_PHP_SAVE_PATH=" + testenv.FreeAddr(t), "TAWK_USER_ID=id"},
			[]string{"WARN", `"TAWK_PHP_SAVE_PATH"`, "memcached", "refused", "nothing listens"}},
		{"the site is down", "http://" + testenv.FreeAddr(t), []string{"TAWK_SESSION=header", "TAWK_TRUSTED_PROXIES=127.0.0.1", "TAWK_USER_ID=X-User"},
			[]string{"WARN", `"TAWK_UPSTREAM"`, "refused the connection", "is the site running"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			front(t, test.site, test.settings...).awaits(t, test.line...)
		})
	}
}

// A store that does not answer delays neither the start nor the end.
func TestTrialsDelayNothing(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0") // connections wait to be accepted
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { silent.Close() })
	site := httptest.NewServer(shop.New(shop.Options{}))
	t.Cleanup(site.Close)
	p := front(t, site.URL, "TAWK_SESSION=php", "TAWK_PHP_SAVE_PATH=tcp://"+silent.Addr().String(), "TAWK_USER_ID=id")
	if strings.Contains(p.Log(), "cannot be read") {
		t.Errorf("ready only after the store was tried:\n%s", p.Log())
	}
}
