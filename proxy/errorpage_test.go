package proxy

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"tawkproxy/examples/testenv"
)

var update = flag.Bool("update", false, "write what the pages are into testdata")

// The pages themselves, in each form, with and without a name.
func TestErrorPages(t *testing.T) {
	now := time.Date(2026, 11, 29, 4, 19, 0, 0, time.UTC)
	for _, c := range []struct {
		golden, site string
		status       int
		form         form
	}{
		{"errorpage-502.html", "", 502, formHTML},
		{"errorpage-504-named.html", "Häberle & <Söhne>", 504, formHTML},
		{"errorpage-413.html", "", 413, formHTML},
		{"errorpage-503.json", "Häberle & <Söhne>", 503, formJSON},
		{"errorpage-431.txt", "Häberle & <Söhne>", 431, formText},
	} {
		pages := NewErrorPages(c.site, testLog(&logLines{}))
		_, page := pages.render(c.form, pages.text(c.status, "K3F9Q2XA", now))
		path := filepath.Join("testdata", c.golden)
		if *update {
			if err := os.WriteFile(path, []byte(page), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if want, err := os.ReadFile(path); err != nil || page != string(want) {
			t.Errorf("%s: %v, got\n%s", c.golden, err, page)
		}
		if regexp.MustCompile(`(?i)\b(src|url\(|@import|href="[^"]|https?:|<script|<link)`).MatchString(page) {
			t.Errorf("%s loads something", c.golden)
		}
	}
}

func TestAccepted(t *testing.T) {
	for lines, want := range map[string]form{
		"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8": formHTML, // a browser
		"application/json, text/plain, */*":                                          formJSON, // axios
		"application/json, text/javascript, */*; q=0.01":                             formJSON, // jQuery
		"*/*":                                   formText, // curl, fetch
		"":                                      formText,
		"text/plain":                            formText,
		"application/problem+json":              formJSON,
		"Application/JSON":                      formJSON,
		"text/html;q=0.5\napplication/json":     formJSON,
		"application/json;q=0.5, text/html":     formHTML,
		"application/json;q=0, text/html;q=0":   formText,
		"application/json, text/html":           formHTML,
		"text/plain, text/html;q=0.1":           formText,
		"image/webp":                            formText,
		"text/html;q=x, ;;;, =, application/js": formText,
	} {
		if got := accepted(strings.Split(lines, "\n")); got != want {
			t.Errorf("%q: %v, want %v", lines, got, want)
		}
	}
}

// hostile is a request's part that would show if it were on the page.
const hostile = "<script>alert(1)</script>"

// Whatever fails, and at whatever place: the page has the form that is asked for and the id of a line in the log, and nothing of the
// request.
func TestEveryErrorHasAPage(t *testing.T) {
	t.Parallel()
	quick := site(t, func(w http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) })
	down := "http://" + testenv.FreeAddr(t)
	const hosted = "Host: shop.example\r\n"
	for name, c := range map[string]struct {
		upstream string
		request  string // without an end
		status   int
		line     string // of the log
	}{
		"no site":          {down, "GET /" + hostile + " HTTP/1.1\r\n" + hosted, 502, "refused the connection"},
		"no body":          {quick, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + hosted, 400, "the body cannot be read"},
		"bad host":         {quick, "GET / HTTP/1.1\r\nHost: " + strings.ReplaceAll(hostile, "/", "") + "\r\n", 400, ""},
		"two hosts":        {quick, "GET / HTTP/1.1\r\nHost: a\r\n" + hosted, 400, ""},
		"no host":          {quick, "GET / HTTP/1.1\r\n", 400, "missing required Host header"},
		"odd host":         {quick, "GET / HTTP/1.1\r\nHost: a/b\r\n", 400, ""},
		"not HTTP":         {quick, "GET / x y HTTP/1.1 z\r\n" + hosted, 400, ""},
		"odd field":        {quick, "GET / HTTP/1.1\r\n" + hosted + hostile + ": x\r\n", 400, ""},
		"tunnel":           {quick, "CONNECT shop.example:443 HTTP/1.1\r\n" + hosted, 501, "CONNECT"},
		"odd coding":       {quick, "GET / HTTP/1.1\r\nTransfer-Encoding: " + hostile + "\r\n" + hosted, 501, ""},
		"odd version":      {quick, "GET / HTTP/3.0\r\n" + hosted, 505, "unsupported protocol version"},
		"many fields":      {quick, "GET / HTTP/1.1\r\n" + hosted + strings.Repeat("A:\r\n", mostFields), 431, "more than 250 fields"},
		"many more fields": {quick, "GET / HTTP/1.1\r\n" + hosted + strings.Repeat("A:\r\n", 3*mostLines), 431, "more than 250 fields"},
		"large header":     {quick, "GET / HTTP/1.1\r\n" + hosted + "Cookie: " + hostile + strings.Repeat("x", 100<<10) + "\r\n", 431, "TAWK_MAX_HEADER_SIZE"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := openFront(t, c.upstream, func(o *Options, _ *Server) { o.Errors = NewErrorPages("Häberle & <Söhne>", o.Log) })
			first, rest, _ := strings.Cut(c.request, "\r\n")
			for accept, kind := range map[string]string{"text/html,*/*;q=0.8": "text/html; charset=utf-8",
				"application/json": "application/json", "*/*": "text/plain; charset=utf-8"} {
				answer, page := f.send(first + "\r\nAccept: " + accept + "\r\n" + rest + "\r\nnot a chunk\r\n")
				if answer.StatusCode != c.status || answer.Header.Get("Content-Type") != kind ||
					answer.Header.Get("Cache-Control") != "no-store" || answer.ContentLength != int64(len(page)) {
					t.Errorf("%s: %d %v", accept, answer.StatusCode, answer.Header)
				}
				id := regexp.MustCompile(`\b[A-Z2-7]{8}\b`).FindString(page)
				lines := f.log.of("id", id)
				if id == "" || len(lines) == 0 || !strings.Contains(fmt.Sprint(lines), c.line) {
					t.Errorf("%s: the page has the id %q, logged %v", accept, id, lines)
				}
				for _, line := range lines {
					if strings.Contains(fmt.Sprint(line["msg"], line["error"]), "alert") {
						t.Errorf("%s: logged %v", accept, line)
					}
				}
				if strings.Contains(page, "alert") || strings.Contains(page, "shop.example") {
					t.Errorf("%s: the request is on the page: %s", accept, page)
				}
				switch kind {
				case "text/html; charset=utf-8":
					if !strings.Contains(page, "<footer>Häberle &amp; &lt;Söhne&gt; · ") || strings.Contains(page, "ZgotmplZ") {
						t.Errorf("got %s", page)
					}
				case "application/json":
					var body struct {
						Status            int
						Title, Detail, ID string
					}
					if err := json.Unmarshal([]byte(page), &body); err != nil || body.Status != c.status || body.ID != id ||
						body.Title == "" || body.Detail == "" {
						t.Errorf("%v, %s", err, page)
					}
				}
			}
		})
	}
}

