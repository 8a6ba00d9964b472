package proxy

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

const half = "GET / HTTP/1.1\r\nHost: x\r\nX: "

// alive tells whether the front has not closed the connection.
func alive(conn net.Conn) bool {
	conn.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
	_, err := conn.Read(make([]byte, 1))
	conn.SetReadDeadline(time.Now().Add(patience))
	timeout, ok := err.(net.Error)
	return ok && timeout.Timeout()
}

// exchange asks for a page on a connection that stays open.
func exchange(conn net.Conn) error {
	io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err == nil {
		_, err = io.Copy(io.Discard, answer.Body)
	}
	return err
}

// Who sends half a request and who keeps a connection for later gives way to those who ask for something.
func TestCrowdGivesWay(t *testing.T) {
	const most = 20
	f := openFront(t, site(t, func(http.ResponseWriter, *http.Request) {}),
		func(_ *Options, s *Server) { s.Connections = most })
	var first net.Conn
	for i := range most {
		conn := f.dial()
		io.WriteString(conn, half)
		if i == 0 {
			first = conn
		}
	}
	for i := range 3 * most {
		if err := exchange(f.dial()); err != nil {
			t.Fatalf("visitor %d: %v", i, err)
		}
	}
	if alive(first) {
		t.Error("the oldest half request is still there")
	}
	if lines := f.log.with("TAWK_MAX_CONNECTIONS is reached"); len(lines) != 1 {
		t.Errorf("logged %v", lines)
	}
}

// Those whose answer is under way stay; then newcomers wait, and come in turn.
func TestCrowdAtWork(t *testing.T) {
	const most = 5
	arrived, proceed := make(chan bool), make(chan bool)
	f := openFront(t, site(t, func(http.ResponseWriter, *http.Request) { arrived <- true; <-proceed }),
		func(_ *Options, s *Server) { s.Connections = most })
	answered := make(chan error)
	visit := func() {
		conn := f.dial()
		go func() { answered <- exchange(conn) }()
	}
	for range most {
		visit()
		<-arrived
	}
	visit()
	f.log.wait(t, "those who come wait")
	select {
	case <-arrived:
		t.Error("one more than may be is at the site")
	case <-time.After(50 * time.Millisecond):
	}
	proceed <- true
	<-arrived
	for range most {
		proceed <- true
	}
	for range most + 1 {
		if err := <-answered; err != nil {
			t.Error(err)
		}
	}
}

// While all wait for room, a stop goes on.
func TestCrowdStops(t *testing.T) {
	arrived, proceed := make(chan bool), make(chan bool)
	f := openFront(t, site(t, func(http.ResponseWriter, *http.Request) { arrived <- true; <-proceed }),
		func(_ *Options, s *Server) { s.Connections = 1 })
	running := f.dial()
	answered := make(chan error)
	go func() { answered <- exchange(running) }()
	<-arrived
	f.dial()
	f.log.wait(t, "those who come wait")
	f.stop()
	f.log.wait(t, "stopping")
	proceed <- true
	if err := <-answered; err != nil {
		t.Error(err)
	}
	if err := <-f.stopped; err != nil {
		t.Errorf("Serve returned %v", err)
	}
	f.stopped <- nil
}

// A client that has most of the connections that wait loses its own, not those of others.
func TestCrowdIsFair(t *testing.T) {
	const most = 20
	f := openFront(t, site(t, func(http.ResponseWriter, *http.Request) {}),
		func(_ *Options, s *Server) { s.Connections = most })
	from := func(address string) net.Conn {
		conn, err := (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}).Dial("tcp", f.addr)
		if err != nil {
			t.Skipf("no second loopback address: %v", err)
		}
		conn.SetDeadline(time.Now().Add(patience))
		t.Cleanup(func() { conn.Close() })
		return conn
	}
	slow, kept := from("127.0.0.2"), from("127.0.0.2")
	io.WriteString(slow, half)
	if err := exchange(kept); err != nil {
		t.Fatal(err)
	}
	for name, use := range map[string]func(net.Conn) error{
		"says nothing":    func(net.Conn) error { return nil },
		"sends halves":    func(conn net.Conn) error { _, err := io.WriteString(conn, half); return err },
		"keeps them open": exchange,
	} {
		for range 3 * most {
			if err := use(from("127.0.0.3")); err != nil {
				t.Fatalf("who %s: %v", name, err)
			}
		}
		if !alive(slow) || !alive(kept) {
			t.Errorf("a client who %s has closed another one's connections: slow %v, kept %v", name, alive(slow), alive(kept))
		}
	}
}

// A request that is just arriving does not pay for halves that do not come to their end, although each of these is smaller. Nor
// does a small one that takes its time.
func TestCrowdSparesWhatArrives(t *testing.T) {
	c := &crowd{budget: 100 << 10, log: testLog(&logLines{})}
	visits := make([]*visit, 22)
	for i := range visits {
		conn, err := net.Dial("tcp", strings.TrimPrefix(site(t, nil), "http://"))
		if err != nil {
			t.Fatal(err)
		}
		visits[i] = &visit{TCPConn: conn.(*net.TCPConn), crowd: c}
		c.here++
		c.wait(visits[i], &c.fresh)
	}
	large, slow := visits[20], visits[21]
	c.count(slow, make([]byte, 500))
	slow.begun = slow.begun.Add(-2 * time.Minute)
	for _, v := range visits[:19] {
		c.count(v, make([]byte, 5<<10))
		v.begun = v.begun.Add(-time.Minute)
	}
	c.count(large, make([]byte, 8<<10))
	if large.left || slow.left || c.held > c.budget/4*3 || c.held < c.budget/2 {
		t.Errorf("gone: what has just begun %v, what is slow %v; %d bytes are held of %d", large.left, slow.left, c.held, c.budget)
	}
}

// What half requests cost together is bounded, whatever their number.
func TestCrowdBoundsHalfRequests(t *testing.T) {
	listener, err := listen("TAWK_LISTEN", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	visitors := newCrowd(listener, 1000, testLog(&logLines{}))
	visitors.budget = 100 << 10
	server := &http.Server{Handler: http.NotFoundHandler(), ConnState: visitors.state}
	go server.Serve(visitors)
	defer server.Close()
	dial := func() net.Conn {
		conn, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		conn.SetDeadline(time.Now().Add(patience))
		t.Cleanup(func() { conn.Close() })
		return conn
	}
	held := func() int64 {
		visitors.mu.Lock()
		defer visitors.mu.Unlock()
		return visitors.held
	}
	for i := range 50 {
		conn := dial()
		fill := strings.Repeat("x", 20<<10) // as many bytes, or as many lines
		if i%2 == 0 {
			fill = "x\r\n" + strings.Repeat("a:\r\n", 200)
		}
		io.WriteString(conn, half+fill)
		if most := held(); most > visitors.budget {
			t.Fatalf("%d bytes are held", most)
		}
	}
	small := dial()
	io.WriteString(small, half+"\r\n\r\n")
	if answer, err := http.ReadResponse(bufio.NewReader(small), nil); err != nil || answer.StatusCode != 404 {
		t.Errorf("a request among them: %v, %v", answer, err)
	}
	server.Close()
	for deadline := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		visitors.mu.Lock()
		left := fmt.Sprint(visitors.here, visitors.held, visitors.fresh.len(), visitors.idle.len())
		visitors.mu.Unlock()
		if left == "0 0 0 0" {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("left over: %s", left)
		}
	}
}
