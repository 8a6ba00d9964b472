package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tawkproxy/examples/testenv"
)

// Certificates come from a real ACME server, over either way that it has to look whose a name is, and stay from one start to the next.
func TestACME(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: an authority takes seconds to look whose names these are")
	}
	t.Parallel()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "the site") }))
	t.Cleanup(site.Close)
	for _, by := range []string{"tls-alpn-01", "http-01"} {
		t.Run(by, func(t *testing.T) {
			t.Parallel()
			https, plain, nowhere := testenv.FreeAddr(t), testenv.FreeAddr(t), testenv.FreeAddr(t)
			var pebble *testenv.PebbleServer
			redirect := "off"
			if by == "http-01" {
				pebble, redirect = testenv.Pebble(t, nowhere, plain), plain
			} else {
				pebble = testenv.Pebble(t, https, nowhere)
			}
			folder := t.TempDir()
			settings := aside("TAWK_UPSTREAM="+site.URL, "TAWK_LISTEN="+https, "TAWK_TLS_DOMAINS=shop.example,BÜCHER.example", "TAWK_TLS_CACHE="+filepath.Join(folder, "cache"),
				"TAWK_TLS_REDIRECT_LISTEN="+redirect, "TAWK_TLS_ACME_DIRECTORY="+pebble.Directory,
				"TAWK_TLS_ACME_CA="+testenv.File(t, folder, "ca.pem", pebble.CA), "TAWK_LOG_LEVEL=debug")
			program := start(t, settings...)
			const has = `"msg":"the certificate for browsers","names":"`
			awaitLog(t, program, has+"shop.example")
			awaitLog(t, program, has+"xn--bcher-kva.example")
			comes := func(name, want string) {
				t.Helper()
				answer, err := tlsClient(t, pebble.Roots(), https).Get("https://" + name + "/")
				if err != nil {
					if want == "" {
						return
					}
					t.Fatalf("%s: %v", name, err)
				}
				defer answer.Body.Close()
				if body, _ := io.ReadAll(answer.Body); string(body) != want || answer.Proto != "HTTP/2.0" {
					t.Errorf("%s: %s %q, want %q", name, answer.Proto, body, want)
				}
			}
			comes("shop.example", "the site")
			comes("SHOP.example", "the site")
			comes("xn--bcher-kva.example", "the site")
			comes("other.example", "")
			awaitLog(t, program, `there is no certificate for \"other.example\"`)
			program.stop()

			program = start(t, append(settings, "TAWK_TLS_ACME_DIRECTORY=https://"+nowhere+"/")...)
			awaitLog(t, program, has+"shop.example")
			comes("shop.example", "the site")
		})
	}
	t.Run("neither", func(t *testing.T) {
		t.Parallel()
		nowhere := testenv.FreeAddr(t)
		pebble, folder := testenv.Pebble(t, nowhere, nowhere), t.TempDir()
		program := start(t, aside("TAWK_LISTEN=127.0.0.1:0", "TAWK_TLS_DOMAINS=shop.example", "TAWK_TLS_CACHE="+folder+"/cache", "TAWK_TLS_REDIRECT_LISTEN=127.0.0.1:0",
			"TAWK_TLS_ACME_DIRECTORY="+pebble.Directory, "TAWK_TLS_ACME_CA="+testenv.File(t, folder, "ca.pem", pebble.CA), "TAWK_LOG_LEVEL=info")...)
		awaitLog(t, program, "TAWK_TLS_DOMAINS: there is no certificate yet")
		if log := program.Log(); !strings.Contains(log, "its DNS records must lead to this machine") || !strings.Contains(log, `"domain":"shop.example"`) {
			t.Errorf("the log says %s", log)
		}
	})
}

// awaitLog waits until the program has logged a text.
func awaitLog(t *testing.T, p *program, text string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !strings.Contains(p.Log(), text); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%q is not logged: %s", text, p.Log())
		}
	}
}
