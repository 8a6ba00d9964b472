package proxy

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"golang.org/x/net/http2"
)

// leaving serves a handler behind Leave, in HTTP/1.1 and in HTTP/2 without TLS.
func leaving(t *testing.T, signal <-chan struct{}, handler http.HandlerFunc) (dial func() net.Conn) {
	t.Helper()
	log := testLog(&logLines{})
	server := httptest.NewUnstartedServer(Chain(handler, AccessLog(log, false), Recover(NewErrorPages("", log)), Leave(signal)))
	server.Config.Protocols = new(http.Protocols)
	server.Config.Protocols.SetHTTP1(true)
	server.Config.Protocols.SetUnencryptedHTTP2(true)
	server.Start()
	t.Cleanup(server.Close)
	return func() net.Conn {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		return conn
	}
}

// An idle connection is told with the next answer; so is one whose answer was under way, but had not begun.
func TestLeave(t *testing.T) {
	stop, proceed := make(chan struct{}), make(chan bool)
	arrived := make(chan bool)
	dial := leaving(t, stop, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			arrived <- true
			<-proceed
		}
		if r.URL.Path == "/hint" {
			w.WriteHeader(http.StatusEarlyHints)
		}
		io.WriteString(w, "ok")
	})
	ask := func(conn net.Conn, answers *bufio.Reader, path string) *http.Response {
		t.Helper()
		io.WriteString(conn, "GET "+path+" HTTP/1.1\r\nHost: x\r\n\r\n")
		answer, err := http.ReadResponse(answers, nil)
		for err == nil && answer.StatusCode == http.StatusEarlyHints {
			if answer.Close {
				t.Error("an early hint says close")
			}
			answer, err = http.ReadResponse(answers, nil)
		}
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, answer.Body)
		return answer
	}
	idle, slow := dial(), dial()
	idleAnswers := bufio.NewReader(idle)
	if ask(idle, idleAnswers, "/").Close || ask(idle, idleAnswers, "/hint").Close {
		t.Error("the connection ends before the stop")
	}
	late := make(chan bool)
	go func() { late <- ask(slow, bufio.NewReader(slow), "/slow").Close }()
	<-arrived
	close(stop)
	proceed <- true
	if !<-late {
		t.Error("a slow answer does not end its connection")
	}
	if !ask(idle, idleAnswers, "/hint").Close {
		t.Error("the next answer does not end the connection")
	}
}

func TestLeaveHTTP2(t *testing.T) {
	stop := make(chan struct{})
	dial := leaving(t, stop, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "ok") })
	c := speakH2C(t, dial())
	c.get(1)
	if counts, err := c.statuses(1); counts["200"] != 1 {
		t.Fatal(counts, err)
	}
	close(stop)
	c.get(3)
	answered, told := false, false
	for !answered || !told {
		frame, err := c.ReadFrame()
		if err != nil {
			t.Fatal(err)
		}
		switch frame := frame.(type) {
		case *http2.GoAwayFrame:
			told = frame.ErrCode == http2.ErrCodeNo
		case *http2.DataFrame:
			answered = answered || frame.StreamEnded()
		}
	}
}

// A download that no buffer between holds goes on to its end, however slowly it is read.
func TestStopLetsSlowDownloadsFinish(t *testing.T) {
	content := make([]byte, 32<<20)
	rand.Read(content)
	f := openFront(t, site(t, func(w http.ResponseWriter, r *http.Request) { w.Write(content) }))
	conn := f.dial()
	conn.(*net.TCPConn).SetReadBuffer(64 << 10)
	io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	answer, err := http.ReadResponse(bufio.NewReaderSize(conn, 16), nil)
	if err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 1<<20)
	if _, err := io.ReadFull(answer.Body, got); err != nil {
		t.Fatal(err)
	}
	f.stop()
	f.log.wait(t, "stopping")
	select {
	case err := <-f.stopped:
		t.Fatalf("Serve returned %v in the midst of a download", err)
	default:
	}
	rest, err := io.ReadAll(answer.Body)
	if got = append(got, rest...); err != nil || !bytes.Equal(got, content) {
		t.Errorf("%d of %d bytes, %v", len(got), len(content), err)
	}
	if err := <-f.stopped; err != nil {
		t.Errorf("Serve returned %v", err)
	}
	f.stopped <- nil
}
