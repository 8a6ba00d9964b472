package shop

import (
	"bytes"
	"compress/gzip"
	"image/gif"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/websocket"
)

// open opens a shop and gives back its address and a customer with a browser.
func open(t *testing.T, o Options) (address string, customer *http.Client) {
	t.Helper()
	server := httptest.NewServer(New(o))
	t.Cleanup(server.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return server.URL, &http.Client{Jar: jar, Transport: &http.Transport{DisableCompression: true}}
}

// text is an answer's body.
func text(t *testing.T, answer *http.Response, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestEveryPageIsTheSameTwice(t *testing.T) {
	handler := New(Options{})
	for _, page := range Pages() {
		if page.Path == "/parrot/echo" {
			continue // wants the connection itself
		}
		ask := func() *httptest.ResponseRecorder {
			r := httptest.NewRequest(page.Method, page.Path, strings.NewReader(page.Form.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			return w
		}
		first, second := ask(), ask()
		if !bytes.Equal(first.Body.Bytes(), second.Body.Bytes()) {
			t.Errorf("%s %s: two answers differ", page.Method, page.Path)
		}
		html := strings.HasPrefix(first.Header().Get("Content-Type"), "text/html")
		whole := strings.Contains(first.Body.String(), "Teapot Palace")
		if page.Chat && !(html && (whole || page.Path == "/frames/menu")) {
			t.Errorf("%s %s: said to be a page, but is %q", page.Method, page.Path, first.Body)
		}
		want := map[string]int{"/enter": 303, "/logout": 302, "/nowhere": 404}[page.Path]
		if want == 0 {
			want = 200
		}
		if first.Code != want {
			t.Errorf("%s %s: status %d, want %d", page.Method, page.Path, first.Code, want)
		}
	}
}

func TestCustomersComeAndGo(t *testing.T) {
	for name, dir := range map[string]string{"cookie": "", "files": t.TempDir()} {
		t.Run(name, func(t *testing.T) {
			shop, customer := open(t, Options{Dir: dir})
			get := func(path string) string { r, err := customer.Get(shop + path); return text(t, r, err) }
			post := func(path string, form url.Values) string {
				r, err := customer.PostForm(shop+path, form)
				return text(t, r, err)
			}
			expect := func(page string, words ...string) {
				t.Helper()
				for _, want := range words {
					if !strings.Contains(page, want) {
						t.Errorf("the page lacks %q:\n%s", want, page)
					}
				}
			}
			expect(get("/"), "Welcome,", `ID="customer">visitor<`)
			expect(post("/basket", url.Values{"no": {"3"}, "count": {"2"}}), "Brown Betty", "£32.20")
			expect(post("/login", url.Values{"person": {"ada"}}), "This page answered", `ID="customer">Ada Lovelace<`)
			expect(post("/enter", url.Values{"person": {"jose"}}), "Jos\xe9 &#34;Pepe&#34; O&#39;Neil &#128512;", "u-7f3")
			expect(post("/login", url.Values{"person": {"script"}}), "&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;")
			expect(post("/goodbye", nil), "We keep your basket", `ID="customer">visitor<`)
			expect(get("/basket/line"), "<B>2</B> in your basket")
			expect(post("/enter", url.Values{"person": {"ada"}}), "ada@example.com", "<TD>42</TD>")
			expect(get("/logout"), "Welcome to our home page", `ID="customer">visitor<`)
			expect(get("/basket/line"), "<B>0</B> in your basket")
			expect(get("/logout"), "Welcome to our home page")
		})
	}
}

func TestSessionHoldsPlainValuesAndTheShopsOwnType(t *testing.T) {
	keys := [][]byte{[]byte("signs the sessions of the test's"), []byte("encrypts them 16")}
	w := httptest.NewRecorder()
	r := httptest.NewRequest("POST", "/login", strings.NewReader("person=ada"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	New(Options{Keys: keys}).ServeHTTP(w, r)

	visit := httptest.NewRequest("GET", "/", nil)
	visit.Header.Set("Cookie", w.Result().Header.Get("Set-Cookie"))
	session, err := newStore(keys, "").New(visit, Cookie)
	if err != nil {
		t.Fatal(err)
	}
	values := session.Values
	if values["user_id"] != 42 || values["user_name"] != "Ada Lovelace" || values["user_email"] != "ada@example.com" ||
		values["authenticated"] != true {
		t.Errorf("the session holds %v", values)
	}
	if _, ok := values["basket"].(Basket); !ok {
		t.Errorf("the basket is a %T", values["basket"])
	}
}

func TestCharsets(t *testing.T) {
	shop, customer := open(t, Options{})
	for path, want := range map[string]string{
		"/letter": "caf\xe9 in Besan\xe7on, a pot cost three francs \x96 today it is \x80",
		"/hours":  "knock twice",
	} {
		answer, err := customer.Get(shop + path)
		page := text(t, answer, err)
		if !strings.Contains(page, want) || answer.Header.Get("Content-Type") != "text/html" {
			t.Errorf("%s lacks %q, or says its charset: %s\n%s", path, want, answer.Header.Get("Content-Type"), page)
		}
		if bom := strings.HasPrefix(page, "\xef\xbb\xbf"); bom != (path == "/hours") {
			t.Errorf("%s: byte order mark %v", path, bom)
		}
	}
}

func TestCompressedPage(t *testing.T) {
	shop, customer := open(t, Options{})
	r, _ := http.NewRequest("GET", shop+"/news", nil)
	answer, err := customer.Do(r)
	plain := text(t, answer, err)
	r.Header.Set("Accept-Encoding", "gzip")
	answer, err = customer.Do(r)
	packed := text(t, answer, err)
	unpacker, err := gzip.NewReader(strings.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := io.ReadAll(unpacker)
	if err != nil || string(unpacked) != plain || answer.Header.Get("Content-Encoding") != "gzip" {
		t.Errorf("compressed %d bytes are not the plain %d bytes: %v", len(unpacked), len(plain), err)
	}
}

func TestValidators(t *testing.T) {
	shop, customer := open(t, Options{})
	for _, path := range []string{"/terms", "/about"} {
		r, _ := http.NewRequest("GET", shop+path, nil)
		answer, err := customer.Do(r)
		text(t, answer, err)
		r.Header.Set("If-None-Match", answer.Header.Get("ETag"))
		again, err := customer.Do(r)
		if page := text(t, again, err); again.StatusCode != 304 || page != "" {
			t.Errorf("%s: the same ETag is answered with %d and %d bytes", path, again.StatusCode, len(page))
		}
		if answer.Header.Get("Last-Modified") == "" {
			t.Errorf("%s: no Last-Modified", path)
		}
	}
}

// A rest that never ends shows that what comes before it is sent at once.
func TestPartsArriveBeforeTheRest(t *testing.T) {
	shop, customer := open(t, Options{Pause: time.Hour})
	for path, want := range map[string]string{"/kiln": "</HEAD>\n", "/parrot/says": "data: Polly put the kettle on!\n\n"} {
		answer, err := customer.Get(shop + path)
		if err != nil {
			t.Fatal(err)
		}
		var got []byte
		for !bytes.HasSuffix(got, []byte(want)) {
			b := make([]byte, 1)
			if _, err := answer.Body.Read(b); err != nil {
				t.Fatalf("%s: %v after %q", path, err, got)
			}
			got = append(got, b...)
		}
		answer.Body.Close()
	}
}

func TestParrotRepeats(t *testing.T) {
	shop, _ := open(t, Options{})
	parrot, err := websocket.Dial(strings.Replace(shop, "http", "ws", 1)+"/parrot/echo", "", shop)
	if err != nil {
		t.Fatal(err)
	}
	defer parrot.Close()
	for _, words := range []string{"Hello", "José 😀"} {
		var heard string
		if err := websocket.Message.Send(parrot, words); err != nil {
			t.Fatal(err)
		}
		if err := websocket.Message.Receive(parrot, &heard); err != nil || heard != words {
			t.Errorf("the parrot heard %q and said %q (%v)", words, heard, err)
		}
	}
}

func TestPicturesAreGIFs(t *testing.T) {
	shop, customer := open(t, Options{})
	drawings, err := folder.ReadDir("sprites")
	if err != nil {
		t.Fatal(err)
	}
	for _, drawing := range drawings {
		path := "/pictures/" + strings.TrimSuffix(drawing.Name(), ".txt") + ".gif"
		listed := slices.ContainsFunc(Pages(), func(p Page) bool { return strings.HasPrefix(p.Path, path) })
		answer, err := customer.Get(shop + path)
		if _, err := gif.DecodeAll(strings.NewReader(text(t, answer, err))); err != nil || !listed {
			t.Errorf("%s: listed %v, %v", path, listed, err)
		}
	}
}

func TestWallpaperIsAsLongAsItSays(t *testing.T) {
	shop, customer := open(t, Options{})
	answer, err := customer.Get(shop + "/wallpaper.bmp")
	if n := len(text(t, answer, err)); int64(n) != answer.ContentLength || n < 5<<20 {
		t.Errorf("%d bytes, announced as %d", n, answer.ContentLength)
	}
}
