//go:build unix

package site

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"tawkproxy/examples/testenv"
	"tawkproxy/session"
	"tawkproxy/session/sessiontest"
)

// portal is the PHP site of examples/portal behind a front as tawkproxy's, and a browser on it.
type portal struct {
	t       *testing.T
	front   *httptest.Server
	browser *http.Client
}

// openPortal asks the portal by the path and mapping given. The front tells at /who who is logged in.
func openPortal(t *testing.T, o AskOptions) *portal {
	t.Helper()
	target, err := url.Parse(testenv.PHP(t, "../../../examples/portal", nil))
	if err != nil {
		t.Fatal(err)
	}
	site := proxyTo(target)
	o.Site = site
	source := mustAsk(t, o)
	front := http.NewServeMux()
	front.Handle("/", site)
	front.HandleFunc("/who", func(w http.ResponseWriter, r *http.Request) {
		u, err := source.Identify(r, nil)
		reason, certain := session.NobodyReason(err)
		switch {
		case errors.Is(err, context.DeadlineExceeded):
			io.WriteString(w, "too slow")
		case err == nil:
			io.WriteString(w, u.ID+" "+u.Name+" "+u.Email)
		case certain:
			io.WriteString(w, string(reason))
		default:
			io.WriteString(w, err.Error())
		}
	})
	server := httptest.NewServer(source.Guard(front))
	t.Cleanup(server.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &portal{t, server, &http.Client{Jar: jar}}
}

// get opens a page, and its body as it comes.
func (p *portal) get(path string) io.ReadCloser {
	p.t.Helper()
	answer, err := p.browser.Get(p.front.URL + path)
	if err != nil {
		p.t.Fatal(err)
	}
	return answer.Body
}

func (p *portal) text(path string) string {
	p.t.Helper()
	body := p.get(path)
	defer body.Close()
	text, err := io.ReadAll(body)
	if err != nil {
		p.t.Fatal(err)
	}
	return string(text)
}

func (p *portal) login(user string) {
	p.t.Helper()
	answer, err := p.browser.PostForm(p.front.URL+"/login.php", url.Values{"user": {user}})
	if err != nil {
		p.t.Fatal(err)
	}
	answer.Body.Close()
}

func (p *portal) who(want string) {
	p.t.Helper()
	if got := p.text("/who"); got != want {
		p.t.Errorf("got %q, want %q", got, want)
	}
}

const (
	adaOfPortal  = "42 Ada Lovelace ada@example.com"
	joseOfPortal = `u-7f3 José "Pepe" O'Neil </script> jose.oneil+chat@example.com`
)

var (
	portalJSON     = AskOptions{Path: "/me.php", Cookie: "PHPSESSID", Mapping: session.Mapping{ID: "id", Name: "profile.name", Email: "profile.email"}}
	portalHTML     = AskOptions{Path: "/account.php", Answer: "html", Cookie: "PHPSESSID", Mapping: session.Mapping{ID: "input[name=uid]@value", Name: ".user-name", Email: "input[name=email]@value"}}
	portalRotating = AskOptions{Path: "/me.php?rotate", Cookie: "PHPSESSID", Mapping: portalJSON.Mapping}
)

// Logins and logouts, seen at once; the portal's logout keeps the cookie.
func TestAskPHP(t *testing.T) {
	for name, o := range map[string]AskOptions{"JSON": portalJSON, "HTML": portalHTML, "a new id with each answer": portalRotating} {
		t.Run(name, func(t *testing.T) {
			p := openPortal(t, o)
			p.who("no_cookie")
			p.text("/")
			p.who("no_user")
			p.login("ada")
			for range 3 {
				p.who(adaOfPortal)
				if page := p.text("/"); !strings.Contains(page, "Welcome, Ada Lovelace.") {
					t.Errorf("the portal has lost its member: %s", page)
				}
			}
			p.text("/logout.php")
			p.who("no_user")
			p.login("jose")
			p.who(joseOfPortal)
			p.login("ada")
			p.who(adaOfPortal)
		})
	}
}

// PHP answers one request of a visitor at a time. A page that takes long comes as ever; who asks meanwhile is told soon that
// nothing is known, and the truth once the page has ended.
func TestAskPHPBehindSlowPage(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: the slow page takes three seconds")
	}
	o := portalJSON
	o.Timeout = 300 * time.Millisecond
	p := openPortal(t, o)
	p.login("ada")
	page := p.get("/slow.php?for=3")
	defer page.Close()
	first := make([]byte, 64)
	if _, err := io.ReadFull(page, first); err != nil || !strings.HasPrefix(string(first), "<!DOCTYPE html>") {
		t.Fatalf("the page began with %q, %v", first, err)
	}
	p.who("too slow")
	rest, err := io.ReadAll(page)
	if err != nil || !strings.HasSuffix(string(rest), "<p>At last.</p>\n</body></html>\n") {
		t.Errorf("the page ended with %q, %v", rest, err)
	}
	for deadline := time.Now().Add(sessiontest.Patience); time.Now().Before(deadline); {
		if p.text("/who") == adaOfPortal {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	p.who(adaOfPortal)
}
