//go:build unix

package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tawkproxy/examples/testenv"
)

// A watchedPortal is the PHP site of examples/portal, and a list of what it was asked for.
type watchedPortal struct {
	http.Handler
	mu    sync.Mutex
	paths []string
	since time.Time // when paths was empty
}

func (p *watchedPortal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.paths = append(p.paths, r.URL.Path)
	p.mu.Unlock()
	p.Handler.ServeHTTP(w, r)
}

// asked checks what the portal was asked for since the last time. One question may have been asked twice: an exchange that may change
// the session lets it be asked anew, also at its end, which is behind the last byte that a visitor waits for. What the site answered
// counts for three seconds: whoever took longer may have had it asked again and again.
func (p *watchedPortal) asked(t *testing.T, want ...string) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	got := slices.Compact(slices.Clone(p.paths))
	if again := len(p.paths) - len(got); !slices.Equal(got, want) || again > 1 && time.Since(p.since) < 2*time.Second {
		t.Errorf("the site was asked for %q, want %q", p.paths, want)
	}
	p.paths, p.since = nil, time.Now()
}

// A PHP site answers one request of a visitor at a time. It is asked by the script, never in front of a page: not even the page
// that keeps the visitor's session locked has to wait.
func TestAskedPortal(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: a slow page takes three seconds; the tests of the kind ask without it")
	}
	for path, settings := range map[string][]string{
		"/me.php": {"TAWK_USER_ID=id", "TAWK_USER_NAME=profile.name", "TAWK_USER_EMAIL=profile.email"},
		"/account.php": {"TAWK_SESSION_ANSWER=html", "TAWK_USER_ID=input[name=uid]@value", "TAWK_USER_NAME=.user-name",
			"TAWK_USER_EMAIL=input[name=email]@value"},
		"/ajax.php": {"TAWK_SESSION_HEADERS=X-Requested-With=XMLHttpRequest", "TAWK_USER_ID=id", "TAWK_USER_NAME=profile.name",
			"TAWK_USER_EMAIL=profile.email"},
		"/app.php": {"TAWK_SESSION_ANSWER=html", `TAWK_USER_ID=script@/"id":"?([^",]+)"?,/`,
			`TAWK_USER_NAME=script@/"name":"((?:[^"\\]|\\.)*)"/`, `TAWK_USER_EMAIL=script@/"email":"((?:[^"\\]|\\.)*)"/`},
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			askPortal(t, path, settings)
		})
	}
}

func askPortal(t *testing.T, path string, settings []string) {
	const (
		ada  = "42 Ada Lovelace ada@example.com"
		jose = `u-7f3 José "Pepe" O'Neil </script> jose.oneil+chat@example.com`
	)
	php, err := url.Parse(testenv.PHP(t, "../../examples/portal", nil))
	if err != nil {
		t.Fatal(err)
	}
	portal := &watchedPortal{Handler: &httputil.ReverseProxy{FlushInterval: -1, Rewrite: func(p *httputil.ProxyRequest) {
		p.SetURL(php)
		p.Out.Host = p.In.Host
	}}}
	site := httptest.NewServer(portal)
	t.Cleanup(site.Close)
	settings = append(settings, "TAWK_SESSION=site", "TAWK_SESSION_URL="+path, "TAWK_SESSION_COOKIE=PHPSESSID")
	program := front(t, site.URL, settings...)

	b := newBrowser(t, program.url)
	b.asks("nobody")
	portal.asked(t)
	b.page("/", "ask")
	portal.asked(t, "/")
	for range 4 {
		b.asks("nobody")
	}
	portal.asked(t, path)
	b.post("/login.php", "user=ada")
	b.page("/", "ask")
	for range 4 {
		b.asks(ada)
	}
	portal.asked(t, "/login.php", "/", path)

	slow := b.open("/slow.php?for=3")
	head := make([]byte, 100)
	if _, err := io.ReadFull(slow.Body, head); err != nil {
		t.Fatal(err)
	}
	portal.asked(t, "/slow.php")
	rest, err := io.ReadAll(slow.Body)
	if page := string(head) + string(rest); err != nil || !strings.HasSuffix(page, "<p>At last.</p>\n</body></html>\n") {
		t.Errorf("the page came as %s, %v", page, err)
	} else if got := b.heard(element(t, page)); got != "ask" {
		t.Errorf("the slow page tells of %s", got)
	}

	b.open("/logout.php")
	b.asks("nobody")
	b.post("/login.php", "user=jose")
	b.asks(jose)
	newBrowser(t, program.url).asks("nobody")
}
