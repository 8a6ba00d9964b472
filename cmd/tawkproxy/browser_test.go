package main

import (
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"

	"tawkproxy/inject/tawk"
)

// front runs the program in front of a site.
func front(t *testing.T, site string, settings ...string) *program {
	t.Helper()
	return start(t, append([]string{
		"TAWK_UPSTREAM=" + site, "TAWK_LISTEN=127.0.0.1:0", "TAWK_ADMIN_LISTEN=127.0.0.1:0",
		"TAWK_PROPERTY_ID=" + demoProperty, "TAWK_SECRET_KEY=" + demoKey,
	}, settings...)...)
}

// A browser without scripts. What the login script does, the tests do in its stead.
type browser struct {
	t      *testing.T
	base   string
	client *http.Client
}

func newBrowser(t *testing.T, base string) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t, base, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}}
}

// open gets a page as far as its header, with more headers of the request as pairs of name and value.
func (b *browser) open(path string, header ...string) *http.Response {
	b.t.Helper()
	r, err := http.NewRequest("GET", b.base+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Accept", "text/html")
	for i := 0; i < len(header); i += 2 {
		r.Header[header[i]] = []string{header[i+1]}
	}
	return b.do(r)
}

// post sends a form.
func (b *browser) post(path, form string) *http.Response {
	b.t.Helper()
	r, err := http.NewRequest("POST", b.base+path, strings.NewReader(form))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

func (b *browser) do(r *http.Request) *http.Response {
	b.t.Helper()
	answer, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { answer.Body.Close() })
	return answer
}

// read reads an answer to its end.
func (b *browser) read(answer *http.Response) string {
	b.t.Helper()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return string(body)
}

// page gets a page and checks of whom the script hears on it: somebody's id, name and e-mail address, "nobody", "nothing", or
// "ask".
func (b *browser) page(path, want string, header ...string) {
	b.t.Helper()
	if got := b.heard(element(b.t, b.read(b.open(path, header...)))); got != want {
		b.t.Errorf("%s: the script hears of %s, want %s", path, got, want)
	}
}

// asks checks of whom the script hears when it asks.
func (b *browser) asks(want string, header ...string) {
	b.t.Helper()
	if got := b.asked(header...); got != want {
		b.t.Errorf("the script asks and hears of %s, want %s", got, want)
	}
}

// asked returns of whom the script hears when it asks.
func (b *browser) asked(header ...string) string {
	b.t.Helper()
	return b.heard(b.read(b.open("/.tawkproxy/user", append(header, "Sec-Fetch-Site", "same-origin")...)))
}

// heardBelow returns of whom the script hears when it asks on a page.
func (b *browser) heardBelow(path string) string {
	b.t.Helper()
	return b.heard(b.read(b.open(strings.TrimSuffix(path, "/")+"/.tawkproxy/user", "Sec-Fetch-Site", "same-origin")))
}

// at is the address of a page.
func (b *browser) at(path string) *url.URL {
	b.t.Helper()
	address, err := url.Parse(b.base + path)
	if err != nil {
		b.t.Fatal(err)
	}
	return address
}

// element is the data of the element in a page.
func element(t *testing.T, page string) string {
	t.Helper()
	found := insertions([]byte(page))
	if found == nil {
		t.Fatalf("no element in %s", page)
	}
	return html.UnescapeString(found[0].data)
}

func (b *browser) heard(data string) string {
	b.t.Helper()
	var said struct {
		User json.RawMessage
		Ask  bool
	}
	if err := json.Unmarshal([]byte(data), &said); err != nil {
		b.t.Fatalf("%s: %v", data, err)
	}
	var user struct{ UserID, Hash, Name, Email string }
	switch {
	case said.Ask:
		return "ask"
	case said.User == nil:
		return "nothing"
	case string(said.User) == "null":
		return "nobody"
	}
	if err := json.Unmarshal(said.User, &user); err != nil || user.Hash != tawk.Hash(demoKey, user.UserID) {
		b.t.Errorf("wrong hash: %s", said.User)
	}
	told := []string{user.UserID, user.Name, user.Email}
	return strings.Join(slices.DeleteFunc(told, func(detail string) bool { return detail == "" }), " ")
}
