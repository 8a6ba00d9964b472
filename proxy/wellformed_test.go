package proxy

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// badHosts are nobody's names.
var badHosts = []string{"evil.example/x", "a b", "user@shop.example", "shop.example, evil.example", "shop.example:80:80",
	"shop.example:http", "shop.example:123456", ":80", "[::1", "::1]", "[::1]]", "[]", "::1", "[shop.example]", "[::1]x",
	"[fe80::1%25eth0]", "shop\"example", "<b>", "shop.example?x", "shop.example#x", "shop%2eexample", "a\\b", "shop.example;x", "*", "m\xc3\xbcnchen.example"}

var goodHosts = []string{"shop.example", "Shop.Example.", "shop.example:8080", "shop.example:", "my_site", "127.0.0.1:80", "[::1]",
	"[2001:db8::1]:8443"}

// What no server should have to interpret is refused over HTTP/1, and does not arrive.
func TestMalformedRequestsAreRefused(t *testing.T) {
	t.Parallel()
	upstream, heads := witness(t)
	f := openFront(t, upstream)
	type refusal struct {
		request string
		status  int
	}
	var refusals []refusal
	for _, host := range badHosts {
		refusals = append(refusals, refusal{"GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n", 400})
		if !strings.ContainsAny(host, "/?#*") { // in a URL these begin something else, or mean themselves
			refusals = append(refusals, refusal{"GET http://" + host + "/ HTTP/1.1\r\nHost: shop.example\r\n\r\n", 400})
		}
	}
	for _, target := range []string{"http://user@shop.example/", "http://user:pass@shop.example/", "http:///x", "http:x",
		"ftp://shop.example/x", "file:///etc/passwd", "shop.example", "*", "x/y", "/a\tb", "/a\x7fb", "/a b", "/a\x00b", "javascript:alert(1)"} {
		refusals = append(refusals, refusal{"GET " + target + " HTTP/1.1\r\nHost: shop.example\r\n\r\n", 400})
	}
	for _, target := range []string{"shop.example:443", "/", "/.tawkproxy/user", "http://shop.example/", "*"} {
		refusals = append(refusals, refusal{"CONNECT " + target + " HTTP/1.1\r\nHost: shop.example\r\n\r\n", 501})
	}
	for _, r := range refusals {
		answers, err := f.exchange(r.request + "GET /next HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n")
		if err != nil || len(answers) != 1 || answers[0].StatusCode != r.status && answers[0].StatusCode != 400 || !answers[0].Close ||
			!strings.HasPrefix(answers[0].Header.Get("Content-Type"), "text/plain") {
			t.Errorf("%q: answers %v, then %v", r.request, statuses(answers), err)
		}
	}
	if len(heads) > 0 {
		t.Errorf("%q arrived", <-heads)
	}

	for _, host := range goodHosts {
		f.send("GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
		if head := <-heads; !slices.Equal(header(head, "Host"), []string{host}) ||
			!slices.Equal(header(head, "X-Forwarded-Host"), []string{host}) {
			t.Errorf("Host: %s arrived as %q", host, head)
		}
		f.send("GET HTTP://" + host + "/a?b HTTP/1.1\r\nHost: other.example\r\nConnection: close\r\n\r\n")
		if head := <-heads; !strings.HasPrefix(head, "GET /a?b HTTP/1.1\r\n") || !slices.Equal(header(head, "Host"), []string{host}) {
			t.Errorf("http://%s/a?b arrived as %q", host, head)
		}
	}
}

// Over HTTP/2, in which a request has no line, what would break one is refused.
func TestMalformedRequestsAreRefusedInHTTP2(t *testing.T) {
	upstream, heads := witness(t)
	f := openFront(t, upstream, func(_ *Options, s *Server) { s.H2C = true })
	c := f.dialHTTP2()
	request := func(change ...string) [][2]string {
		fields := [][2]string{{":method", "GET"}, {":scheme", "http"}, {":authority", "shop.example"}, {":path", "/"}}
		for i := 0; i < len(change); i += 2 {
			at := slices.IndexFunc(fields, func(field [2]string) bool { return field[0] == change[i] })
			if at < 0 {
				fields = append(fields, [2]string{change[i], change[i+1]})
			} else {
				fields[at][1] = change[i+1]
			}
		}
		return fields
	}
	var refused [][][2]string
	for _, path := range []string{"/a b", "/a HTTP/1.1\r\nX-Evil: 1\r\n\r\n", "/?a b", "/ ", "/a\tb", "/a\nb", "/a\x7f", "*", "x",
		"http://evil.example/", "//evil.example/ x", "/a\x00"} {
		refused = append(refused, request(":path", path))
	}
	for _, host := range badHosts {
		refused = append(refused, request(":authority", host), request(":authority", "", "host", host))
	}
	for _, method := range []string{"GET /x HTTP/1.1", "G@T", "GET\t", "G\"T"} {
		refused = append(refused, request(":method", method))
	}
	refused = append(refused,
		[][2]string{{":method", "CONNECT"}, {":authority", "shop.example:443"}},
		request("transfer-encoding", "chunked"), request("connection", "x-real-ip"), request("x-a", "1\r\nX-Evil: 1"), request("x a", "1"))
	for _, fields := range refused {
		status, err := c.ask(fields)
		if status != "400" && status != "501" && err == nil {
			t.Errorf("%q: answered %s", fields, status)
		}
	}
	if len(heads) > 0 {
		t.Errorf("%q arrived", <-heads)
	}

	for _, host := range goodHosts {
		for _, fields := range [][][2]string{request(":authority", host), request(":authority", "", "host", host)} {
			if status, err := c.ask(fields); status != "200" {
				t.Fatalf("%q: answered %s, %v", fields, status, err)
			}
			if head := <-heads; !slices.Equal(header(head, "Host"), []string{host}) ||
				!slices.Equal(header(head, "X-Forwarded-Host"), []string{host}) {
				t.Errorf("%q arrived as %q", fields, head)
			}
		}
	}
	for _, path := range []string{"/a|b", "/\xe4\xf6", "/a\"b<c>{d}^`", "/?a=%", "/?x=\xe4|{}\"", "/a;b=1,2"} {
		if status, err := c.ask(request(":path", path)); status != "200" {
			t.Fatalf("%q: answered %s, %v", path, status, err)
		}
		if line, _, _ := strings.Cut(<-heads, "\r\n"); line != "GET "+path+" HTTP/1.1" {
			t.Errorf("GET %s arrived as %q", path, line)
		}
	}
}

// A visitor cannot take out by Connection what a proxy in front has put in.
func TestConnectionNominatesNothing(t *testing.T) {
	upstream, heads := witness(t)
	f := openFront(t, upstream, func(o *Options, _ *Server) {
		o.Trusted = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	})
	front := []string{"X-Real-Ip", "X-Client-Verified", "X-Forwarded-User", "X-Forwarded-For", "X-Forwarded-Proto", "Forwarded",
		"Cookie", "Authorization", "Accept-Encoding", "User-Agent", "X-Hop"}
	hops := []string{"Keep-Alive", "Proxy-Connection", "Proxy-Authorization", "TE", "Upgrade", "HTTP2-Settings", "Connection"}
	var fields strings.Builder
	for _, name := range slices.Concat(front, hops[:len(hops)-1]) {
		fmt.Fprintf(&fields, "%s: of the front\r\n", name)
	}
	all := strings.Join(slices.Concat(front, hops), ", ")
	for name, connection := range map[string]string{
		"one line":    "Connection: close, " + all + "\r\n",
		"many lines":  "Connection: " + strings.ReplaceAll(all, ", ", "\r\nConnection: ") + "\r\nConnection: close\r\n",
		"odd writing": "cOnnection:close,,\t" + strings.ToUpper(strings.ReplaceAll(all, ", ", ",\t ,")) + ",\r\n",
	} {
		answers, err := f.exchange("GET / HTTP/1.1\r\nHost: x\r\n" + fields.String() + connection + "\r\n")
		if err != nil || len(answers) != 1 || !answers[0].Close {
			t.Errorf("%s: answers %v, then %v", name, statuses(answers), err)
		}
		head := <-heads
		for _, field := range front {
			if got := header(head, field); len(got) != 1 || !strings.HasPrefix(got[0], "of the front") {
				t.Errorf("%s: %s arrived as %q", name, field, got)
			}
		}
		for _, field := range hops {
			if got := header(head, field); got != nil {
				t.Errorf("%s: %s arrived as %q", name, field, got)
			}
		}
	}
}

// A request with two lengths is the last one of its connection (RFC 9112 section 6.3).
func TestConnectionEndsWithTwoLengths(t *testing.T) {
	t.Parallel()
	upstream, followers := readingSite(t)
	f := openFront(t, upstream)
	const next = "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
	long := "X-Long: " + strings.Repeat("x", 5000) + "\r\n"
	for head, want := range map[string]int{
		"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n":                         1,
		"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n":                         1,
		"transfer-encoding:chunked\r\ncONTENT-lENGTH:3\r\n":                           1,
		"Content-Length: 3\nTransfer-Encoding: chunked\n":                             1,
		"Content-Length: 3\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n":    1,
		"Content-Length: 3\r\n" + long + "Transfer-Encoding: Chunked\r\n":             1,
		"Expect: 100-continue\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n": 1,
		"Transfer-Encoding: chunked\r\n":                                              2,
		"Transfer-Encoding: chunked\r\nX-Content-Length: 3\r\n":                       2,
		"Transfer-Encoding: chunked\r\nX: 1\r\n Content-Length: 3\r\n":                2,
	} {
		// A request before it, which ends well.
		request := "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc" +
			"POST /upload HTTP/1.1\r\nHost: x\r\n" + head + "\r\n3\r\nabc\r\n0\r\n\r\n" + next
		answers, err := f.exchange(request)
		answers = slices.DeleteFunc(answers, func(answer *http.Response) bool { return answer.StatusCode == http.StatusContinue })
		if err != nil || len(answers) != want+1 || !answers[want].Close || answers[0].Close {
			t.Errorf("%.100q: %d answers, want %d; then %v", head, len(answers), want+1, err)
		}
	}

	// Before HTTP/1.1 there was no Transfer-Encoding, but whoever sent it means it (RFC 9112 section 6.1).
	for _, length := range []string{"", "Content-Length: 3\r\n"} {
		answers, err := f.exchange("POST /upload HTTP/1.0\r\nHost: x\r\nConnection: keep-alive\r\n" + length +
			"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" + next)
		if err != nil || len(answers) != 1 {
			t.Errorf("HTTP/1.0, %q: answers %v, then %v", length, statuses(answers), err)
		}
	}
	if followers() != 0 {
		t.Errorf("%d further requests at the site", followers())
	}
}

// clientHTTP2 speaks HTTP/2 without TLS, with all freedom over what stands in a header.
type clientHTTP2 struct {
	framer *http2.Framer
	fields bytes.Buffer
	encode *hpack.Encoder
	stream uint32
}

func (f *front) dialHTTP2() *clientHTTP2 {
	f.t.Helper()
	conn := f.dial()
	io.WriteString(conn, http2.ClientPreface)
	c := &clientHTTP2{framer: http2.NewFramer(conn, conn), stream: 1}
	c.framer.AllowIllegalWrites = true
	c.framer.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	c.encode = hpack.NewEncoder(&c.fields)
	if err := c.framer.WriteSettings(); err != nil {
		f.t.Fatal(err)
	}
	return c
}

// ask sends a request without a body and returns the status of the answer. The error says that the stream was ended without one.
func (c *clientHTTP2) ask(fields [][2]string) (status string, err error) {
	c.fields.Reset()
	for _, field := range fields {
		c.encode.WriteField(hpack.HeaderField{Name: field[0], Value: field[1]})
	}
	stream := c.stream
	c.stream += 2
	err = c.framer.WriteHeaders(http2.HeadersFrameParam{
		StreamID: stream, BlockFragment: c.fields.Bytes(), EndStream: true, EndHeaders: true})
	if err != nil {
		return "", err
	}
	for {
		frame, err := c.framer.ReadFrame()
		if err != nil {
			return "", err
		}
		switch frame := frame.(type) {
		case *http2.SettingsFrame:
			if !frame.IsAck() {
				c.framer.WriteSettingsAck()
			}
		case *http2.MetaHeadersFrame:
			status = frame.PseudoValue("status")
			if frame.StreamEnded() {
				return status, nil
			}
		case *http2.DataFrame:
			if frame.StreamEnded() {
				return status, nil
			}
		case *http2.RSTStreamFrame:
			return "", fmt.Errorf("stream reset: %v", frame.ErrCode)
		case *http2.GoAwayFrame:
			return "", fmt.Errorf("connection ended: %v", frame.ErrCode)
		}
	}
}
