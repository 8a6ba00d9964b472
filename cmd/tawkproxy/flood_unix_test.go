//go:build unix

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"tawkproxy/examples/testenv"
)

// floodFor is how long each flood goes on, or until so many visitors have come.
const (
	floodFor = time.Second
	visitors = 5
)

const floodPage = "<!DOCTYPE html><head><title>x</title></head><body>the whole page</body>"

// flood opens a program in front of a site of one page and lets attackers loose on it, each again and again as long as the
// context lives, while honest visitors ask for the page. Every one of these must get it.
func flood(t *testing.T, binary string, settings []string, attackers int, attack func(ctx context.Context, address string)) *process {
	t.Helper()
	var here, most atomic.Int64 // requests at the site
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		most.Store(max(most.Load(), here.Add(1)))
		defer here.Add(-1)
		time.Sleep(5 * time.Millisecond)
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, floodPage)
	}))
	t.Cleanup(site.Close)
	p := spawn(t, binary, site.URL, settings...)
	calm := p.memory(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	began := time.Now()
	var all sync.WaitGroup
	var attacks atomic.Int64
	for range attackers {
		all.Go(func() {
			for ctx.Err() == nil {
				attack(ctx, p.address)
				attacks.Add(1)
			}
		})
	}
	asked, answered := 0, 0
	// Where five thousand connect at once, the system lets some try again, after 1, 3, 7, 15, 31 seconds.
	client := &http.Client{Timeout: 2 * time.Minute, Transport: &http.Transport{DisableKeepAlives: true}}
	for asked < visitors || time.Since(began) < floodFor {
		asked++
		answer, err := client.Get("http://" + p.address + "/")
		if err == nil {
			var page []byte
			page, err = io.ReadAll(answer.Body)
			answer.Body.Close()
			if err == nil && answer.StatusCode == 200 && bytes.Contains(page, []byte("the whole page")) {
				answered++
				continue
			}
		}
		t.Logf("visitor %d: %v, %v", asked, answer, err)
	}
	high := p.memory(t)
	cancel()
	all.Wait()
	t.Logf("%d attacks; %d of %d honest visitors answered; memory %s before, %s during; at most %d requests at the site",
		attacks.Load(), answered, asked, calm, high, most.Load())
	if answered < asked || asked == 0 {
		t.Errorf("%d of %d visitors were answered", answered, asked)
	}
	return p
}

// memory returns what the program holds, and the most that it has held, where the system says so.
func (p *process) memory(t *testing.T) string {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return "unknown"
	}
	var held string
	for line := range strings.Lines(string(status)) {
		if name, value, _ := strings.Cut(line, ":"); name == "VmRSS" || name == "VmHWM" {
			held += name + " " + strings.Join(strings.Fields(value), " ") + " "
		}
	}
	return strings.TrimSpace(held)
}

// Nothing else runs beside these two.
func TestFloodOfHalfRequests(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program, and takes seconds")
	}
	binary := build(t)
	t.Run("from one address", func(t *testing.T) {
		floodOfHalfRequests(t, binary, func(int) net.IP { return net.IPv4(127, 0, 0, 2) })
	})
	t.Run("from many addresses", func(t *testing.T) {
		floodOfHalfRequests(t, binary, func(i int) net.IP { return net.IPv4(127, 1, byte(i/200), byte(1+i%200)) })
	})
}

// Five thousand clients send a part of a header, and then nothing; who is closed comes again at once. Some send as many lines as fit
// into the largest header there may be.
func floodOfHalfRequests(t *testing.T, binary string, from func(int) net.IP) {
	const attackers = 5000
	needFiles(t, attackers+500)
	probe, err := net.ListenTCP("tcp", &net.TCPAddr{IP: from(0)})
	if err != nil {
		testenv.Missing(t, "no second loopback address: %v", err)
	}
	probe.Close()
	const begun = "GET / HTTP/1.1\r\nHost: x\r\nX: "
	large := begun + strings.Repeat("\r\n1234:", 7500)
	var opened, refused atomic.Int64
	p := flood(t, binary, nil, attackers, func(ctx context.Context, address string) {
		i := int(opened.Add(1))
		conn, err := (&net.Dialer{LocalAddr: &net.TCPAddr{IP: from(i % attackers)}}).DialContext(ctx, "tcp", address)
		if err != nil {
			time.Sleep(10 * time.Millisecond)
			return
		}
		defer conn.Close()
		defer context.AfterFunc(ctx, func() { conn.Close() })()
		if i%3 > 0 {
			io.WriteString(conn, begun)
		} else {
			io.WriteString(conn, large)
		}
		status := make([]byte, len("HTTP/1.1 431"))
		if n, _ := io.ReadFull(conn, status); string(status[:n]) == "HTTP/1.1 431" {
			refused.Add(1)
		}
	})
	t.Logf("%d half requests were begun, %d refused", opened.Load(), refused.Load())
	if refused.Load() == 0 {
		t.Error("no header of 7,500 lines was refused before its end")
	}
	if said := strings.Join(p.said(), "\n"); !strings.Contains(said, "TAWK_MAX_CONNECTIONS is reached") {
		t.Errorf("the operator is not told: %s", said)
	}
}

