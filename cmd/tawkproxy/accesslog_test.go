package main

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A request leaves a line only if that is asked for, and its query only if that is asked for too.
func TestAccessLog(t *testing.T) {
	t.Parallel()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "<!doctype html><title>Site</title>")
	}))
	t.Cleanup(site.Close)
	for setting, want := range map[string]string{
		"":                        "",
		"TAWK_ACCESS_LOG=off":     "",
		"TAWK_ACCESS_LOG=paths":   `"method":"GET","path":"/a/page","status":200,`,
		"TAWK_ACCESS_LOG=queries": `"method":"GET","path":"/a/page","query":"ref=a%20friend","status":200,`,
	} {
		program := front(t, site.URL, append(aside("TAWK_LISTEN=127.0.0.1:0", "TAWK_LOG_LEVEL=debug"), "TAWK_UPSTREAM="+site.URL, setting)...)
		b := newBrowser(t, program.url)
		b.read(b.open("/a/page?ref=a%20friend", "Cookie", "session=a-secret-of-the-site", "X-Forwarded-For", "192.0.2.77"))
		program.stop()
		lines := program.lines(t, `"msg":"request"`)
		if want == "" && lines != nil || want != "" && (len(lines) != 1 || !strings.Contains(lines[0], want)) {
			t.Errorf("%s: logged %q, want %q", setting, lines, want)
		}
		for _, secret := range []string{"a-secret-of-the-site", "192.0.2.77", "127.0.0.1:"} {
			if strings.Contains(strings.Join(lines, ""), secret) {
				t.Errorf("%s: %s stands in %q", setting, secret, lines)
			}
		}
	}
}

// Without it there is no layer for it.
func TestAccessLogOff(t *testing.T) {
	cfg, err := load(aside())
	if err != nil {
		t.Fatal(err)
	}
	if accessLog(cfg, slog.Default()) != nil {
		t.Error("there is a layer for what is off")
	}
}
