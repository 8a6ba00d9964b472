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

	"tawkproxy/examples/testenv"
)

// A watchedPortal is the PHP site of examples/portal, and a list of what it was asked for.
type watchedPortal struct {
	http.Handler
	mu    sync.Mutex
	paths []string
}

func (p *watchedPortal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.paths = append(p.paths, r.URL.Path)
	p.mu.Unlock()
	p.Handler.ServeHTTP(w, r)
}

// asked checks what the portal was asked for since the last time.
func (p *watchedPortal) asked(t *testing.T, want ...string) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if !slices.Equal(p.paths, want) {
		t.Errorf("the site was asked for %q, want %q", p.paths, want)
	}
	p.paths = nil
}

// A PHP site answers one request of a visitor at a time. It is asked by the script, never in front of a page: not even the page
// that keeps the visitor's session locked has to wait.
func TestAskedPortal(t *testing.T) {
	php, err := url.Parse(testenv.PHP(t, "../../examples/portal"))
	if err != nil {
		t.Fatal(err)
	}
	portal := &watchedPortal{Handler: &httputil.ReverseProxy{FlushInterval: -1, Rewrite: func(p *httputil.ProxyRequest) {
		p.SetURL(php)
		p.Out.Host = p.In.Host
	}}}
	site := httptest.NewServer(portal)
	t.Cleanup(site.Close)
	program := front(t, site.URL, "TAWK_SESSION=site", "TAWK_SESSION_URL=/me.php", "TAWK_SESSION_COOKIE=PHPSESSID",
		"TAWK_USER_ID=id", "TAWK_USER_NAME=profile.name", "TAWK_USER_EMAIL=profile.email")

	b := newBrowser(t, program.url)
	b.asks("nobody")
	portal.asked(t)
	b.page("/", "ask")
	portal.asked(t, "/")
	b.asks("nobody")
	b.asks("nobody")
	portal.asked(t, "/me.php")
	b.post("/login.php", "user=ada")
	b.page("/", "ask")
	b.asks("42")
	b.asks("42")
	portal.asked(t, "/login.php", "/", "/me.php")

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
	b.asks("u-7f3")
	newBrowser(t, program.url).asks("nobody")
}
