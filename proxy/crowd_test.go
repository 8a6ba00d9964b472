package proxy

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
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
	for name, use := range map[string]func(net.Conn) error{
		"says nothing":    func(net.Conn) error { return nil },
		"sends halves":    func(conn net.Conn) error { _, err := io.WriteString(conn, half); return err },
		"keeps them open": exchange,
	} {
		// What has been sending its first request for longer than the grace goes before anybody who has had an answer.
		inTime := false
		for try := 0; try < 20 && !inTime; try++ {
			begun := time.Now()
			slow, kept := from("127.0.0.2"), from("127.0.0.2")
			io.WriteString(slow, half)
			if err := exchange(kept); err != nil {
				t.Fatal(err)
			}
			var failed error
			for range 3 * most {
				failed = cmp.Or(failed, use(from("127.0.0.3")))
			}
			slowLives, keptLives := alive(slow), alive(kept)
			if inTime = time.Since(begun) < freshGrace; inTime && (failed != nil || !slowLives || !keptLives) {
				t.Errorf("a client who %s has closed another one's connections: slow %v, kept %v, %v", name, slowLives, keptLives, failed)
			}
			slow.Close()
			kept.Close()
		}
		if !inTime {
			t.Logf("who %s: this machine is too busy to tell", name)
		}
	}
}

// A request that is just arriving does not pay for halves that do not come to their end, although each of these is smaller. Nor
// does a small one that takes its time.
func TestCrowdSparesWhatArrives(t *testing.T) {
	c := newTestCrowd(t, 100<<10, 22)
	large, slow := c.visits[20], c.visits[21]
	c.count(slow, 500, 0)
	slow.begun.Add(int64(-2 * time.Minute))
	for _, v := range c.visits[:19] {
		c.count(v, 5<<10, 0)
		v.begun.Add(int64(-time.Minute))
	}
	c.count(large, 8<<10, 0)
	if held := c.held.Load(); large.left || slow.left || held > c.budget/4*3 || held < c.budget/2 {
		t.Errorf("gone: what has just begun %v, what is slow %v; %d bytes are held of %d", large.left, slow.left, held, c.budget)
	}
}

// A small request that has been read, but not looked at for a moment, does not pay for large ones that have only just come.
func TestCrowdSparesWhatIsRead(t *testing.T) {
	c := newTestCrowd(t, 100<<10, 20)
	for i, v := range c.visits {
		if i == 0 {
			c.count(v, 500, 0)
			v.begun.Add(-int64(time.Second))
			continue
		}
		c.count(v, 6<<10, 0)
	}
	if c.visits[0].left || c.held.Load() > c.budget {
		t.Errorf("gone: what was read %v; %d bytes are held of %d", c.visits[0].left, c.held.Load(), c.budget)
	}
}

// Where everybody has only just come, nobody goes for those who come after, but for a client that takes a quarter of all room.
func TestCrowdLetsThemSpeak(t *testing.T) {
	const most = 20
	c := newTestCrowd(t, headBudget, most)
	c.most = most
	first, within := c.first()
	if first != c.visits[0] || within <= 0 || within > freshGrace {
		t.Errorf("the first is %v, within %v", first, within)
	}
	for _, v := range c.visits[most-3:] { // a browser
		v.client = netip.MustParsePrefix("192.0.2.1/32")
		c.wait(v, &c.fresh)
	}
	c.visits[1].since = time.Now().Add(-freshGrace)
	c.fresh.order.MoveToFront(c.visits[1].turn)
	if first, within := c.first(); first != c.visits[1] || within > 0 {
		t.Errorf("not the one whose time is over: %v, within %v", first, within)
	}
	c.visits[1].since = time.Now()
	for _, v := range c.visits[2:9] {
		v.client = netip.MustParsePrefix("192.0.2.2/32")
		c.wait(v, &c.fresh)
	}
	if first, within := c.first(); first != c.visits[2] || within > 0 {
		t.Errorf("not the client who takes the room: %v, within %v", first, within)
	}
}

// A testCrowd has connections of different clients, all of which have only just come.
type testCrowd struct {
	*crowd
	visits []*visit
}

func newTestCrowd(t *testing.T, budget int64, connections int) *testCrowd {
	t.Helper()
	c := &testCrowd{&crowd{budget: budget, pages: NewErrorPages("", testLog(&logLines{}))}, make([]*visit, connections)}
	address := strings.TrimPrefix(site(t, nil), "http://")
	for i := range c.visits {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		client := netip.AddrFrom4([4]byte{10, 0, 0, byte(i)})
		c.visits[i] = &visit{TCPConn: conn.(*net.TCPConn), crowd: c.crowd, client: netip.PrefixFrom(client, 32)}
		c.here++
		c.wait(c.visits[i], &c.fresh)
	}
	return c
}

// What half requests cost together is bounded, whatever their number.
func TestCrowdBoundsHalfRequests(t *testing.T) {
	listener, err := listen("TAWK_LISTEN", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	visitors := newCrowd(listener, 1000, NewErrorPages("", testLog(&logLines{})))
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
	for i := range 50 {
		conn := dial()
		fill := strings.Repeat("x", 20<<10) // as many bytes, or as many lines
		if i%2 == 0 {
			fill = "x\r\n" + strings.Repeat("a:\r\n", 200)
		}
		io.WriteString(conn, half+fill)
		// A connection may be beyond it by what it is just reading.
		if most := visitors.held.Load(); most > visitors.budget*3/2 {
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
		left := fmt.Sprint(visitors.here, visitors.held.Load(), visitors.fresh.len(), visitors.idle.len())
		visitors.mu.Unlock()
		if left == "0 0 0 0" {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("left over: %s", left)
		}
	}
}
