package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"tawkproxy/inject/tawk"
)

// The size of the test. TAWKPROXY_TEST_VIEWS sets another number of views, which is 102,000 where all checks run.
const (
	fewViews = 8_000 // pages that all browsers at one cache look at together
	each     = 200   // of them by each browser, about
	crowd    = 48    // requests under way at the same time
)

// TestSharedCaches puts real caches between browsers and the program. Many browsers log in, as one of three people each, look
// around, ask again for what they hold, log out and in as somebody else. No page ever names anybody but the person who is
// logged in at that browser at that moment.
func TestSharedCaches(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Parallel()
	views := fewViews
	if set := os.Getenv("TAWKPROXY_TEST_VIEWS"); set != "" {
		var err error
		if views, err = strconv.Atoi(set); err != nil {
			t.Fatal(err)
		}
	}
	browsers := views / each
	binary := build(t)
	for name, cache := range map[string]func(t *testing.T, origin string) string{"nginx": startNginx, "varnish": startVarnish} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			site := httptest.NewServer(newMixedSite())
			t.Cleanup(site.Close)
			city := &city{front: cache(t, launch(t, binary, site.URL))}
			city.client = &http.Client{
				Transport:     &http.Transport{MaxIdleConnsPerHost: crowd, DisableCompression: true},
				CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
			}
			city.live(t, browsers, int64(views))
			t.Logf("%s: %d page views by %d browsers, %d logins, %d logouts; %d pages named their own visitor, %d nobody, "+
				"%d left it to the script, which asked %d times; %d copies revived by 304, %d answers from the cache",
				name, city.seen.Load(), browsers, city.logins.Load(), city.logouts.Load(), city.own.Load(), city.nobody.Load(),
				city.ask.Load(), city.asked.Load(), city.revived.Load(), city.hits.Load())
			for what, n := range map[string]*atomic.Int64{
				"own": &city.own, "nobody": &city.nobody, "ask": &city.ask, "revived": &city.revived, "hits": &city.hits,
			} {
				if n.Load() < int64(views/20) {
					t.Errorf("only %d %s: the test does not test what it says", n.Load(), what)
				}
			}
		})
	}
}

// A city is everybody in front of one cache.
type city struct {
	front  string
	client *http.Client
	failed atomic.Int64

	seen, logins, logouts, own, nobody, ask, asked, revived, hits atomic.Int64
}

// live lets every browser have its turns, many at a time.
func (c *city) live(t *testing.T, browsers int, views int64) {
	var all []*guest
	for i := range browsers {
		all = append(all, &guest{city: c, number: i, copies: make(map[string]copied), chance: rand.New(rand.NewPCG(1, uint64(i)))})
	}
	var group sync.WaitGroup
	for i := range crowd {
		chance := rand.New(rand.NewPCG(2, uint64(i)))
		group.Go(func() {
			for c.seen.Load() < views && c.failed.Load() < 20 {
				b := all[chance.IntN(browsers)]
				b.busy.Lock()
				b.turn(t)
				b.busy.Unlock()
			}
		})
	}
	group.Wait()
}

// A guest is a browser: it has its cookies and its cache.
type guest struct {
	*city
	busy   sync.Mutex
	number int
	chance *rand.Rand

	who    string // is logged in; "": nobody
	cookie string
	copies map[string]copied
}

// A copied page is one that the browser has kept.
type copied struct {
	tag  string
	page []byte
}

// turn does a few things in a row.
func (b *guest) turn(t *testing.T) {
	for range 1 + b.chance.IntN(8) {
		switch n := b.chance.IntN(20); {
		case n == 0:
			b.logins.Add(1)
			b.who = fmt.Sprintf("person-%d-%d", b.number, b.chance.IntN(3))
			b.visit(t, http.MethodPost, "/login?"+url.Values{"as": {b.who}}.Encode())
		case n == 1:
			b.logouts.Add(1)
			b.who = ""
			b.visit(t, http.MethodPost, "/logout")
		case n == 2:
			b.request(t)
		default:
			b.visit(t, http.MethodGet, mixedPaths[b.chance.IntN(len(mixedPaths))])
		}
	}
}

