package session

import (
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"testing"
)

// A siteBrowser is a browser on a real site, and what a source says of each page that it sees.
type siteBrowser struct {
	t      *testing.T
	client *http.Client
	base   string
	source Source
}

func browse(t *testing.T, base string, source Source) *siteBrowser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &siteBrowser{t: t, client: &http.Client{Jar: jar}, base: base, source: source}
}

// request is what the browser would send for a page now.
func (b *siteBrowser) request(path string) *http.Request {
	r := httptest.NewRequest("GET", b.base+path, nil)
	for _, c := range b.client.Jar.Cookies(r.URL) {
		r.Header.Add("Cookie", c.Name+"="+c.Value)
	}
	return r
}

// does fetches a page, or posts a form to it if there is one, and checks who is logged in by what the browser asks with and by
// what the site answers. "" stands for nobody.
func (b *siteBrowser) does(path string, form url.Values, before, after string) {
	b.t.Helper()
	r := b.request(path)
	b.is(path+" before the answer", r, nil, before)
	get := func() (*http.Response, error) { return b.client.Get(b.base + path) }
	if form != nil {
		get = func() (*http.Response, error) { return b.client.PostForm(b.base+path, form) }
	}
	answer, err := get()
	if err != nil {
		b.t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		b.t.Fatalf("%s: %s", path, answer.Status)
	}
	b.is(path+" with the answer", r, answer.Header, after)
}

func (b *siteBrowser) is(when string, r *http.Request, answer http.Header, want string) {
	b.t.Helper()
	u, err := b.source.Identify(r, answer)
	if _, certain := NobodyReason(err); u.ID != want || err != nil && !certain {
		b.t.Errorf("%s: %+v, %v, want %q", when, u, err, want)
	}
}

// logInAndOut has two people log in and out one after the other. It returns what the browser sent before the logout.
func (b *siteBrowser) logInAndOut(ada, jose string) *http.Request {
	b.t.Helper()
	b.does("/", nil, "", "")
	b.does("/login", url.Values{"user": {"ada"}, "password": {"secret"}}, "", ada)
	b.does("/", nil, ada, ada)
	b.does("/logout", url.Values{}, ada, "")
	b.does("/", nil, "", "")
	b.does("/login", url.Values{"user": {"jose"}, "password": {"secret"}}, "", jose)
	before := b.request("/")
	b.does("/logout", url.Values{}, jose, "")
	return before
}
