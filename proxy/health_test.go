package proxy

import (
	"bufio"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"tawkproxy/examples/testenv"
)

func ask(handler http.Handler, path string) (status int, words string) {
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	return w.Code, strings.TrimSpace(w.Body.String())
}

func TestHealth(t *testing.T) {
	running := site(t, func(w http.ResponseWriter, r *http.Request) {})
	stranger := httptest.NewUnstartedServer(nil)
	stranger.Config.ErrorLog = quiet()
	stranger.StartTLS()
	defer stranger.Close()
	nobody := "http://" + testenv.FreeAddr(t)
	stopping := make(chan struct{})
	close(stopping)
	for _, c := range []struct {
		upstream string
		stopping chan struct{}
		status   int
		words    string
	}{
		{running, nil, 200, "ready"},
		{running, make(chan struct{}), 200, "ready"},
		{running, stopping, 503, "not ready: stopping"},
		{nobody, nil, 503, "not ready: TAWK_UPSTREAM " + nobody + " refused the connection: is the site running"},
		{stranger.URL, nil, 503, "not ready: TAWK_UPSTREAM " + stranger.URL + " has a certificate that is not trusted"},
		{"unix:/nonexistent/site.sock", nil, 503, "not ready: TAWK_UPSTREAM unix:/nonexistent/site.sock does not exist"},
	} {
		handler := Health(func() Way { return Way{URL: mustURL(c.upstream)} }, c.stopping)
		if status, words := ask(handler, "/readyz"); status != c.status || !strings.HasPrefix(words, c.words) {
			t.Errorf("%s: %d %q, want %d %q", c.upstream, status, words, c.status, c.words)
		}
		if status, words := ask(handler, "/healthz"); status != 200 || words != "alive" {
			t.Errorf("%s: %d %q", c.upstream, status, words)
		}
		if status, _ := ask(handler, "/"); status != 404 {
			t.Errorf("/ answers %d", status)
		}
	}
}

func TestManyProbesShareOneCheck(t *testing.T) {
	var checks atomic.Int32
	way := Way{URL: mustURL(rawSite(t, func(conn net.Conn, r *bufio.Reader) { checks.Add(1); r.ReadByte() }))}
	handler := Health(func() Way { return way }, nil)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { ask(handler, "/readyz") })
	}
	all.Wait()
	// Two, if the machine paused for as long as an answer holds.
	if n := checks.Load(); n > 2 {
		t.Errorf("%d checks for 20 probes", n)
	}
}
