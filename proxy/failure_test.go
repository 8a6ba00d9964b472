package proxy

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"syscall"
	"testing"

	"tawkproxy/examples/testenv"
)

func TestFailureOf(t *testing.T) {
	dial := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	for _, c := range []struct {
		err    error
		status int
		cause  string
	}{
		{dial(os.NewSyscallError("connect", syscall.ECONNREFUSED)), 502, "refused"},
		{dial(os.NewSyscallError("connect", syscall.EHOSTUNREACH)), 502, "cannot be reached"},
		{dial(os.NewSyscallError("connect", syscall.ETIMEDOUT)), 504, "in time"},
		{dial(os.ErrDeadlineExceeded), 504, "in time"},
		{dial(&net.DNSError{Err: "no such host", IsNotFound: true}), 502, "resolved"},
		{dial(&net.DNSError{Err: "i/o timeout", IsTimeout: true}), 502, "resolved"},
		{dial(fs.ErrPermission), 502, "may not be opened"},
		{context.DeadlineExceeded, 504, "in time"},
		{fmt.Errorf("round trip: %w", context.Canceled), 499, ""},
		{io.ErrUnexpectedEOF, 502, "hung up"},
		{os.NewSyscallError("read", syscall.ECONNRESET), 502, "hung up"},
		{errors.New("http: server closed idle connection"), 502, "hung up"},
		{uploadError{&http.MaxBytesError{Limit: 1}}, 413, ""},
		{uploadError{io.ErrUnexpectedEOF}, 499, ""},
		{uploadError{&net.OpError{Op: "read", Err: os.NewSyscallError("read", syscall.ECONNRESET)}}, 499, ""},
		{uploadError{errors.New("invalid byte in chunk length")}, 400, ""},
	} {
		f := failureOf(c.err)
		if f.status != c.status || !strings.Contains(f.cause, c.cause) ||
			(f.cause == "") != (c.cause == "") || (f.remedy == "") != (c.cause == "") {
			t.Errorf("%v: %+v, want %d %q", c.err, f, c.status, c.cause)
		}
	}
}

func TestFailuresAreToldInPlainWords(t *testing.T) {
	plain := site(t, func(w http.ResponseWriter, r *http.Request) {})
	stranger := httptest.NewUnstartedServer(nil)
	stranger.Config.ErrorLog = quiet()
	stranger.StartTLS()
	defer stranger.Close()
	silent := rawSite(t, func(conn net.Conn, r *bufio.Reader) { readHead(r) })
	babble := rawSite(t, func(conn net.Conn, r *bufio.Reader) { readHead(r); io.WriteString(conn, "Ada's secret page\r\n\r\n") })
	reset := rawSite(t, func(conn net.Conn, r *bufio.Reader) { conn.(*net.TCPConn).SetLinger(0) })
	switched := rawSite(t, func(conn net.Conn, r *bufio.Reader) {
		readHead(r)
		io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
	})
	odd := rawSite(t, func(conn net.Conn, r *bufio.Reader) { readHead(r); io.WriteString(conn, "HTTP/1.1 099 Odd\r\n\r\n") })

	for upstream, want := range map[string]string{
		"http://" + testenv.FreeAddr(t):     "refused the connection: is the site running, and listening there?",
		"unix:/nonexistent/site.sock":       "does not exist: is the site running, and its socket's folder mounted here?",
		"https://" + plain[len("http://"):]: "does not speak TLS: write http:// in place of https://, or another port",
		stranger.URL:                        "has a certificate that is not trusted: name the host that stands in it",
		silent:                              "hung up before it had answered",
		babble:                              "gave no HTTP answer",
		reset:                               "hung up before it had answered",
		switched:                            "gave no HTTP answer",
		odd:                                 "gave no HTTP answer",
	} {
		f := openFront(t, upstream)
		answer, page := f.get("/page?q=1")
		if answer.StatusCode != 502 || answer.Header.Get("Cache-Control") != "no-store" ||
			answer.Header.Get("Content-Type") != "text/html; charset=utf-8" ||
			!strings.HasPrefix(page, "<!DOCTYPE html>") || !strings.Contains(page, "could not be reached.") {
			t.Errorf("%s: %d %v %s", want, answer.StatusCode, answer.Header, page)
		}
		for _, inside := range []string{"tawk", "TAWK", "127.0.0.1", "sock", "dial", "secret"} {
			if strings.Contains(page, inside) {
				t.Errorf("%s: the page shows %q: %s", want, inside, page)
			}
		}
		line := f.log.wait(t, "TAWK_UPSTREAM "+upstream+" ")
		if message := line["msg"].(string); !strings.Contains(message, want) || line["level"] != "ERROR" {
			t.Errorf("want %q, logged %v", want, line)
		}
		if strings.Contains(fmt.Sprint(line), "secret") {
			t.Errorf("the site's answer was logged: %v", line)
		}
	}
}

func TestErrorPageAsText(t *testing.T) {
	f := openFront(t, "http://"+testenv.FreeAddr(t))
	answer, body := f.send("GET /data HTTP/1.1\r\nHost: x\r\nAccept: */*\r\nConnection: close\r\n\r\n")
	const want = "The website could not be reached. Please try again in a moment.\n\nFor the operator: 502 Bad Gateway, 2"
	if !strings.HasPrefix(body, want) || answer.Header.Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("answer %v %q", answer.Header, body)
	}
}

func TestAnOutageDoesNotFloodTheLog(t *testing.T) {
	f := openFront(t, "http://"+testenv.FreeAddr(t))
	for range 50 {
		f.get("/")
	}
	if lines := f.log.with("TAWK_UPSTREAM"); len(lines) != 1 || lines[0]["times"] != 1.0 {
		t.Errorf("logged %v", lines)
	}
}

func TestBadUploadIsNotTheSitesFault(t *testing.T) {
	t.Parallel()
	f := openFront(t, site(t, func(w http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) }))
	answer, _ := f.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n")
	if failures := f.log.with("TAWK_UPSTREAM"); answer.StatusCode != 400 || failures != nil {
		t.Errorf("answer %d, logged %v", answer.StatusCode, failures)
	}
}
