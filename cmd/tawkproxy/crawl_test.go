package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"tawkproxy/examples/testenv"
	"tawkproxy/inject"
)

// A crawl is a visitor who follows every link of a site through the program. A tap at the site's door keeps what it really said.
type crawl struct {
	t      *testing.T
	proxy  *program
	tap    *tap
	client *http.Client

	queue    []string // addresses without scheme and host
	met      map[string]bool
	asked    []asked
	pages    int // answers that call themselves text/html
	inserted int
	packed   int // answers that the site has compressed
}

// asked is a request, and whether the element came with its answer.
type asked struct {
	path           string
	page, inserted bool
}

// languages are what visitors prefer, each page another: old programs speak to them in old encodings.
var languages = []string{"en", "de", "ja", "ko", "ru", "cs", "fr", "zh-CN", "pl", "tr", "es", "pt-BR", "sv"}

// newCrawl puts the program in front of a site.
func newCrawl(t *testing.T, site http.Handler) *crawl {
	t.Helper()
	tap := &tap{site: site}
	server := httptest.NewServer(tap)
	t.Cleanup(server.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &crawl{
		t: t,
		proxy: start(t, append(demoSettings(server.URL, "https://widget.invalid"),
			"TAWK_LISTEN=127.0.0.1:0", "TAWK_LOG_LEVEL=debug")...),
		tap: tap,
		client: &http.Client{
			Jar:           jar,
			Transport:     &http.Transport{DisableCompression: true},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		met: map[string]bool{},
	}
}

// from follows links, beginning with these, until so many addresses were asked, or their [testenv.Sample].
func (c *crawl) from(limit int, paths ...string) *crawl {
	c.t.Helper()
	for _, path := range paths {
		c.meet(path)
	}
	limit = max(testenv.Sample(limit), len(c.asked)+len(c.queue))
	for ; len(c.queue) > 0 && len(c.asked) < limit; c.queue = c.queue[1:] {
		c.visit(c.queue[0])
	}
	return c
}

func (c *crawl) meet(path string) {
	if !c.met[path] {
		c.met[path] = true
		c.queue = append(c.queue, path)
	}
}

// visit asks for a page, and returns it as the site sent it.
func (c *crawl) visit(path string) []byte { return c.ask(http.MethodGet, path, nil) }

// shows fails unless a page has this text: that of somebody who is logged in, say.
func (c *crawl) shows(path, text string) {
	c.t.Helper()
	if page := c.visit(path); !bytes.Contains(page, []byte(text)) {
		c.t.Fatalf("%s is another page: %.2000s", path, page)
	}
}

// post sends a form. Behind it the site may be another one: what was visited already will be visited again.
func (c *crawl) post(path string, form url.Values) []byte {
	c.met, c.queue = map[string]bool{}, nil
	return c.ask(http.MethodPost, path, strings.NewReader(form.Encode()))
}

// ask does as a browser does, and holds what comes against what the site said.
func (c *crawl) ask(method, path string, form io.Reader) []byte {
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.proxy.url+path, form)
	if err != nil {
		return nil // a link that is no address
	}
	r.Header.Set("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
	r.Header.Set("Accept-Encoding", "gzip")
	r.Header.Set("Accept-Language", languages[len(c.asked)%len(languages)]+",en;q=0.5")
	r.Header.Set("Sec-Fetch-Dest", "document")
	r.Header.Set("Sec-Fetch-Mode", "navigate")
	r.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36")
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := c.client.Do(r)
	if err != nil {
		c.t.Errorf("%s: %v", path, err)
		return nil
	}
	got := plain(c.t, answer.Header, answer.Body)
	said := c.tap.last()
	sent := plain(c.t, said.Header, said.Body)

	found := insertions(got)
	kind := said.Header.Get("Content-Type")
	was := asked{
		path:     strings.ToValidUTF8(r.URL.Path, "\ufffd"), // as in the log
		page:     strings.HasPrefix(kind, "text/html") && len(sent) > 0,
		inserted: len(found) > 0,
	}
	c.asked = append(c.asked, was)
	rest := got
	if was.inserted {
		c.inserted++
		rest = slices.Concat(got[:found[0].begin], got[found[0].end:])
	}
	if !bytes.Equal(rest, sent) {
		c.t.Errorf("%s: other bytes than the site's", path)
	}
	if said.Header.Get("Content-Encoding") != "" {
		c.packed++
	}
	if location := said.Header.Get("Location"); location != "" {
		c.link(r.URL, location)
	}
	if was.page {
		c.pages++
	}
	if strings.Contains(kind, "html") {
		document := c.document(sent)
		c.links(r.URL, document)
		if was.inserted && !isScripted(c.document(got), document) {
			c.t.Errorf("%s: not a script in the head, or another document", path)
		}
	}
	return sent
}

// document parses a page as a browser does that has taken its byte order mark away.
func (c *crawl) document(page []byte) *html.Node {
	root, err := html.Parse(bytes.NewReader(bytes.TrimPrefix(page, []byte("\xef\xbb\xbf"))))
	if err != nil {
		c.t.Fatal(err)
	}
	return root
}

// isScripted reports whether a document is another one with the element as a script in its head. It takes the element away.
func isScripted(after, before *html.Node) bool {
	mark := func(a html.Attribute) bool { return a.Key == "data-tawkproxy" }
	for n := range after.Descendants() {
		if n.DataAtom == atom.Script && slices.ContainsFunc(n.Attr, mark) {
			inHead := n.Parent.DataAtom == atom.Head
			n.Parent.RemoveChild(n)
			return inHead && same(before, after)
		}
	}
	return false
}

func same(a, b *html.Node) bool {
	return a.Type == b.Type && a.Data == b.Data && a.Namespace == b.Namespace && slices.Equal(a.Attr, b.Attr) &&
		slices.EqualFunc(slices.Collect(a.ChildNodes()), slices.Collect(b.ChildNodes()), same)
}

// links queues what a page leads to.
func (c *crawl) links(base *url.URL, document *html.Node) {
	for n := range document.Descendants() {
		for _, a := range n.Attr {
			switch n.Data + " " + a.Key {
			case "a href", "area href", "frame src", "iframe src":
				c.link(base, a.Val)
			}
		}
	}
}

// link queues an address on the site. Logging out would end the visit.
func (c *crawl) link(base *url.URL, address string) {
	to, err := base.Parse(strings.TrimSpace(address))
	if err == nil && to.Host == base.Host && to.Scheme == base.Scheme && !strings.Contains(to.String(), "logout") {
		c.meet(to.RequestURI())
	}
}

// left ends the program, and returns how many pages it has left alone, by the reasons that it logged for them.
func (c *crawl) left() map[inject.Reason]int {
	c.t.Helper()
	c.proxy.stop()
	left := map[inject.Reason]int{}
	asked := c.asked
	for line := range strings.Lines(c.proxy.Log()) {
		var said struct {
			Path    string
			Verdict inject.Reason
		}
		if json.Unmarshal([]byte(line), &said); len(asked) == 0 || said.Verdict == "" || said.Path != asked[0].path {
			continue // some sites visit themselves
		}
		was := asked[0]
		asked = asked[1:]
		if was.inserted != (said.Verdict == inject.Inserted) {
			c.t.Errorf("%s: the verdict is %s", was.path, said.Verdict)
		}
		if was.page && !was.inserted {
			left[said.Verdict]++
		}
	}
	if len(asked) > 0 {
		c.t.Errorf("no verdict on %v", asked)
	}
	return left
}

// String gives the figures.
func (c *crawl) String() string {
	return fmt.Sprintf("%d answers, %d of them compressed, %d pages, %d with the element",
		len(c.asked), c.packed, c.pages, c.inserted)
}

// explain logs the figures, and refuses reasons that nobody expects. The least number of pages is that of a whole crawl.
func (c *crawl) explain(least int, expected ...inject.Reason) {
	c.t.Helper()
	left := c.left()
	c.t.Logf("%v; left alone: %v", c, left)
	if want := testenv.Sample(least); c.inserted < want {
		c.t.Errorf("want at least %d pages with the element", want)
	}
	for reason := range maps.Keys(left) {
		if !slices.Contains(expected, reason) {
			c.t.Errorf("left alone by reason of %s", reason)
		}
	}
}

// A tap passes a site's answers on and keeps the last.
type tap struct {
	site http.Handler

	mu   sync.Mutex
	said *http.Response
}

func (p *tap) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer := httptest.NewRecorder()
	p.site.ServeHTTP(answer, r)
	body := answer.Body.Bytes()
	p.mu.Lock()
	p.said = answer.Result()
	p.mu.Unlock()
	maps.Copy(w.Header(), answer.Header())
	w.WriteHeader(answer.Code)
	w.Write(body)
}

func (p *tap) last() *http.Response {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said
}

// plain reads a body and undoes its compression.
func plain(t *testing.T, header http.Header, body io.ReadCloser) []byte {
	t.Helper()
	defer body.Close()
	var r io.Reader = body
	if header.Get("Content-Encoding") == "gzip" {
		unpacked, err := gzip.NewReader(body)
		if err != nil {
			t.Error(err)
			return nil
		}
		r = unpacked
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Error(err)
	}
	return text
}
