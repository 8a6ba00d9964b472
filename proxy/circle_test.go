package proxy

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
)

func TestCircling(t *testing.T) {
	private := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("::1/128")}
	for hops, want := range map[string]bool{
		"":          false,
		"192.0.2.1": false,
		"192.0.2.1" + strings.Repeat(", 127.0.0.1", circleHops):                true,
		"192.0.2.1" + strings.Repeat(",::1", circleHops):                       true,
		"192.0.2.1" + strings.Repeat(", 172.17.0.2, 172.17.0.3", circleHops/2): true,
		strings.Repeat("172.17.0.2, 172.17.0.3, 172.17.0.4, ", circleHops):     false,
		strings.Repeat("127.0.0.1, ", circleHops) + "192.0.2.1":                false, // made up by a visitor
		strings.Repeat("192.0.2.1, ", circleHops):                              false,
		strings.Repeat("x, ", 2*circleHops):                                    false,
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr, r.Header["X-Forwarded-For"] = "127.0.0.1:1", []string{hops}
		if got := circling(r, private); got != want {
			t.Errorf("%s: %v", hops, got)
		}
		if r.RemoteAddr = "192.0.2.9:1"; circling(r, private) {
			t.Errorf("%s: believed of a stranger", hops)
		}
	}
}

// Where the site's address leads back, directly or by the proxy in front, the first request says so, and ends soon.
func TestCircle(t *testing.T) {
	t.Parallel()
	var rounds atomic.Int32
	var back *url.URL
	inFront := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rounds.Add(1)
		New(back, Options{Trusted: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Log: testLog(&logLines{})}).ServeHTTP(w, r)
	}))
	defer inFront.Close()
	f := openFront(t, inFront.URL, func(o *Options, _ *Server) { o.Trusted = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} })
	back = mustURL("http://" + f.addr)
	answer, page := f.get("/")
	if answer.StatusCode != http.StatusLoopDetected || !strings.Contains(page, "Something went wrong.") || rounds.Load() > circleHops {
		t.Errorf("%s after %d rounds: %s", answer.Status, rounds.Load(), page)
	}
	if lines := f.log.with("TAWK_UPSTREAM " + inFront.URL + " leads back to tawkproxy"); len(lines) != 1 || lines[0]["id"] == "" {
		t.Errorf("logged %v", lines)
	}
}
