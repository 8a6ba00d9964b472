package inject

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A copy is what a cache has kept of a page.
type copied struct {
	header http.Header
	body   string
	before bool // from before the proxy was there
}

// A cache keeps pages by their address. It may take any copy for fresh that it is allowed to.
type cache struct {
	rand    *rand.Rand
	shared  bool
	copies  map[string]copied
	next    http.RoundTripper
	revived int // by a 304
}

// open answers a request for a page out of the cache or from the next one; asked tells that the next one had its say.
func (c *cache) open(r *http.Request) (header http.Header, body string, old, asked bool) {
	key := r.URL.Path
	if c.shared {
		key += r.Header.Get("Consent") // stands for the part of Cookie by which Vary would split the copies
	}
	kept, has := c.copies[key]
	control := strings.Join(kept.header["Cache-Control"], ",")
	if has && (!c.shared || strings.Contains(control, "max-age")) && !strings.Contains(control, "no-cache") && c.rand.IntN(3) > 0 {
		return kept.header, kept.body, kept.before, false
	}
	out := r.Clone(r.Context())
	if has {
		for condition, field := range map[string]string{"If-None-Match": "Etag", "If-Modified-Since": "Last-Modified"} {
			if delete(out.Header, condition); kept.header[field] != nil {
				out.Header[condition] = kept.header[field]
			}
		}
	}
	answer, err := c.next.RoundTrip(out)
	if err != nil {
		panic(err)
	}
	if answer.StatusCode == http.StatusNotModified && has {
		c.revived++
		for field, values := range answer.Header {
			kept.header[field] = values
		}
		c.copies[key] = kept
		return kept.header, kept.body, kept.before, true
	}
	text, _ := io.ReadAll(answer.Body)
	if answer.StatusCode == http.StatusOK {
		delete(c.copies, key)
		control = strings.Join(answer.Header["Cache-Control"], ",")
		secret := strings.Contains(control, "private") || strings.Contains(control, "no-cache") || answer.Header["Set-Cookie"] != nil
		if !strings.Contains(control, "no-store") && (!c.shared || strings.Contains(control, "max-age") && !secret) {
			c.copies[key] = copied{answer.Header.Clone(), string(text), false}
		}
	}
	return answer.Header, string(text), false, true
}

// RoundTrip makes a shared cache of it: what it answers to conditions is about its own copies.
func (c *cache) RoundTrip(r *http.Request) (*http.Response, error) {
	_, has := c.copies[r.URL.Path+r.Header.Get("Consent")]
	if !has {
		answer, err := c.next.RoundTrip(r)
		if err != nil || answer.StatusCode != http.StatusOK {
			return answer, err
		}
		// Kept as open would keep it.
		keeps := *c
		keeps.next = site(func(*http.Request) *http.Response { return answer })
		header, body, _, _ := keeps.open(r)
		return served(r, header, body), nil
	}
	header, body, _, _ := c.open(r)
	answer := served(r, header, body)
	matches := func(tag string) bool { return sameTag(tag, header.Get("Etag")) }
	if slices.ContainsFunc(slices.Collect(elements(r.Header["If-None-Match"])), matches) {
		answer.StatusCode, answer.Body = http.StatusNotModified, http.NoBody
	}
	return answer, nil
}

func served(r *http.Request, header http.Header, body string) *http.Response {
	return &http.Response{
		StatusCode: http.StatusOK, Request: r, Header: header.Clone(), Body: io.NopCloser(strings.NewReader(body)), ContentLength: -1,
	}
}

// A village is a site of a few pages, each with validators and Cache-Control of its own, that change all the time.
type village struct {
	rand   *rand.Rand
	pages  map[string]*villagePage
	script int
	agree  bool // nothing is said to those who have not consented
}

type villagePage struct {
	version int
	kind    byte // of its validator; 0: none
	control string
}

func (v *village) page(path string) string {
	return fmt.Sprintf("<!doctype html><html><head><title>%s %d</title></head><body>", path, v.pages[path].version)
}

func (v *village) RoundTrip(r *http.Request) (*http.Response, error) {
	p := v.pages[r.URL.Path]
	h := http.Header{"Content-Type": {"text/html"}}
	if p.control != "" {
		h.Set("Cache-Control", p.control)
	}
	switch p.kind {
	case strongTag:
		h.Set("Etag", fmt.Sprintf(`"%d"`, p.version))
		h.Set("Last-Modified", fmt.Sprint(p.version))
	case weakTag:
		h.Set("Etag", fmt.Sprintf(`W/"%d"`, p.version))
	case oddTag:
		h.Set("Etag", fmt.Sprint(p.version))
	case date:
		h.Set("Last-Modified", fmt.Sprint(p.version))
	}
	answer := &http.Response{StatusCode: http.StatusOK, Request: r, Header: h, ContentLength: -1}
	none, since := r.Header.Get("If-None-Match"), r.Header.Get("If-Modified-Since")
	if tag := h.Get("Etag"); none != "" && sameTag(none, tag) || none == "" && since != "" && since == h.Get("Last-Modified") {
		answer.StatusCode, answer.Body = http.StatusNotModified, http.NoBody
		if v.rand.IntN(4) == 0 {
			answer.Header = http.Header{} // as some do
		}
		return answer, nil
	}
	answer.Body = io.NopCloser(strings.NewReader(v.page(r.URL.Path)))
	return answer, nil
}

