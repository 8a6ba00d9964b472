package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"tawkproxy/examples/shop"
	"tawkproxy/inject/tawk"
)

// people are the shop's customers, by the name in its login form. The last tries to be more than a name.
var people = map[string]tawk.Visitor{
	"":       {},
	"ada":    {ID: "42", Name: "Ada Lovelace", Email: "ada@example.com"},
	"jose":   {ID: "u-7f3", Name: `José "Pepe" O'Neil 😀`, Email: "pepe@example.com"},
	"script": {ID: "x-1", Name: "</script><script>alert(1)</script>", Email: "bobby@example.com"},
}

// opening is the beginning of the element as it stands in a page.
var opening = regexp.MustCompile(`<script[^>']* data-tawkproxy='([^']*)'>`)

// An insertion is the element in a page: where it begins and ends, and its data.
type insertion struct {
	begin, end int
	data       string
}

// insertions finds what is an element from its beginning to its end.
func insertions(page []byte) (found []insertion) {
	// A pattern for the whole of it reads each byte of the script many times, which was most of the work of some tests.
	for from := 0; ; {
		at := opening.FindSubmatchIndex(page[from:])
		if at == nil {
			return found
		}
		begin, script := from+at[0], from+at[1]
		data := string(page[from+at[2] : from+at[3]])
		from = script
		if length := bytes.Index(page[script:], []byte("</")); length >= 0 && bytes.HasPrefix(page[script+length:], []byte("</script>")) {
			from = script + length + len("</script>")
			found = append(found, insertion{begin, from, data})
		}
	}
}

// TestEveryPage walks through the whole shop as every customer. What comes through the proxy is what the shop sends, but for
// one element on the pages that the chat belongs on, which names the customer and nobody else.
func TestEveryPage(t *testing.T) {
	town := newTown(t)
	for name, person := range people {
		t.Run(cmp.Or(name, "nobody"), func(t *testing.T) {
			jar := enter(t, town.shop, name)
			inserted := 0
			for _, page := range shop.Pages() {
				if strings.HasPrefix(page.Path, "/parrot/") {
					continue // streams have tests of their own
				}
				who := person
				switch page.Path {
				case "/login":
					if page.Method == http.MethodPost {
						who = people["ada"] // it logs Ada in
					}
				case "/goodbye":
					who = people[""]
				}
				want, wantHeader := fetch(t, town.shop, page, jar)
				got, gotHeader := fetch(t, town.url, page, jar)
				elements := insertions(got)
				if page.Chat != (len(elements) == 1) {
					t.Errorf("%s %s: %d elements", page.Method, page.Path, len(elements))
					continue
				}
				if page.Chat {
					inserted++
					told(t, page, elements[0].data, who, gotHeader)
					got = append(bytes.Clone(got[:elements[0].begin]), got[elements[0].end:]...)
				}
				if !bytes.Equal(got, want) {
					t.Errorf("%s %s: other bytes than the shop's", page.Method, page.Path)
				}
				if got, want := gotHeader.Get("Content-Type"), wantHeader.Get("Content-Type"); got != want {
					t.Errorf("%s %s: Content-Type %q, not %q", page.Method, page.Path, got, want)
				}
			}
			if inserted < 20 {
				t.Errorf("the chat is on %d pages only", inserted)
			}
		})
	}
}

// told checks what an element says.
func told(t *testing.T, page shop.Page, data string, who tawk.Visitor, header http.Header) {
	t.Helper()
	var said struct {
		User *struct{ UserID, Hash, Name, Email string }
		Ask  bool
	}
	if err := json.Unmarshal([]byte(html.UnescapeString(data)), &said); err != nil {
		t.Errorf("%s %s: %v in %s", page.Method, page.Path, err, data)
		return
	}
	if strings.Contains(header.Get("Cache-Control"), "public") {
		if said.User != nil || !said.Ask {
			t.Errorf("%s %s: a page for everybody names a user: %s", page.Method, page.Path, data)
		}
		return
	}
	if !strings.Contains(header.Get("Cache-Control"), "private") && !strings.Contains(header.Get("Cache-Control"), "no-store") {
		t.Errorf("%s %s: shared caches may keep it: %q", page.Method, page.Path, header.Get("Cache-Control"))
	}
	if who.ID == "" {
		if said.User != nil {
			t.Errorf("%s %s: names a user: %s", page.Method, page.Path, data)
		}
		return
	}
	if said.User == nil || said.User.UserID != who.ID || said.User.Hash != tawk.Hash(demoKey, who.ID) ||
		said.User.Name != who.Name || said.User.Email != who.Email {
		t.Errorf("%s %s: says %s, not %v", page.Method, page.Path, data, who)
	}
}

// enter logs a person in at the shop itself. The name "" stays outside.
func enter(t *testing.T, site, name string) http.CookieJar {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	if name == "" {
		return jar
	}
	answer, err := (&http.Client{Jar: jar}).PostForm(site+"/login", url.Values{"person": {name}})
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("log %s in: %s", name, answer.Status)
	}
	return jar
}

// fetch asks for a page as a browser does that comes to it by a link, with the cookies of the jar, which stay as they are.
func fetch(t *testing.T, site string, page shop.Page, jar http.CookieJar) ([]byte, http.Header) {
	t.Helper()
	var form io.Reader
	if page.Form != nil {
		form = strings.NewReader(page.Form.Encode())
	}
	r, err := http.NewRequestWithContext(t.Context(), page.Method, site+page.Path, form)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
	r.Header.Set("Sec-Fetch-Dest", "document")
	r.Header.Set("Sec-Fetch-Mode", "navigate")
	if page.Path == "/basket/line" { // a script asks for it
		r.Header.Set("Sec-Fetch-Dest", "empty")
		r.Header.Set("Sec-Fetch-Mode", "cors")
	}
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, cookie := range jar.Cookies(r.URL) {
		r.AddCookie(cookie)
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", page.Method, page.Path, err)
	}
	return body, answer.Header
}
