package inject

import (
	"context"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var testScript = Script{Name: "test", Text: []byte("/* the script */")}

// testData is what the element says in most tests.
func testData(*http.Response, bool) Payload {
	return Payload{Data: []byte(`{"user":"42"}`), Private: true}
}

// elementOf returns the element that testData and testScript make.
func elementOf(t testing.TB) []byte {
	t.Helper()
	opening, err := testScript.opening(holding, testData(nil, false).Data, "", false)
	if err != nil {
		t.Fatal(err)
	}
	return append(opening, testScript.closing(holding)...)
}

// verdicts remembers what a transport observed.
type verdicts struct {
	mu   sync.Mutex
	all  []Reason
	errs []error
}

func (v *verdicts) observe(_ *http.Request, verdict Reason, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.all = append(v.all, verdict)
	v.errs = append(v.errs, err)
}

// last returns the only verdict since the last call.
func (v *verdicts) last(t testing.TB) Reason {
	t.Helper()
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.all) != 1 {
		t.Fatalf("verdicts %q %v, want one", v.all, v.errs)
	}
	verdict := v.all[0]
	v.all, v.errs = nil, nil
	return verdict
}

// A stage is a browser, a reverse proxy with a Transport, and a site, all speaking HTTP over loopback.
type stage struct {
	transport *Transport
	verdicts  *verdicts
	address   string
	client    *http.Client
}

// newStage puts a transport, whose Base, Script, Data and Observe are set if they are nil, in front of a site.
func newStage(t testing.TB, transport *Transport, site http.Handler) *stage {
	t.Helper()
	upstream := httptest.NewUnstartedServer(site)
	upstream.Config.ErrorLog = log.New(io.Discard, "", 0)
	upstream.Start()
	t.Cleanup(upstream.Close)
	s := &stage{transport: transport, verdicts: new(verdicts)}
	if transport.Base == nil {
		base := &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 64, ReadBufferSize: 64 << 10}
		t.Cleanup(base.CloseIdleConnections)
		transport.Base = base
	}
	if transport.Script.Name == "" {
		transport.Script = testScript
	}
	if transport.Data == nil {
		transport.Data = testData
	}
	if transport.Observe == nil {
		transport.Observe = s.verdicts.observe
	}
	proxy := httptest.NewUnstartedServer(flushed(newProxy(t, upstream.URL, transport)))
	proxy.Config.ErrorLog = log.New(io.Discard, "", 0)
	proxy.Start()
	t.Cleanup(proxy.Close)
	s.address = proxy.URL
	browser := &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 64}
	t.Cleanup(browser.CloseIdleConnections)
	s.client = &http.Client{Transport: browser, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
	return s
}

// newProxy returns a reverse proxy as package proxy builds it.
func newProxy(t testing.TB, upstream string, transport http.RoundTripper) *httputil.ReverseProxy {
	t.Helper()
	target, err := url.Parse(upstream)
	if err != nil {
		t.Fatal(err)
	}
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host
			r.SetXForwarded()
		},
		Transport:     transport,
		FlushInterval: 50 * time.Millisecond,
		ErrorLog:      log.New(io.Discard, "", 0),
	}
}

// flushed sends on what there was of an answer that broke off, as package proxy does.
func flushed(proxy http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		whole := false
		defer func() {
			if !whole {
				http.NewResponseController(w).Flush()
			}
		}()
		proxy.ServeHTTP(w, r)
		whole = true
	})
}

// navigation returns a request as browsers send it for a page over TLS.
func (s *stage) navigation(t testing.TB, path string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, s.address+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header = http.Header{
		"Accept":          {"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"},
		"Accept-Encoding": {"gzip, deflate, br, zstd"},
		"Sec-Fetch-Dest":  {"document"},
		"Sec-Fetch-Mode":  {"navigate"},
		"Sec-Fetch-Site":  {"none"},
		"User-Agent":      {"test"},
	}
	return r
}

// get asks for a page and returns the answer with all of its body, and how that ended.
func (s *stage) get(t testing.TB, r *http.Request) (*http.Response, []byte, error) {
	t.Helper()
	answer, err := s.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return answer, body, err
}

// handler answers every request with a page; header is a list of names and values.
func handler(page string, header ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		for i := 0; i < len(header); i += 2 {
			w.Header().Add(header[i], header[i+1])
		}
		io.WriteString(w, page)
	})
}

const testPage = "<!DOCTYPE html><html><head><title>A page</title></head><body><p>Hello</p></body></html>"

// withElement returns a page like testPage with the element where it belongs: behind the title and the white space there.
func withElement(t testing.TB, page string) string {
	t.Helper()
	before, after, found := strings.Cut(page, "</title>")
	if !found {
		t.Fatal("a test page has a title")
	}
	text := strings.TrimLeft(after, "\n")
	return before + "</title>" + after[:len(after)-len(text)] + string(elementOf(t)) + text
}

