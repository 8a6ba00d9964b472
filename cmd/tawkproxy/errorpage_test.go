package main

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"tawkproxy/examples/testenv"
)

// A site that is down is told under its name, with an id that leads to the line of the log.
func TestErrorPage(t *testing.T) {
	t.Parallel()
	p := start(t, aside("TAWK_UPSTREAM=http://"+testenv.FreeAddr(t), "TAWK_SITE_NAME=Tea & Co.",
		"TAWK_LISTEN=127.0.0.1:0", "TAWK_LOG_LEVEL=info")...)
	answer, err := http.Get(p.url + "/shop?name=Ada")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	id := regexp.MustCompile(`[A-Z2-7]{8}\n$`).FindString(string(page))
	if err != nil || answer.StatusCode != http.StatusBadGateway || !strings.HasPrefix(string(page), "Tea & Co. could not be reached.") || id == "" {
		t.Fatalf("%d %v %q", answer.StatusCode, err, page)
	}
	p.stop()
	if lines := p.lines(t, strings.TrimSpace(id)); len(lines) == 0 || !strings.Contains(lines[0], "refused the connection: is the site running") {
		t.Errorf("logged %q", lines)
	}
}
