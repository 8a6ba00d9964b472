package main

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tawkproxy/examples/testenv"
)

// The program is asked by itself, as the image's health check does it: with the settings of the one that runs.
func TestHealthCommand(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	ask := func(settings ...string) (code int, stdout, stderr string) {
		var out, errs strings.Builder
		code = run(t.Context(), []string{"health"}, aside(settings...), &out, &errs)
		return code, out.String(), errs.String()
	}
	admin := testenv.FreeAddr(t)
	_, port, err := net.SplitHostPort(admin)
	if err != nil {
		t.Fatal(err)
	}
	if code, _, said := ask("TAWK_ADMIN_LISTEN=" + admin); code != exitFailure || !strings.Contains(said, "TAWK_ADMIN_LISTEN "+admin) ||
		!strings.Contains(said, "refused") {
		t.Errorf("with nobody there: %d, %q", code, said)
	}
	start(t, aside("TAWK_LISTEN=127.0.0.1:0", "TAWK_ADMIN_LISTEN=:"+port, "TAWK_LOG_LEVEL=info")...) // the site does not run: it is alive, though not ready
	for _, listen := range []string{":" + port, "0.0.0.0:" + port, "localhost:" + port, admin} {
		if code, said, wrong := ask("TAWK_ADMIN_LISTEN=" + listen); code != exitOK || said != "alive\n" || wrong != "" {
			t.Errorf("%s: %d, %q, %q", listen, code, said, wrong)
		}
	}
	if code, _, said := ask("TAWK_ADMIN_LISTEN=off"); code != exitFailure || !strings.Contains(said, "TAWK_ADMIN_LISTEN is off") {
		t.Errorf("off: %d, %q", code, said)
	}
	stranger := httptest.NewServer(http.NotFoundHandler())
	defer stranger.Close()
	if code, _, said := ask("TAWK_ADMIN_LISTEN=" + stranger.Listener.Addr().String()); code != exitFailure || !strings.Contains(said, "404") {
		t.Errorf("a stranger: %d, %q", code, said)
	}
}
