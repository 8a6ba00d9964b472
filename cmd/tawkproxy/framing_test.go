package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// Through the whole program: what follows a request whose end may be read in two ways is not served.
func TestNothingFollowsAnUnclearRequest(t *testing.T) {
	var followed atomic.Int64
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/next" {
			followed.Add(1)
		}
		if r.URL.Path != "/early" {
			io.Copy(io.Discard, r.Body)
		}
		io.WriteString(w, "ok")
	}))
	t.Cleanup(site.Close)
	program := front(t, site.URL, "TAWK_SESSION=header", "TAWK_USER_ID=X-User", "TAWK_TRUSTED_PROXIES=127.0.0.1")
	const next = "GET /next HTTP/1.1\r\nHost: x\r\n\r\n"
	for request, status := range map[string]int{
		"POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n":                                             400,
		"POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5;a\nb\r\nhello\r\n0\r\n\r\n":                       400,
		"POST /early HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n":                                         0,
		"POST /.tawkproxy/report HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n":                             0,
		"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n":                     200,
		"POST /x HTTP/1.0\r\nHost: x\r\nConnection: keep-alive\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc": 200,
		"CONNECT shop.example:443 HTTP/1.1\r\nHost: shop.example:443\r\n\r\n":                                                 501,
		"GET / HTTP/1.1\r\nHost: evil.example;x\r\n\r\n":                                                                      400,
	} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(program.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		conn.SetDeadline(time.Now().Add(20 * time.Second))
		io.WriteString(conn, request+next)
		answers := bufio.NewReader(conn)
		answer, err := http.ReadResponse(answers, nil)
		if err != nil {
			t.Fatalf("%q: %v", request, err)
		}
		io.Copy(io.Discard, answer.Body)
		rest, err := io.ReadAll(answers)
		if status != 0 && answer.StatusCode != status || len(rest) > 0 || err != nil && !strings.Contains(err.Error(), "reset") {
			t.Errorf("%q: %s, then %q, %v", request, answer.Status, rest, err)
		}
		conn.Close()
	}
	if followed.Load() != 0 {
		t.Errorf("%d further requests at the site", followed.Load())
	}
}