// says is what the element says to the one who asks.
func (v *village) says(r *http.Request, shared bool) Payload {
	switch {
	case v.agree && r.Header.Get("Consent") == "":
		return Payload{Private: true}
	case shared:
		return Payload{Data: []byte(`{"ask":1}`), Private: v.agree}
	}
	return Payload{Data: []byte(`{"user":"` + r.Header.Get("User") + `"}`), Private: true}
}

// with returns a page as it is now, with the element.
func (v *village) with(script Script, path string, says Payload) string {
	if says.Data == nil {
		return v.page(path)
	}
	opening, _ := script.opening(holding, says.Data, "", false)
	return strings.Replace(v.page(path), "</title>", "</title>"+string(opening)+string(script.closing(holding)), 1)
}

func (v *village) transport() *Transport {
	return &Transport{
		Base: v, Key: []byte("key"), Script: Script{Name: "test", Text: fmt.Appendf(nil, "/* %d */", v.script)},
		Data: func(answer *http.Response, shared bool) Payload { return v.says(answer.Request, shared) },
	}
}

var namesUser = regexp.MustCompile(`data-test='{"user":"(\w*)"}'`)

// TestRevival lets browsers that keep whatever they may walk through a site while users, consent, pages, their caching and the
// script change. What they show after asking is always the page of now with the element of now, and nobody is ever called by
// another's name, not even by a shared cache in between.
func TestRevival(t *testing.T) {
	var opened, revived, before, kept int
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 4))
		pick := func(from ...string) string { return from[random.IntN(len(from))] }
		v := &village{rand: random, pages: map[string]*villagePage{}, agree: seed%5 == 0}
		controls := []string{"", "", "public, max-age=60", "max-age=60", "private, max-age=60", "no-cache", "no-store",
			"public, s-maxage=9, max-age=0"}
		for _, path := range []string{"/a", "/b", "/c", "/d"} {
			v.pages[path] = &villagePage{1, []byte{0, strongTag, weakTag, oddTag, date}[random.IntN(5)], pick(controls...)}
		}
		proxy := &struct{ *Transport }{v.transport()} // whose settings change
		between := &cache{rand: random, shared: true, copies: map[string]copied{}, next: proxy}
		type reader struct {
			*cache
			user, consent string
		}
		readers := make([]*reader, 3)
		for i := range readers {
			readers[i] = &reader{cache: &cache{rand: random, copies: map[string]copied{}, next: proxy}}
			for path := range v.pages {
				if random.IntN(2) == 0 { // seen before the proxy was there
					r := new(stage).navigation(t, "http://ex.com"+path)
					(&cache{rand: random, copies: readers[i].copies, next: v}).open(r)
					if c, ok := readers[i].copies[path]; ok {
						c.before = true
						readers[i].copies[path] = c
					}
				}
			}
			if seed%2 == 0 {
				readers[i].next = between
			}
		}
		for range 150 {
			reader, page := readers[random.IntN(len(readers))], v.pages[pick("/a", "/b", "/c", "/d")]
			switch random.IntN(12) {
			case 0:
				reader.user = pick("", "ada", "bob")
			case 1:
				reader.consent = pick("", "1")
			case 2:
				page.version++
			case 3:
				page.control = pick(controls...)
			case 4:
				if v.script++; v.script%3 == 0 {
					page.version++
				}
				proxy.Transport = v.transport()
			}
			path := pick("/a", "/b", "/c", "/d")
			r := new(stage).navigation(t, "http://ex.com"+path)
			if random.IntN(3) == 0 { // plain http
				for _, field := range []string{"Sec-Fetch-Dest", "Sec-Fetch-Mode", "Sec-Fetch-Site"} {
					delete(r.Header, field)
				}
			}
			r.Header.Set("User", reader.user)
			r.Header.Set("Consent", reader.consent)
			_, body, old, asked := reader.open(r)
			opened++
			if old && !asked {
				before++
				continue // nobody could have told the browser
			}
			if !asked {
				kept++
			}
			if name := namesUser.FindStringSubmatch(body); name != nil && name[1] != reader.user {
				t.Fatalf("seed %d: %s calls %q by the name of %q", seed, path, reader.user, name[1])
			}
			if asked && reader.next != http.RoundTripper(between) {
				// A site whose 304 does not repeat Cache-Control may be told what is said on the other kind of page.
				if body != v.with(proxy.Script, path, v.says(r, false)) && body != v.with(proxy.Script, path, v.says(r, true)) {
					t.Fatalf("seed %d: %s (%+v) shows %q:\n%s", seed, path, v.pages[path], reader.user, body)
				}
			}
		}
		revived += between.revived
		for _, reader := range readers {
			revived += reader.revived
		}
	}
	t.Logf("%d pages opened, %d revived by a 304, %d kept without asking, %d of them from before the proxy",
		opened, revived, kept+before, before)
	if revived < opened/20 || kept == 0 {
		t.Error("the caches did next to nothing")
	}
}
