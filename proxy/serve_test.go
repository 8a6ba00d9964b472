package proxy

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/websocket"
)

func TestReadyLine(t *testing.T) {
	upstream := site(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "the site") })
	f := openFront(t, upstream)
	if line := f.log.wait(t, "ready"); line["site"] != upstream {
		t.Errorf("logged %v", line)
	}
	if _, body := f.get("/"); body != "the site" {
		t.Errorf("answer %q", body)
	}
	if answer, body := f.probe("/readyz"); answer.StatusCode != 200 || body != "ready\n" {
		t.Errorf("readyz: %d %q", answer.StatusCode, body)
	}
	if len(f.log.with("ready")) != 1 {
		t.Errorf("logged %v", f.log.with("ready"))
	}
}

func TestAddressTaken(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for name, server := range map[string]Server{
		"TAWK_LISTEN":       {Listen: taken.Addr().String()},
		"TAWK_ADMIN_LISTEN": {Listen: "127.0.0.1:0", Admin: taken.Addr().String()},
	} {
		server.Log = testLog(&logLines{})
		err := server.Serve(context.Background())
		if !errors.Is(err, syscall.EADDRINUSE) || !strings.HasPrefix(err.Error(), name+": ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestStopLetsRunningRequestsFinish(t *testing.T) {
	arrived, proceed := make(chan bool), make(chan bool)
	f := openFront(t, site(t, func(w http.ResponseWriter, r *http.Request) {
		arrived <- true
		<-proceed
		io.WriteString(w, "slow")
	}))
	conn := f.dial()
	io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	<-arrived
	f.stop()
	f.log.wait(t, "stopping")

	if answer, body := f.probe("/readyz"); answer.StatusCode != 503 || !strings.HasPrefix(body, "not ready: stopping") {
		t.Errorf("readyz: %d %q", answer.StatusCode, body)
	}
	for deadline := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		late, err := net.Dial("tcp", f.addr)
		if errors.Is(err, syscall.ECONNREFUSED) {
			break
		}
		if err == nil {
			late.Close()
		}
		if time.Now().After(deadline) {
			t.Fatal("new connections are still taken")
		}
	}

	proceed <- true
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(answer.Body); string(body) != "slow" || err != nil {
		t.Errorf("the running request got %q, %v", body, err)
	}
	if err := <-f.stopped; err != nil {
		t.Errorf("Serve returned %v", err)
	}
	f.stopped <- nil
	if _, err := net.Dial("tcp", f.admin); err == nil {
		t.Error("the admin listener is still open")
	}
}

func TestStopEndsStreams(t *testing.T) {
	f := openFront(t, site(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/ws" {
			websocket.Handler(func(ws *websocket.Conn) { io.Copy(io.Discard, ws) }).ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "Text/Event-Stream; charset=utf-8")
		http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}))
	ws, err := websocket.Dial("ws://"+f.addr+"/ws", "", "http://shop.example")
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	ws.SetDeadline(time.Now().Add(patience))
	events, err := http.Get("http://" + f.addr + "/events")
	if err != nil {
		t.Fatal(err)
	}
	defer events.Body.Close()

	f.stop()
	if _, err := ws.Read(make([]byte, 1)); err == nil || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the web socket goes on: %v", err)
	}
	if _, err := io.ReadAll(events.Body); err == nil {
		t.Error("the event stream came to a clean end")
	}
	if failures := f.log.with("TAWK_UPSTREAM"); failures != nil {
		t.Errorf("the site was blamed: %v", failures)
	}
	if err := <-f.stopped; err != nil {
		t.Errorf("Serve returned %v", err)
	}
	f.stopped <- nil
}

func TestStopIsBounded(t *testing.T) {
	arrived := make(chan bool)
	f := openFront(t, site(t, func(w http.ResponseWriter, r *http.Request) {
		arrived <- true
		<-r.Context().Done()
	}), func(_ *Options, s *Server) { s.Drain = 50 * time.Millisecond })
	conn := f.dial()
	io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	<-arrived
	f.stop()
	if err := <-f.stopped; err == nil || !strings.HasPrefix(err.Error(), "stop: requests still running after 50ms were cut off") {
		t.Errorf("Serve returned %v", err)
	}
	f.stopped <- nil
	if _, err := conn.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the connection: %v", err)
	}
}