// visit goes to a page and reads what it says.
func (b *guest) visit(t *testing.T, method, path string) {
	r, held := b.newRequest(t, method, path), copied{}
	r.Header.Set("Sec-Fetch-Dest", "document")
	r.Header.Set("Sec-Fetch-Mode", "navigate")
	if method == http.MethodGet && b.chance.IntN(2) == 0 {
		if held = b.copies[path]; held.tag != "" {
			r.Header.Set("If-None-Match", held.tag)
		}
	}
	status, header, page := b.send(t, r)
	b.seen.Add(1)
	switch {
	case status == http.StatusNotModified && held.tag != "":
		b.revived.Add(1)
		page = held.page
	case status == http.StatusOK:
		if tag := header.Get("ETag"); tag != "" && !strings.Contains(header.Get("Cache-Control"), "no-store") {
			b.copies[path] = copied{tag, page}
		}
	default:
		b.fail(t, "%s %s: status %d", method, path, status)
		return
	}
	_, element, ok := bytes.Cut(page, []byte(" data-tawkproxy='"))
	data, _, _ := bytes.Cut(element, []byte("'"))
	if !ok {
		b.fail(t, "%s %s: no element in %s", method, path, page)
		return
	}
	var said tawkSays
	if err := json.Unmarshal(data, &said); err != nil {
		b.fail(t, "%s %s: %v", method, path, err)
		return
	}
	if said.Ask {
		b.ask.Add(1)
		if said.User != nil {
			b.fail(t, "%s %s: asks, and yet names %s", method, path, said.User.UserID)
		}
		return
	}
	if strings.HasPrefix(path, "/public") {
		b.fail(t, "%s %s: a page for everybody says %s", method, path, data)
	}
	b.check(t, method+" "+path, said)
}

// request does what the script does on a page that names nobody.
func (b *guest) request(t *testing.T) {
	r := b.newRequest(t, http.MethodGet, "/.tawkproxy/user")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	status, _, body := b.send(t, r)
	var said tawkSays
	if err := json.Unmarshal(body, &said); err != nil || status != http.StatusOK {
		b.fail(t, "ask: status %d, %v", status, err)
		return
	}
	b.asked.Add(1)
	b.check(t, "ask", said)
}

// tawkSays is what a page or the proxy says about the visitor.
type tawkSays struct {
	User *struct{ UserID, Hash string }
	Ask  bool
}

func (b *guest) check(t *testing.T, where string, said tawkSays) {
	switch {
	case said.User == nil && b.who == "":
		b.nobody.Add(1)
	case said.User == nil:
		b.fail(t, "%s: names nobody, but %s is there", where, b.who)
	case said.User.UserID != b.who || said.User.Hash != tawk.Hash(demoKey, b.who):
		b.fail(t, "%s: names %s, but %q is there", where, said.User.UserID, b.who)
	default:
		b.own.Add(1)
	}
}

func (b *guest) fail(t *testing.T, format string, args ...any) {
	if b.failed.Add(1) <= 20 {
		t.Errorf("browser %d: "+format, append([]any{b.number}, args...)...)
	}
}

func (b *guest) newRequest(t *testing.T, method, path string) *http.Request {
	r, err := http.NewRequestWithContext(t.Context(), method, b.front+path, nil)
	if err != nil {
		t.Error(err)
	}
	r.Header.Set("Accept", "text/html,*/*;q=0.8")
	if b.cookie != "" {
		r.Header.Set("Cookie", b.cookie)
	}
	return r
}

func (b *guest) send(t *testing.T, r *http.Request) (int, http.Header, []byte) {
	answer, err := b.client.Do(r)
	if err != nil {
		b.fail(t, "%v", err)
		return 0, nil, nil
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		b.fail(t, "%v", err)
	}
	for _, cookie := range answer.Cookies() {
		if cookie.Name == "mixed" {
			b.cookie = ""
			if cookie.MaxAge >= 0 {
				b.cookie = "mixed=" + cookie.Value
			}
		}
	}
	if strings.Contains(answer.Header.Get("X-Cache"), "HIT") {
		b.hits.Add(1)
	}
	return answer.StatusCode, answer.Header, body
}
