package inject

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

const lastModified = "Tue, 09 Nov 2004 17:30:00 GMT"

func TestTranslate(t *testing.T) {
	tag := func(value string) string {
		field := "Etag"
		if value == lastModified {
			field = "Last-Modified"
		}
		v, _ := validatorOf(http.Header{field: {value}})
		v.print = somePrint
		return v.tag()
	}
	const since, ranges = "If-Modified-Since: " + lastModified, "Range: bytes=0-1"
	for _, c := range []struct {
		name         string
		navigation   bool
		header, want []string
		held         []string
	}{
		{"F06 copies from before", true, []string{`If-None-Match: "a"`, since}, nil, nil},
		{"F06 any copy", true, []string{"If-None-Match: *"}, nil, nil},
		{"F06 a date alone", true, []string{since}, nil, nil},
		{"F09 rest of a download", true, []string{ranges, `If-Range: "a"`, since}, []string{ranges, `If-Range: "a"`}, nil},
		{"F09 ranges of a page", true, []string{ranges, "If-None-Match: " + tag(`"a"`)}, []string{`If-None-Match: "a"`}, []string{`"a"`}},
		{"strong", true, []string{"If-None-Match: " + tag(`"a"`), since}, []string{`If-None-Match: "a"`}, []string{`"a"`}},
		{"weak", true, []string{"If-None-Match: " + tag(`W/"a"`)}, []string{`If-None-Match: W/"a"`}, []string{`W/"a"`}},
		{"odd", true, []string{"If-None-Match: " + tag(`a b`)}, []string{`If-None-Match: a b`}, []string{`a b`}},
		{"date", true, []string{"If-None-Match: " + tag(lastModified)}, []string{since}, []string{lastModified}},
		{"several", true, []string{"If-None-Match: " + tag(`"a"`) + `, "x", ` + tag(`"b"`), "If-None-Match: " + tag(`"a"`)},
			[]string{`If-None-Match: "a", "b"`}, []string{`"a"`, `"b"`, `"a"`}},
		{"tags before dates", true, []string{"If-None-Match: " + tag(lastModified) + ", " + tag(`"a"`)},
			[]string{`If-None-Match: "a"`}, []string{`"a"`}},
		{"two dates", true, []string{"If-None-Match: " + tag(lastModified) + `, W/"eWVzdGVyZGF5~tpd0123456789abcdef"`}, nil, nil},
		{"perhaps a script, foreign", false, []string{`If-None-Match:  "a" ,W/"b"`, since, ranges},
			[]string{`If-None-Match:  "a" ,W/"b"`, since, ranges}, nil},
		{"perhaps a script, ours", false, []string{"If-None-Match: " + tag(`"a"`) + `, "b"`, since, ranges},
			[]string{`If-None-Match: "a"`}, []string{`"a"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := headerOf(append(c.header, `If-Match: "m"`, "If-Unmodified-Since: then")...)
			held := translate(h, c.navigation)
			if want := headerOf(append(c.want, `If-Match: "m"`, "If-Unmodified-Since: then")...); !reflect.DeepEqual(h, want) {
				t.Errorf("sends %v, want %v", h, want)
			}
			var got []string
			for _, v := range held {
				got = append(got, v.value)
			}
			if !slices.Equal(got, c.held) {
				t.Errorf("holds %q, want %q", got, c.held)
			}
		})
	}
}

// A world is one page at the site, a proxy in front of it, and a reader.
type world struct {
	*Transport
	page    http.Header // of the page at the site; a condition is met if its ETag or Last-Modified is the one asked for
	says    Payload     // what the element says now
	shared  bool        // what Data was told last
	asked   []string    // the conditions of each request to the site
	strange http.Header // of a 304, if it is another than the page's
	verdict Reason
}

func newWorld(page ...string) *world {
	w := &world{
		page: headerOf(append(page, "Content-Type: text/html")...),
		says: Payload{Data: []byte(`{"user":"ada"}`), Private: true},
	}
	w.Transport = &Transport{
		Base: site(w.answer), Script: testScript, Key: []byte("key"),
		Data: func(_ *http.Response, shared bool) Payload {
			w.shared = shared
			return w.says
		},
		Observe: func(_ *http.Request, verdict Reason, _ error) { w.verdict = verdict },
	}
	return w
}

func (w *world) answer(r *http.Request) *http.Response {
	none, since := r.Header["If-None-Match"], r.Header.Get("If-Modified-Since")
	w.asked = append(w.asked, strings.Join(none, ", ")+since)
	answer := &http.Response{StatusCode: http.StatusOK, Request: r, Header: w.page.Clone(), Body: http.NoBody}
	matches := func(tag string) bool { return tag == "*" || sameTag(tag, w.page.Get("Etag")) }
	switch {
	case slices.ContainsFunc(slices.Collect(elements(none)), matches),
		none == nil && since != "" && since == w.page.Get("Last-Modified"):
		answer.StatusCode = http.StatusNotModified
		answer.Header.Del("Content-Type")
		if w.strange != nil {
			answer.Header = w.strange.Clone()
		}
	case r.Method == http.MethodHead:
		setLength(answer, int64(len(testPage)))
	default:
		answer.Body = io.NopCloser(strings.NewReader(testPage))
		setLength(answer, int64(len(testPage)))
	}
	return answer
}

// ask sends a request as browsers do for a page; header adds to it or replaces.
func (w *world) ask(t *testing.T, method string, header ...string) (*http.Response, string) {
	t.Helper()
	r := new(stage).navigation(t, "http://ex.com/")
	r.Method = method
	for name, values := range headerOf(header...) {
		if r.Header[name] = values; values[0] == "" {
			delete(r.Header, name)
		}
	}
	w.asked = nil
	answer, err := w.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if length := answer.Header.Get("Content-Length"); method == http.MethodGet && answer.StatusCode == http.StatusOK &&
		length != strconv.Itoa(len(body)) {
		t.Errorf("Content-Length %q of %d bytes", length, len(body))
	}
	return answer, string(body)
}

// TestUnmodified asks again for a page that the browser has, after this or that has changed.
func TestUnmodified(t *testing.T) {
	bob := func(w *world) { w.says = Payload{Data: []byte(`{"user":"bob"}`), Private: true} }
	for _, c := range []struct {
		name    string
		page    []string
		change  func(w *world)
		status  int
		asked   []string
		without bool // the element is not in the page that comes
	}{
		{"ETag", []string{`ETag: "a"`}, nil, 304, []string{`"a"`}, false},
		{"weak ETag", []string{`ETag: W/"a"`, "Last-Modified: " + lastModified}, nil, 304, []string{`W/"a"`}, false},
		{"F05 Last-Modified alone", []string{"Last-Modified: " + lastModified}, nil, 304, []string{lastModified}, false},
		{"the site's page", []string{`ETag: "a"`}, func(w *world) { w.page.Set("Etag", `"b"`) }, 200, []string{`"a"`}, false},
		{"user", []string{`ETag: "a"`}, bob, 200, []string{`"a"`, ""}, false},
		{"user, by date", []string{"Last-Modified: " + lastModified}, bob, 200, []string{lastModified, ""}, false},
		{"nobody any more", []string{`ETag: "a"`}, func(w *world) { w.says.Data = []byte(`{"user":null}`) },
			200, []string{`"a"`, ""}, false},
		{"script", []string{`ETag: "a"`}, func(w *world) {
			w.Transport = &Transport{Base: w.Base, Key: w.Key, Data: w.Data, Observe: w.Observe, Script: Script{Name: "test", Text: []byte("/* new */")}}
		}, 200, []string{`"a"`, ""}, false},
		{"key", []string{`ETag: "a"`}, func(w *world) { w.Key = []byte("another") }, 200, []string{`"a"`, ""}, false},
		{"nothing to say any more", []string{`ETag: "a"`}, func(w *world) { w.says = Payload{} },
			200, []string{`"a"`, ""}, true},
		{"withheld now", []string{`ETag: "a"`}, func(w *world) { w.says = Payload{Private: true} }, 200, []string{`"a"`, ""}, true},
		{"Data fails", []string{`ETag: "a"`}, func(w *world) {
			w.Data = func(*http.Response, bool) Payload { panic("no") }
		}, 200, []string{`"a"`, ""}, true},
		{"a policy that forbids the element", []string{`ETag: "a"`}, func(w *world) { w.page.Set("Content-Security-Policy", "sandbox") },
			200, []string{`"a"`, ""}, true},
		{"readable by others", []string{`ETag: "a"`}, func(w *world) {
			w.page.Set("Access-Control-Allow-Origin", "*")
		}, 304, []string{`"a"`}, false}, // it is navigated to
		{"304 without fields", []string{`ETag: "a"`}, func(w *world) { w.strange = http.Header{} }, 304, []string{`"a"`}, false},
		{"304 of a compressed page", []string{`ETag: "a"`}, func(w *world) { w.strange = headerOf(`ETag: "a-gzip"`) },
			304, []string{`"a"`}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(c.page...)
			first, _ := w.ask(t, http.MethodGet)
			tag := first.Header.Get("Etag")
			if _, ours := parseTag(tag); !ours || first.Header.Get("Last-Modified") != "" {
				t.Fatalf("validators %v", first.Header)
			}
			if c.change != nil {
				c.change(w)
			}
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				answer, body := w.ask(t, method, "If-None-Match: "+tag, "If-Modified-Since: "+lastModified)
				if answer.StatusCode != c.status || !slices.Equal(w.asked, c.asked) {
					t.Errorf("%s: status %d, asked %q; want %d, %q", method, answer.StatusCode, w.asked, c.status, c.asked)
				}
				if answer.StatusCode == 304 {
					if w.verdict != Unmodified || answer.Header.Get("Etag") != tag || answer.Header.Get("Last-Modified") != "" ||
						answer.Header.Get("Cache-Control") != "private, no-cache" {
						t.Errorf("%s: %q, %v", method, w.verdict, answer.Header)
					}
					continue
				}
				if method == http.MethodGet && c.without != (body == testPage) {
					t.Errorf("the page is %s", body)
				}
				if answer.Header.Get("Etag") == tag {
					t.Errorf("%s: another page has the same ETag %s", method, tag)
				}
			}
		})
	}
}

// TestUnmodifiedShared asks again for a page that shared caches keep.
func TestUnmodifiedShared(t *testing.T) {
	const public = "Cache-Control: public, max-age=60"
	w := newWorld(`ETag: "a"`, public, "Expires: then", "Surrogate-Control: max-age=5", "Content-Security-Policy: script-src 'self'")
	w.says = Payload{Data: []byte(`{"ask":true}`)}
	first, _ := w.ask(t, http.MethodGet)
	tag := first.Header.Get("Etag")
	again, _ := w.ask(t, http.MethodGet, "If-None-Match: "+tag)
	if again.StatusCode != 304 || !w.shared {
		t.Fatalf("status %d, shared %v", again.StatusCode, w.shared)
	}
	for _, field := range []string{"Etag", "Cache-Control", "Expires", "Surrogate-Control", "Content-Security-Policy"} {
		if got, want := again.Header.Get(field), first.Header.Get(field); got != want || want == "" {
			t.Errorf("%s: %q on 304, %q before", field, got, want)
		}
	}
	// The site makes it personal without a change.
	w.page.Del("Cache-Control")
	w.page.Del("Surrogate-Control")
	w.says = Payload{Data: []byte(`{"user":"ada"}`), Private: true}
	if again, _ = w.ask(t, http.MethodGet, "If-None-Match: "+tag); again.StatusCode != 200 || w.shared {
		t.Errorf("status %d, shared %v", again.StatusCode, w.shared)
	}
}

// TestWithheld keeps pages without the element, and those with it, apart.
func TestWithheld(t *testing.T) {
	w := newWorld(`ETag: "a"`, "Cache-Control: max-age=60", "Content-MD5: a")
	w.says = Payload{Private: true}
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		first, body := w.ask(t, method)
		tag := first.Header.Get("Etag")
		if _, ours := parseTag(tag); !ours || first.Header.Get("Cache-Control") != "private, no-cache" || body != testPage && body != "" {
			t.Fatalf("%s: got %v, %s", method, first.Header, body)
		}
		if again, _ := w.ask(t, method, "If-None-Match: "+tag); again.StatusCode != 304 {
			t.Errorf("%s: status %d", method, again.StatusCode)
		}
	}
}

// TestUnexpected304 passes the 304 of a site that does not mind what it is asked (F08), if the copy cannot be one of ours.
func TestUnexpected304(t *testing.T) {
	w := newWorld()
	w.Base = site(func(r *http.Request) *http.Response {
		return &http.Response{StatusCode: 304, Request: r, Header: http.Header{"Etag": {`"a"`}}, Body: http.NoBody}
	})
	if answer, _ := w.ask(t, http.MethodGet, `If-None-Match: "a"`); answer.StatusCode != 304 || answer.Header.Get("Etag") != `"a"` {
		t.Errorf("got %d %v", answer.StatusCode, answer.Header)
	}
}

// TestRefetch passes what the site says when a page has to be fetched again, and what goes wrong then.
func TestRefetch(t *testing.T) {
	w := newWorld(`ETag: "a"`)
	first, _ := w.ask(t, http.MethodGet)
	tag := first.Header.Get("Etag")
	w.says.Data = []byte(`{"user":"bob"}`)

	asked, closed := 0, false
	w.Base = failing(func(r *http.Request) (*http.Response, error) {
		if asked++; asked == 2 {
			return nil, errors.New("the site is gone")
		}
		answer := w.answer(r)
		answer.Body = closing{answer.Body, &closed}
		return answer, nil
	})
	r := new(stage).navigation(t, "http://ex.com/")
	r.Header.Set("If-None-Match", tag)
	if answer, err := w.RoundTrip(r); err == nil || !closed {
		t.Errorf("got %v, %v; 304 closed: %v", answer, err, closed)
	}
	if r.Header.Get("If-None-Match") != tag {
		t.Error("the caller's request was changed")
	}

	over := make(chan bool)
	defer close(over)
	w.Base, w.Timeout = site(w.answer), 20*time.Millisecond
	w.Data = func(*http.Response, bool) Payload {
		<-over
		return Payload{}
	}
	if answer, body := w.ask(t, http.MethodGet, "If-None-Match: "+tag); answer.StatusCode != 200 || body != testPage {
		t.Errorf("Data hangs: %d %s", answer.StatusCode, body)
	}
}

type failing func(*http.Request) (*http.Response, error)

func (f failing) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

type closing struct {
	io.ReadCloser
	closed *bool
}

func (c closing) Close() error {
	*c.closed = true
	return c.ReadCloser.Close()
}

// TestNotForPages leaves conditions alone that are not about a page with the element (F06, F07), byte for byte.
func TestNotForPages(t *testing.T) {
	const tag = `W/"a~tps0123456789abcdef"`
	for _, c := range []struct {
		name, method string
		kind         []string
	}{
		{"F07 form", http.MethodPut, nil},
		{"image", http.MethodGet, []string{"Sec-Fetch-Dest: image"}},
		{"script of a fetched page", http.MethodGet, []string{"Sec-Fetch-Dest: empty", "Accept: */*"}},
		{"htmx", http.MethodGet, []string{"HX-Request: true"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(`ETag: "a"`)
			w.ask(t, c.method, append(c.kind, "If-None-Match:  "+tag+` ,"b"`)...)
			if want := []string{tag + ` ,"b"`}; !slices.Equal(w.asked, want) {
				t.Errorf("asked %q, want %q", w.asked, want)
			}
		})
	}
	w := newWorld(`ETag: "a"`)
	r := new(stage).navigation(t, "http://ex.com/")
	r.Body = io.NopCloser(bytes.NewReader([]byte("a GET with a body")))
	r.Header.Set("If-None-Match", tag)
	if answer, err := w.RoundTrip(r); err != nil || answer.StatusCode != 200 || w.asked[0] != tag {
		t.Errorf("asked %q: %v, %v", w.asked, answer, err)
	}
}