func TestInsert(t *testing.T) {
	s := newStage(t, &Transport{}, handler(testPage))
	answer, body, err := s.get(t, s.navigation(t, "/"))
	if err != nil || string(body) != withElement(t, testPage) {
		t.Errorf("got %q, %v", body, err)
	}
	if verdict := s.verdicts.last(t); verdict != Inserted {
		t.Errorf("verdict %q", verdict)
	}
	if answer.ContentLength != int64(len(body)) {
		t.Errorf("length %d, want %d", answer.ContentLength, len(body))
	}
	if got := answer.Header.Get("Cache-Control"); got != "private, no-cache" {
		t.Errorf("Cache-Control %q", got)
	}
}

// TestPolicies makes the page's own Content-Security-Policy allow the element.
func TestPolicies(t *testing.T) {
	hash := newPolicy(testScript.Text, nil, false).hash
	for _, c := range []struct {
		name, policy, want, element string
		verdict                     Reason
	}{
		{"none", "", "", "<script data-test=", Inserted},
		{"G-08 hash", "script-src 'self'", "script-src 'self' " + hash, "<script data-test=", Inserted},
		{"G-04 nonce", "script-src 'nonce-abc='", "script-src 'nonce-abc=' " + hash, `<script nonce="abc=" data-test=`, Inserted},
		{"G-15 sandbox", "script-src 'self'; sandbox allow-forms", "script-src 'self'; sandbox allow-forms", "", Sandboxed},
		{"G-20 unreadable", "script-src \u00e9", "script-src \u00e9", "", Policy},
	} {
		t.Run(c.name, func(t *testing.T) {
			var warned []Warning
			transport := &Transport{
				Sources: map[string][]string{"img-src": {"https://chat.example"}},
				Warn:    func(_ *http.Request, warnings []Warning) { warned = append(warned, warnings...) },
			}
			s := newStage(t, transport, handler(testPage, "Content-Security-Policy", c.policy, "X-Frame-Options", "DENY"))
			answer, body, err := s.get(t, s.navigation(t, "/"))
			if err != nil || !strings.Contains(string(body), c.element) || (c.element == "") != (string(body) == testPage) {
				t.Errorf("got %q, %v", body, err)
			}
			if got := answer.Header.Get("Content-Security-Policy"); got != c.want {
				t.Errorf("policy %q, want %q", got, c.want)
			}
			if verdict := s.verdicts.last(t); verdict != c.verdict {
				t.Errorf("verdict %q, want %q", verdict, c.verdict)
			}
			if len(warned) > 0 {
				t.Errorf("warned of %v", warned)
			}
		})
	}
}

// TestWarn has what a page's policies warn of: all in one call, and nothing from the pages of errors.
func TestWarn(t *testing.T) {
	const (
		meta    = `<meta http-equiv=content-security-policy content="img-src 'self'; require-trusted-types-for 'script'"></head>`
		element = `<script data-test-trusted data-test='`
	)
	for _, c := range []struct {
		name, policy, page string
		status             int
		warns              []Warning
		element            string
	}{
		{"one directive", "default-src 'self'", testPage, 200,
			[]Warning{{Directive: "img-src", Lacks: "https://chat.example", Extendable: true}}, "<script data-test='"},
		{"nothing", "img-src https:", testPage, 200, nil, "<script data-test='"},
		{"not found", "default-src 'none'", testPage, 404, nil, "<script data-test='"},
		{"a fault", "default-src 'none'", testPage, 500, nil, "<script data-test='"},
		{"trusted types", "require-trusted-types-for 'script'", testPage, 200, []Warning{{Directive: "require-trusted-types-for"}}, element},
		{"trusted types of an error", "require-trusted-types-for 'script'", testPage, 403, nil, element},
		{"header and page", "img-src 'none'; sandbox allow-scripts", strings.Replace(testPage, "</head>", meta, 1), 200, []Warning{
			{Directive: "img-src", Lacks: "https://chat.example", Extendable: true},
			{Directive: "sandbox", Lacks: "allow-same-origin"},
			{Directive: "img-src", Lacks: "https://chat.example", Meta: true},
			{Directive: "require-trusted-types-for", Meta: true},
		}, element},
	} {
		t.Run(c.name, func(t *testing.T) {
			var warned [][]Warning
			transport := &Transport{
				Sources: map[string][]string{"img-src": {"https://chat.example"}},
				Warn:    func(_ *http.Request, warnings []Warning) { warned = append(warned, warnings) },
			}
			s := newStage(t, transport, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				w.Header().Set("Content-Security-Policy", c.policy)
				w.WriteHeader(c.status)
				io.WriteString(w, c.page)
			}))
			_, body, _ := s.get(t, s.navigation(t, "/"))
			if !strings.Contains(string(body), c.element) {
				t.Errorf("no %s in %s", c.element, body)
			}
			if len(warned) > 1 || !slices.Equal(slices.Concat(warned...), c.warns) {
				t.Errorf("warned of %v, want %v", warned, c.warns)
			}
		})
	}
}
