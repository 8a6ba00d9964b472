package proxy

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
)

// early are names that mean something only in front of a body.
var early = []string{"X-Forwarded-User", "X-Forwarded-For", "X-Real-Ip", "Forwarded", "Cookie", "Authorization", "Host", "Connection",
	"Content-Type", "Content-Encoding", "Expect", "If-Match", "TE", "Set-Cookie", "Location", "Cache-Control", "Www-Authenticate",
	"Vary", "X_Forwarded_User", "X_Sum", "Proxy-Authorization", "Upgrade", "Content-Range", "Clear-Site-Data"}

// What tells where a request is from, whose it is or where it ends does not reach the site behind the body, whoever sends it.
func TestRequestTrailersAreFiltered(t *testing.T) {
	bodies := make(chan string, 1)
	f := openFront(t, rawSite(t, func(conn net.Conn, r *bufio.Reader) {
		head := readHead(r)
		body, _, _ := strings.Cut(head, "\r\n\r\n")
		for !strings.Contains(body, "\r\n0\r\n") || !strings.HasSuffix(body, "\r\n\r\n") {
			line, err := r.ReadString('\n')
			if body += line; err != nil {
				break
			}
		}
		bodies <- body
		io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
	}), func(o *Options, _ *Server) { o.Trusted = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} })
	for how, announced := range map[string]string{
		"announced":     "Trailer: X-Sum, " + strings.Join(early, ", ") + "\r\n",
		"not announced": "Trailer: X-Sum\r\n",
		"at all":        "",
	} {
		answer, _ := f.send("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + announced + "Transfer-Encoding: chunked\r\n\r\n" +
			"5\r\nhello\r\n0\r\nX-Sum: 42\r\n" + strings.Join(early, ": evil\r\n") + ": evil\r\n\r\n")
		body := <-bodies
		if answer.StatusCode != 200 || strings.Contains(body, "evil") || (announced != "") != strings.Contains(body, "0\r\nX-Sum: 42\r\n") {
			t.Errorf("%s: %s, arrived as %q", how, answer.Status, body)
		}
		for _, name := range early {
			if trailers := strings.Join(header(body, "Trailer"), ","); strings.Contains(","+trailers+",", ","+name+",") {
				t.Errorf("%s: announced %q", how, trailers)
			}
		}
	}
}

// Nor does it reach the browser.
func TestAnswerTrailersAreFiltered(t *testing.T) {
	for how, announced := range map[string]string{
		"announced":     "Trailer: X-Sum, " + strings.Join(early, ", ") + "\r\n",
		"not announced": "Trailer: X-Sum\r\n",
		"at all":        "",
	} {
		f := openFront(t, rawSite(t, func(conn net.Conn, r *bufio.Reader) {
			readHead(r)
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nSet-Cookie: good=1\r\n"+announced+"Transfer-Encoding: chunked\r\n\r\n"+
				"5\r\nhello\r\n0\r\nX-Sum: 42\r\n"+strings.Join(early, ": evil\r\n")+": evil\r\n\r\n")
		}))
		answers, err := f.exchange("GET / HTTP/1.1\r\nHost: x\r\nTE: trailers\r\nConnection: close, TE\r\n\r\n")
		if err != nil || len(answers) != 1 || answers[0].Trailer.Get("X-Sum") != "42" || answers[0].Header.Get("Set-Cookie") != "good=1" {
			t.Fatalf("%s: answers %v, then %v", how, statuses(answers), err)
		}
		for _, name := range early {
			if values, ok := answers[0].Trailer[http.CanonicalHeaderKey(name)]; ok {
				t.Errorf("%s: %s arrived as %q", how, name, values)
			}
		}
	}
}

// An early hint brings what browsers use of it, and nothing else.
func TestEarlyHintsAreFiltered(t *testing.T) {
	f := openFront(t, rawSite(t, func(conn net.Conn, r *bufio.Reader) {
		readHead(r)
		io.WriteString(conn, "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nSet-Cookie: evil=1\r\nX-Tawk-User-Id: 42\r\n"+
			"Connection: close\r\nKeep-Alive: 5\r\nLocation: /evil\r\nContent-Security-Policy: default-src 'self'\r\n\r\n"+
			"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nSet-Cookie: good=1\r\n\r\nok")
	}))
	conn := f.dial()
	io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	r := bufio.NewReader(conn)
	hint := readHead(r)
	if !strings.HasPrefix(hint, "HTTP/1.1 103 ") || header(hint, "Link") == nil || header(hint, "Content-Security-Policy") == nil ||
		strings.Count(hint, "\r\n") != 4 {
		t.Errorf("hint %q", hint)
	}
	if head := readHead(r); header(head, "Set-Cookie") == nil || header(head, "Link") != nil {
		t.Errorf("answer %q", head)
	}
}
