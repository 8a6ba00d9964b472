package tawk

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

const patience = 20 * time.Second

// serveReports answers reports over HTTP/1.1, and over HTTP/2 without TLS.
func serveReports(t *testing.T, timeout time.Duration) (*Reports, string) {
	t.Helper()
	reports := NewReports(slog.New(slog.DiscardHandler))
	reports.timeout = timeout
	server := httptest.NewUnstartedServer(&Handler{Widget: &testWidget, Reports: reports})
	server.Config.Protocols = new(http.Protocols)
	server.Config.Protocols.SetHTTP1(true)
	server.Config.Protocols.SetUnencryptedHTTP2(true)
	server.Start()
	t.Cleanup(server.Close)
	return reports, server.Listener.Addr().String()
}

// A body that stops costs the program a connection for seconds, not for as long as the client likes.
func TestReportThatStops(t *testing.T) {
	_, address := serveReports(t, 50*time.Millisecond)
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	fmt.Fprint(conn, "POST /.tawkproxy/report HTTP/1.1\r\nHost: x\r\nContent-Length: 28\r\n\r\n{\"code\"")
	rest, err := io.ReadAll(conn)
	if err != nil || !strings.HasPrefix(string(rest), "HTTP/1.1 408 ") || !strings.Contains(string(rest), "\r\nConnection: close\r\n") {
		t.Errorf("answered %q, %v", rest, err)
	}
	if strings.Count(string(rest), "HTTP/1.1 ") != 1 {
		t.Errorf("more than one answer: %q", rest)
	}
}

// Over HTTP/2 it costs the stream; the others of the connection go on.
func TestReportThatStopsHTTP2(t *testing.T) {
	_, address := serveReports(t, 50*time.Millisecond)
	transport := &http.Transport{Protocols: new(http.Protocols)}
	transport.Protocols.SetUnencryptedHTTP2(true)
	client, err := transport.NewClientConn(t.Context(), "http", address)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	body, stop := io.Pipe()
	defer stop.Close()
	go io.WriteString(stop, `{"code"`)
	for _, report := range []struct {
		body   io.Reader
		status int
	}{{body, 408}, {strings.NewReader(`{"code":401,"stage":"login"}`), 204}} {
		r, _ := http.NewRequestWithContext(t.Context(), "POST", "http://"+address+"/.tawkproxy/report", report.body)
		answer, err := client.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != report.status {
			t.Errorf("status %d, want %d", answer.StatusCode, report.status)
		}
	}
}

// The time of one report is not that of the connection, which goes on when it is over.
func TestConnectionOutlivesReport(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Parallel()
	const timeout = time.Second
	reports, address := serveReports(t, timeout)
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	answers := bufio.NewReader(conn)
	for range 2 {
		fmt.Fprint(conn, "POST /.tawkproxy/report HTTP/1.1\r\nHost: x\r\nContent-Length: 28\r\n\r\n"+`{"code":401,"stage":"login"}`)
		answer, err := http.ReadResponse(answers, nil)
		if err != nil || answer.StatusCode != 204 {
			t.Fatalf("%v, %v", answer, err)
		}
		time.Sleep(timeout + timeout/10)
	}
	if counted := reports.Counts()[Report{401, "login"}]; counted != 2 {
		t.Errorf("%d counted", counted)
	}
}

// Who floods is refused; an honest visitor's reports are counted all the same.
func TestFloodSilencesNobodyElse(t *testing.T) {
	handler := &Handler{Widget: &testWidget, Reports: NewReports(slog.New(slog.DiscardHandler)),
		Client: func(r *http.Request) string { return r.RemoteAddr }}
	report := func(client, body string) int {
		w, r := httptest.NewRecorder(), httptest.NewRequest("POST", "/.tawkproxy/report", strings.NewReader(body))
		r.RemoteAddr = client
		handler.ServeHTTP(w, r)
		return w.Code
	}
	refused := 0
	for range 5000 {
		if report("flood", `{"code":500,"stage":"login"}`) == http.StatusTooManyRequests {
			refused++
		}
	}
	const honest = 1000
	for i := range honest {
		report(fmt.Sprintf("visitor %d", i), `{"code":401,"stage":"login"}`)
	}
	counted := handler.Reports.Counts()[Report{401, "login"}]
	t.Logf("%d of 5000 of the flood refused, %d of %d honest ones counted", refused, counted, honest)
	// Of four thousand places the flood holds one, which a visitor or two may share.
	if refused < 4000 || counted < honest*99/100 {
		t.Errorf("%d refused, %d of %d counted", refused, counted, honest)
	}
}
