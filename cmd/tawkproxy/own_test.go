package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

// TestSessionURL holds that the settings let the site be asked exactly where the proxy does not answer itself.
func TestSessionURL(t *testing.T) {
	for _, prefix := range []string{"/.tawkproxy/", "/shop/.own/", "/chat/", "/a.b/c/"} {
		for _, path := range []string{
			"/.tawkproxy/user", "/.tawkproxy/me", "/x/.tawkproxy/report", "/x/.tawkproxy/me", "/x/%2etawkproxy/user", "/shop/.own/",
			"/.own/user", "/.own/me", "/shop/x/.own/user?a=b", "/chat/", "/x/chat/user", "/chat/user", "/chat", "/a.b/c/d", "/c/user",
			"/user", "/api/me?x=/.tawkproxy/user",
		} {
			environ := aside("TAWK_OWN_PREFIX="+prefix, "TAWK_SESSION=site", "TAWK_SESSION_URL="+path, "TAWK_USER_ID=id")
			_, refused := load(environ)
			cfg, err := load(append(environ, "TAWK_SESSION_URL=/api/me"))
			if err != nil {
				t.Fatal(err)
			}
			if owns := newWidget(cfg, &droppedFields{}).Owns(httptest.NewRequest("GET", path, nil)); owns != (refused != nil) {
				t.Errorf("TAWK_OWN_PREFIX=%s: the proxy's own is %s: %v, set with %v", prefix, path, owns, refused)
			}
		}
	}
}

// What the script asks and reports below a page never reaches the site. A site's own page of such a name does.
func TestOwnBelowPages(t *testing.T) {
	var mu sync.Mutex
	var reached []string
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		reached = append(reached, r.URL.Path)
		io.WriteString(w, "the site")
	}))
	t.Cleanup(site.Close)
	for prefix, c := range map[string]struct{ path, answer string }{
		"/.tawkproxy/": {"/wiki/doku.php/.tawkproxy/user", "nobody"},
		"/shop/.own/":  {"/shop/page/.own/user", "nobody"},
		"/chat/":       {"/help/chat/user", "the site"},
	} {
		program := front(t, site.URL, slices.Concat(strings.Fields("TAWK_SESSION=gorilla TAWK_SESSION_COOKIE=s TAWK_USER_ID=id"),
			[]string{"TAWK_OWN_PREFIX=" + prefix, "TAWK_SESSION_KEY=" + strings.Repeat("k", 32)})...)
		b := newBrowser(t, program.url)
		same := []string{"Sec-Fetch-Site", "same-origin"}
		plain := b.read(b.open(c.path, same...))
		if c.answer == "the site" {
			if plain != c.answer {
				t.Errorf("%s: %s: %s", prefix, c.path, plain)
			}
		} else if got := b.heard(plain); got != c.answer {
			t.Errorf("%s: %s: %s", prefix, c.path, got)
		}
		if got := b.heard(b.read(b.open(c.path, append(same, "Tawkproxy-Script", "1")...))); got != "nobody" {
			t.Errorf("%s: the script asks %s and hears of %s", prefix, c.path, got)
		}
	}
	if want := []string{"/help/chat/user"}; !slices.Equal(reached, want) {
		t.Errorf("the site was asked for %q, want %q", reached, want)
	}
}
