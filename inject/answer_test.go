package inject

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"reflect"
	"strings"
	"testing"
)

// TestHead answers HEAD like GET (F03), but for the length, which cannot be known.
func TestHead(t *testing.T) {
	for _, c := range []struct {
		name    string
		payload Payload
		page    []string
	}{
		{"personal", Payload{Data: []byte("{}"), Private: true}, []string{`ETag: "a"`, "Cache-Control: max-age=60", "Expires: then"}},
		{"shared", Payload{Data: []byte("{}")}, []string{`ETag: "a"`, "Cache-Control: max-age=60", "Expires: then"}},
		{"withheld", Payload{Private: true}, []string{"Last-Modified: then"}},
		{"nothing to say", Payload{}, []string{"Last-Modified: then"}},
		{"policy", Payload{Data: []byte("{}"), Private: true}, []string{"Content-Security-Policy: default-src 'none'"}},
		{"sandbox", Payload{Data: []byte("{}"), Private: true}, []string{`ETag: "a"`, "Content-Security-Policy: sandbox"}},
		{"for others", Payload{Data: []byte("{}")}, []string{`ETag: "a"`, "Content-Type: text/plain"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(c.page...)
			w.says = c.payload
			get, _ := w.ask(t, http.MethodGet)
			head, _ := w.ask(t, http.MethodHead)
			inserted := head.ContentLength < 0
			length, want := head.Header.Get("Content-Length"), get.Header.Get("Content-Length")
			if inserted {
				want = ""
			}
			if length != want {
				t.Errorf("length %q, want %q", length, want)
			}
			delete(get.Header, "Content-Length")
			delete(head.Header, "Content-Length")
			if !reflect.DeepEqual(head.Header, get.Header) {
				t.Errorf("header %v, of GET %v", head.Header, get.Header)
			}
		})
	}
}

// TestPost inserts into what answers a form (B16).
func TestPost(t *testing.T) {
	s := newStage(t, new(Transport), handler(testPage))
	r := s.navigation(t, "/")
	r.Method, r.Body = http.MethodPost, io.NopCloser(strings.NewReader("a=b"))
	if _, body, err := s.get(t, r); err != nil || string(body) != withElement(t, testPage) {
		t.Errorf("got %q, %v", body, err)
	}
}

// TestUntouched passes what is not a page as it came.
func TestUntouched(t *testing.T) {
	for _, c := range []struct {
		name, path string
		header     []string
		verdicts   int
	}{
		{"image", "/", []string{"Sec-Fetch-Dest: image"}, 0},
		{"page as an image", "/page", []string{"Sec-Fetch-Dest: image"}, 1},
		{"no type", "/untyped", []string{"Sec-Fetch-Dest: document"}, 1},
		{"image navigated to", "/", []string{"Sec-Fetch-Dest: document"}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(t, new(Transport), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header()["Content-Type"] = map[string][]string{"/": {"image/gif"}, "/page": {"text/html"}}[r.URL.Path]
				w.Header().Set("Etag", `"site"`)
				io.WriteString(w, testPage)
			}))
			r := s.navigation(t, c.path)
			for name, values := range headerOf(c.header...) {
				r.Header[name] = values
			}
			answer, body, err := s.get(t, r)
			if err != nil || string(body) != testPage || answer.Header.Get("Etag") == "" {
				t.Errorf("got %q, %v, %v", body, answer.Header, err)
			}
			if got := len(s.verdicts.all); got != c.verdicts {
				t.Errorf("%d verdicts: %v", got, s.verdicts.all)
			}
		})
	}
}

// TestUpgrade talks through a connection that has left HTTP (B17).
func TestUpgrade(t *testing.T) {
	s := newStage(t, new(Transport), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, buffered, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n"+
			"Content-Type: text/html\r\n\r\n")
		io.Copy(conn, buffered)
	}))
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.address, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, "GET / HTTP/1.1\r\nHost: ex.com\r\nConnection: Upgrade\r\nUpgrade: echo\r\nAccept: text/html\r\n\r\n")
	reader := bufio.NewReader(conn)
	answer, err := http.ReadResponse(reader, nil)
	if err != nil || answer.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("%v, %v", answer, err)
	}
	for _, word := range []string{"<html>", "</html>"} {
		io.WriteString(conn, word)
		expect(t, reader, word)
	}
}

// TestEarlyHints passes 103 (F14).
func TestEarlyHints(t *testing.T) {
	s := newStage(t, new(Transport), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Link", "</a.css>; rel=preload")
		w.WriteHeader(http.StatusEarlyHints)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		io.WriteString(w, testPage)
	}))
	hints := 0
	r := s.navigation(t, "/")
	r = r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{
		Got1xxResponse: func(status int, _ textproto.MIMEHeader) error {
			hints += status
			return nil
		},
	}))
	if _, body, err := s.get(t, r); err != nil || string(body) != withElement(t, testPage) || hints != http.StatusEarlyHints {
		t.Errorf("got %q, %v, hints %d", body, err, hints)
	}
}

// TestHTTP10 serves a browser that knows no chunks (F18).
func TestHTTP10(t *testing.T) {
	for _, c := range []coding{identity, gzipCoding} {
		s := newStage(t, new(Transport), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			if c != identity {
				w.Header().Set("Content-Encoding", c.String())
			}
			w.(http.Flusher).Flush()
			w.Write(encodedAs(t, c, []byte(testPage)))
		}))
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.address, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		io.WriteString(conn, "GET / HTTP/1.0\r\nAccept: text/html\r\nAccept-Encoding: gzip\r\n\r\n")
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		if err != nil || len(answer.TransferEncoding) > 0 {
			t.Fatal(answer.TransferEncoding, err)
		}
		page, err := browserDecode(answer.Header.Get("Content-Encoding"), body)
		if err != nil || string(page) != withElement(t, testPage) {
			t.Errorf("got %q, %v", page, err)
		}
	}
}

// TestCrossOrigin keeps private data out of what other sites' scripts may read (H13).
func TestCrossOrigin(t *testing.T) {
	for _, c := range []struct {
		name    string
		dest    string
		private bool
		want    Reason
	}{
		{"private, perhaps a script", "", true, CrossOrigin},
		{"private, a navigation", "document", true, Inserted},
		{"for everybody", "", false, Inserted},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := func(*http.Response, bool) Payload { return Payload{Data: []byte("{}"), Private: c.private} }
			s := newStage(t, &Transport{Data: data}, handler(testPage, "Access-Control-Allow-Origin", "*"))
			r := s.navigation(t, "/")
			r.Header["Sec-Fetch-Dest"] = []string{c.dest}
			if _, _, err := s.get(t, r); err != nil {
				t.Fatal(err)
			}
			if verdict := s.verdicts.last(t); verdict != c.want {
				t.Errorf("verdict %q, want %q", verdict, c.want)
			}
		})
	}
}

// TestSharedIsTold tells the caller that shared caches may keep a page, and which request it answers.
func TestSharedIsTold(t *testing.T) {
	for _, control := range []string{"max-age=60", "private"} {
		var told bool
		var path string
		data := func(answer *http.Response, shared bool) Payload {
			told, path = shared, answer.Request.URL.Path
			return Payload{Data: []byte("{}")}
		}
		s := newStage(t, &Transport{Data: data}, handler(testPage, "Cache-Control", control))
		if _, _, err := s.get(t, s.navigation(t, "/a")); err != nil {
			t.Fatal(err)
		}
		if told != (control == "max-age=60") || path != "/a" {
			t.Errorf("%s: told %v, %s", control, told, path)
		}
	}
}
