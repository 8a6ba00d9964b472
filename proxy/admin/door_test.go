package admin

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

const token = "a-token-for-tests"

// listener serves the handler with these options over TCP, and returns its address.
func listener(t *testing.T, token string, o Options) string {
	t.Helper()
	o.Token = func() string { return token }
	o.Health = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "ready") })
	o.Figures = NewFigures("1", Lists{})
	o.Problems = NewProblems(slog.DiscardHandler)
	o.Settings = func() []slog.Attr { return nil }
	server := httptest.NewServer(New(t.Context(), o))
	t.Cleanup(server.Close)
	return server.URL
}

func TestDoor(t *testing.T) {
	t.Parallel()
	open, closed := listener(t, "", Options{Local: true}), listener(t, "", Options{})
	locked, lockedHere := listener(t, token, Options{}), listener(t, token, Options{Local: true})
	bearer := http.Header{"Authorization": {"Bearer " + token}}
	html := http.Header{"Accept": {"text/html"}}
	for _, test := range []struct {
		at, path, host string
		header         http.Header
		code           int
		says           string
	}{
		{open, "/", "", nil, 200, "<title>tawkproxy</title>"},
		{open, "/metrics", "localhost:9180", nil, 200, "tawkproxy_build_info"},
		{open, "/metrics", "[::1]", nil, 200, "tawkproxy_build_info"},
		{open, "/metrics", "evil.example:9180", nil, 403, badName},
		{open, "/", "127.0.0.1.evil.example", nil, 403, badName},
		{open, "/readyz", "evil.example", nil, 200, "ready"},
		{closed, "/", "", nil, 403, noToken},
		{closed, "/metrics?token=", "", nil, 403, noToken},
		{closed, "/metrics", "", http.Header{"Authorization": {"Bearer "}}, 403, noToken},
		{closed, "/healthz", "", nil, 200, "ready"},
		{locked, "/healthz", "", nil, 200, "ready"},
		{locked, "/", "", nil, 401, badToken},
		{locked, "/", "", html, 401, "TAWK_ADMIN_TOKEN"},
		{locked, "/metrics", "", html, 401, badToken},
		{locked, "/metrics", "", bearer, 200, "tawkproxy_build_info"},
		{locked, "/metrics", "proxy.example", bearer, 200, "tawkproxy_build_info"},
		{locked, "/metrics", "", http.Header{"Authorization": {"bearer  " + token}}, 200, "tawkproxy_build_info"},
		{locked, "/metrics", "", http.Header{"Authorization": {"Basic " + token}}, 401, badToken},
		{locked, "/metrics", "", http.Header{"Authorization": {"Bearer " + token[1:]}}, 401, badToken},
		{locked, "/metrics", "", http.Header{"Cookie": {enteredCookie + "=" + token}}, 401, badToken},
		{locked, "/metrics?token=" + token, "", nil, 200, "tawkproxy_build_info"},
		{locked, "/metrics?token=" + token + "x", "", nil, 401, badToken},
		{lockedHere, "/metrics", "", nil, 401, badToken},
		{lockedHere, "/nothing", "", bearer, 404, "404"},
	} {
		r, err := http.NewRequest("GET", test.at+test.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = test.host
		for name, values := range test.header {
			r.Header[name] = values
		}
		answer, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		if answer.StatusCode != test.code || !strings.Contains(string(body), test.says) {
			t.Errorf("%s of %s %v: %d %.200s, want %d %s", test.path, test.host, test.header, answer.StatusCode, body, test.code, test.says)
		}
		if asked := answer.Header.Get("Www-Authenticate") != ""; asked != (test.code == 401) {
			t.Errorf("%s %d: WWW-Authenticate %q", test.path, test.code, answer.Header.Get("Www-Authenticate"))
		}
		if strings.HasSuffix(test.path, "z") || test.code == 404 {
			continue
		}
		if h := answer.Header; h.Get("Cache-Control") != "no-store" || !strings.HasPrefix(h.Get("Content-Security-Policy"), "default-src 'none';") {
			t.Errorf("%s: header %v", test.path, h)
		}
	}
}

// TestTypedToken lets a person in who types the token, or opens an address with the token in it, which does not stay in sight.
func TestTypedToken(t *testing.T) {
	t.Parallel()
	at := listener(t, token, Options{})
	for _, way := range []struct {
		name  string
		enter func(c *http.Client) (*http.Response, error)
	}{
		{"typed", func(c *http.Client) (*http.Response, error) {
			return c.PostForm(at+"/", url.Values{"token": {" " + token + "\n"}})
		}},
		{"address", func(c *http.Client) (*http.Response, error) { return c.Get(at + "/?token=" + token) }},
	} {
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		c := &http.Client{Jar: jar}
		wrong, err := c.PostForm(at+"/", url.Values{"token": {token + "x"}})
		if err != nil || wrong.StatusCode != 401 {
			t.Errorf("%s: a wrong token leads to %v %v", way.name, wrong, err)
		}
		answer, err := way.enter(c)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(answer.Body)
		if answer.StatusCode != 200 || answer.Request.URL.String() != at+"/" || !strings.Contains(string(body), `id="live"`) {
			t.Errorf("%s: %s at %s", way.name, answer.Status, answer.Request.URL)
		}
		base, _ := url.Parse(at)
		if cookies := fmt.Sprint(jar.Cookies(base)); !strings.Contains(cookies, enteredCookie) || strings.Contains(cookies, token) {
			t.Errorf("%s: cookies %s", way.name, cookies)
		}
		if again, err := c.Get(at + "/metrics"); err != nil || again.StatusCode != 200 {
			t.Errorf("%s: not let in again: %v %v", way.name, again, err)
		}
	}
}