// Who asks for the head alone gets it, with the length of the page.
func TestErrorPageToHead(t *testing.T) {
	t.Parallel()
	f := openFront(t, "http://"+testenv.FreeAddr(t))
	for name, lines := range map[string]string{"no site": "", "many fields": strings.Repeat("A:\r\n", mostFields),
		"many more fields": strings.Repeat("A:\r\n", 3*mostLines), "large": "A: " + strings.Repeat("x", 100<<10) + "\r\n"} {
		conn := f.dial()
		io.WriteString(conn, "HEAD / HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nConnection: close\r\n"+lines+"\r\n")
		in := bufio.NewReader(conn)
		answer, err := http.ReadResponse(in, &http.Request{Method: "HEAD"})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if body, _ := io.ReadAll(in); len(body) > 0 || answer.ContentLength < 1000 || answer.Header.Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("%s: %v, then %q", name, answer.Header, body)
		}
	}
}

// Over HTTP/2, too, as far as requests get to us.
func TestErrorPageOverHTTP2(t *testing.T) {
	t.Parallel()
	f := openFront(t, "http://"+testenv.FreeAddr(t), withH2C)
	client := &http.Transport{Protocols: new(http.Protocols)}
	client.Protocols.SetUnencryptedHTTP2(true)
	defer client.CloseIdleConnections()
	for name, test := range map[string]struct {
		status, fields int
		size           int // of one of them
	}{"no site": {502, 1, 1}, "many fields": {431, mostFields, 1}, "large": {431, 1, 70 << 10}, "not too large": {502, 1, 60 << 10}} {
		status, values := test.status, make([]string, test.fields)
		values[0] = strings.Repeat("x", test.size)
		r, err := http.NewRequest("GET", "http://"+f.addr+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header["Accept"], r.Header["A"] = []string{"application/json"}, values
		answer, err := client.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		var page struct{ ID string }
		err = json.NewDecoder(answer.Body).Decode(&page)
		answer.Body.Close()
		if answer.ProtoMajor != 2 || answer.StatusCode != status || answer.Header.Get("Content-Type") != "application/json" ||
			err != nil || len(f.log.of("id", page.ID)) == 0 {
			t.Errorf("%s: %v %v, %v", name, answer.Status, answer.Header, err)
		}
	}
}

// What the site sends is never taken for a refusal of Go's server, however much it looks like one.
func TestAPageThatLooksLikeARefusal(t *testing.T) {
	t.Parallel()
	const text = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request"
	f := openFront(t, site(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(2*len(text)))
		w.(http.Flusher).Flush()
		for range 2 {
			io.WriteString(w, text)
			w.(http.Flusher).Flush()
			time.Sleep(3 * flushAfter) // so that it goes out alone
		}
	}))
	for range 2 {
		if answer, page := f.get("/"); answer.StatusCode != 200 || page != text+text {
			t.Errorf("got %d %q", answer.StatusCode, page)
		}
	}
}

// A visitor who speaks TLS to a port without is usually the proxy in front.
func TestTLSIsNamed(t *testing.T) {
	t.Parallel()
	f := openFront(t, "http://"+testenv.FreeAddr(t))
	conn := f.dial()
	conn.Write([]byte("\x16\x03\x01\x00\x05\x01\x00\x00\x01\x03\r\n\r\n"))
	io.Copy(io.Discard, conn)
	if lines := f.log.with("it is in TLS, which is not spoken here"); len(lines) != 1 {
		t.Errorf("logged %v", f.log.with("400"))
	}
}

// The same id stands in the line of the request, and a log that leaves such lines out leads nowhere.
func TestErrorIDInTheAccessLog(t *testing.T) {
	t.Parallel()
	f := openFront(t, "http://"+testenv.FreeAddr(t))
	var ids []any
	for range 3 {
		f.get("/gone")
	}
	for deadline := time.Now().Add(patience); len(f.log.of("path", "/gone")) < 3 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	for _, line := range f.log.of("path", "/gone") {
		ids = append(ids, line["id"])
	}
	if told := f.log.of("level", "ERROR"); len(told) != 1 || len(ids) != 3 || ids[0] != told[0]["id"] || ids[2] != ids[0] {
		t.Errorf("told %v, requests %v", told, ids)
	}
}