// needFiles makes sure that a process may have so many files open, as the program, too, which raises its limit as every Go program
// does: to what the system's hard limit is.
func needFiles(t *testing.T, most uint64) {
	t.Helper()
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	if uint64(limit.Cur) < most {
		testenv.Missing(t, "%d files may be open, and %d are needed: raise the hard limit (ulimit -Hn)", limit.Cur, most)
	}
}

// Streams are opened and reset at once, a hundred in a packet (CVE-2023-44487).
func rapidReset(t *testing.T, binary string) {
	flood(t, binary, []string{"TAWK_H2C=true"}, 8, func(ctx context.Context, address string) {
		conn, c, err := speakHTTP2(ctx, address)
		if err != nil {
			return
		}
		defer conn.Close()
		go io.Copy(io.Discard, conn)
		block := c.head()
		for stream := uint32(1); ctx.Err() == nil && stream < 1<<20; {
			for range 100 {
				c.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: block, EndHeaders: true, EndStream: true})
				c.WriteRSTStream(stream, http2.ErrCodeCancel)
				stream += 2
			}
			if _, err := c.out.WriteTo(conn); err != nil {
				return
			}
		}
	})
}

// A header goes on without an end (CVE-2023-45288).
func continuationFlood(t *testing.T, binary string) {
	flood(t, binary, []string{"TAWK_H2C=true"}, 8, func(ctx context.Context, address string) {
		conn, c, err := speakHTTP2(ctx, address)
		if err != nil {
			return
		}
		defer conn.Close()
		go io.Copy(io.Discard, conn)
		c.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: c.head(), EndStream: true})
		for i := 0; ctx.Err() == nil; i++ {
			c.WriteContinuation(1, false, c.fields(fmt.Sprintf("x-%d", i), strings.Repeat("x", 15000)))
			if _, err := c.out.WriteTo(conn); err != nil {
				return
			}
		}
	})
}

// One client floods with reports; those of others, behind the same proxy in front, are counted.
func floodOfReports(t *testing.T, binary string) {
	report := func(ctx context.Context, client *http.Client, address, visitor, body string) int {
		r, _ := http.NewRequestWithContext(ctx, "POST", "http://"+address+"/.tawkproxy/report", strings.NewReader(body))
		r.Header.Set("X-Forwarded-For", visitor)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		answer, err := client.Do(r)
		if err != nil {
			return 0
		}
		io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
		return answer.StatusCode
	}
	const honest = 200
	var passed, refused, counted atomic.Int64
	var once sync.Once
	transport := &http.Transport{MaxIdleConnsPerHost: 20}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	flood(t, binary, nil, 8, func(ctx context.Context, address string) {
		switch report(ctx, client, address, "192.0.2.66", `{"code":500,"stage":"login"}`) {
		case 204:
			passed.Add(1)
		case 429:
			refused.Add(1)
		}
		if refused.Load() == 0 {
			return
		}
		once.Do(func() {
			for i := range honest {
				visitor := fmt.Sprintf("198.51.100.%d", i)
				if report(context.WithoutCancel(ctx), client, address, visitor, `{"code":401,"stage":"login"}`) == 204 {
					counted.Add(1)
				}
			}
		})
	})
	t.Logf("of the flood %d counted and %d refused; %d of %d honest reports counted", passed.Load(), refused.Load(), counted.Load(), honest)
	// Clients share 4,096 allowances: with bad luck one shares that of the flood.
	if refused.Load() == 0 || counted.Load() < honest-3 {
		t.Errorf("%d refused, %d of %d honest reports counted", refused.Load(), counted.Load(), honest)
	}
}

// An http2Client writes frames into out, and their headers into block.
type http2Client struct {
	*http2.Framer
	out, block *bytes.Buffer
	encoder    *hpack.Encoder
}

func speakHTTP2(ctx context.Context, address string) (net.Conn, *http2Client, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, nil, err
	}
	c := &http2Client{out: new(bytes.Buffer), block: new(bytes.Buffer)}
	c.Framer = http2.NewFramer(c.out, conn)
	c.encoder = hpack.NewEncoder(c.block)
	c.out.WriteString(http2.ClientPreface)
	c.WriteSettings()
	return conn, c, nil
}

func (c *http2Client) head() []byte {
	return c.fields(":method", "GET", ":scheme", "http", ":authority", "shop.example", ":path", "/")
}

// fields encodes names and values.
func (c *http2Client) fields(pairs ...string) []byte {
	c.block.Reset()
	for i := 0; i < len(pairs); i += 2 {
		c.encoder.WriteField(hpack.HeaderField{Name: pairs[i], Value: pairs[i+1]})
	}
	return bytes.Clone(c.block.Bytes())
}
