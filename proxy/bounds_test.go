package proxy

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// An h2c is a client that writes the frames of HTTP/2 itself. One goroutine may write requests while another reads answers.
type h2c struct {
	*http2.Framer
	conn  net.Conn
	mu    sync.Mutex // held while a frame is written where there are two goroutines
	block bytes.Buffer
	*hpack.Encoder
}

func speakH2C(t testing.TB, conn net.Conn) *h2c {
	t.Helper()
	c := &h2c{Framer: http2.NewFramer(conn, conn), conn: conn}
	c.Encoder = hpack.NewEncoder(&c.block)
	io.WriteString(conn, http2.ClientPreface)
	if err := c.WriteSettings(); err != nil {
		t.Fatal(err)
	}
	return c
}

// header returns a header block with some fields more than a GET needs.
func (c *h2c) header(more ...hpack.HeaderField) []byte {
	c.block.Reset()
	for _, field := range append([]hpack.HeaderField{
		{Name: ":method", Value: "GET"}, {Name: ":scheme", Value: "http"}, {Name: ":authority", Value: "shop.example"},
		{Name: ":path", Value: "/"},
	}, more...) {
		c.WriteField(field)
	}
	return bytes.Clone(c.block.Bytes())
}

// get sends a GET with some fields more than it needs, and returns how many bytes that took.
func (c *h2c) get(stream uint32, more ...hpack.HeaderField) int {
	block := c.header(more...)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: block, EndHeaders: true, EndStream: true})
	return len(block) + 9
}

func (c *h2c) acknowledge() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.WriteSettingsAck()
}

// statuses reads answers until so many streams have ended or the connection has.
func (c *h2c) statuses(streams int) (counts map[string]int, err error) {
	counts = map[string]int{}
	decoder := hpack.NewDecoder(4096, func(f hpack.HeaderField) {
		if f.Name == ":status" {
			counts[f.Value]++
		}
	})
	for streams > 0 {
		frame, err := c.ReadFrame()
		if err != nil {
			return counts, err
		}
		switch frame := frame.(type) {
		case *http2.HeadersFrame:
			decoder.Write(frame.HeaderBlockFragment())
			if frame.StreamEnded() {
				streams--
			}
		case *http2.DataFrame:
			if frame.StreamEnded() {
				streams--
			}
		case *http2.RSTStreamFrame:
			streams--
		case *http2.SettingsFrame:
			if !frame.IsAck() {
				c.acknowledge()
			}
		case *http2.GoAwayFrame:
			return counts, fmt.Errorf("the connection ends: %v", frame.ErrCode)
		}
	}
	return counts, nil
}

func withH2C(_ *Options, s *Server) { s.H2C = true }

func repeat(n int, field hpack.HeaderField) []hpack.HeaderField {
	all := make([]hpack.HeaderField, n)
	for i := range all {
		all[i] = field
	}
	return all
}

func TestHeaderSize(t *testing.T) {
	t.Parallel()
	upstream, heads := witness(t)
	f := openFront(t, upstream)
	for size, status := range map[int]int{60 << 10: 200, 70 << 10: 431, 500 << 10: 431} {
		answer, _ := f.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX: " + strings.Repeat("x", size) + "\r\n\r\n")
		if answer.StatusCode != status {
			t.Errorf("%d bytes: %s", size, answer.Status)
		}
	}
	if len(heads) != 1 {
		t.Errorf("%d reached the site", len(heads))
	}
	if lines := f.log.with("TAWK_MAX_HEADER_SIZE"); len(lines) != 1 {
		t.Errorf("logged %v", lines)
	}
	wide := openFront(t, upstream, func(_ *Options, s *Server) { s.HeaderBytes = 1 << 20 })
	if answer, _ := wide.send("GET / HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", 500<<10) + "\r\n\r\n"); answer.StatusCode != 200 {
		t.Errorf("where it is allowed: %s", answer.Status)
	}
}

func TestHeaderFields(t *testing.T) {
	t.Parallel()
	upstream, heads := witness(t)
	f := openFront(t, upstream, withH2C)
	for count, status := range map[int]int{mostFields - 10: 200, mostFields + 1: 431, 10000: 431} {
		answer, _ := f.send("GET / HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("A:\r\n", count) + "\r\n")
		if answer.StatusCode != status {
			t.Errorf("%d fields: %s", count, answer.Status)
		}
		c := speakH2C(t, f.dial())
		go c.get(1, repeat(count, hpack.HeaderField{Name: "a", Value: "1"})...)
		if counts, err := c.statuses(1); counts[fmt.Sprint(status)] != 1 {
			t.Errorf("%d fields over HTTP/2: %v, %v", count, counts, err)
		}
	}
	if len(heads) != 2 {
		t.Errorf("%d reached the site", len(heads))
	}
	answer, _ := f.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n" + strings.Repeat("A:\r\n", mostFields) + "\r\n")
	if answer.StatusCode != 431 || !answer.Close {
		t.Errorf("before its body came: %s, closes: %v", answer.Status, answer.Close)
	}
	if lines := f.log.with("more than 250 fields"); len(lines) != 1 {
		t.Errorf("logged %v", lines)
	}
}

// A header with more lines than may be is answered before it has come to its end, and what follows a header is not taken for one.
func TestHeaderLines(t *testing.T) {
	f := openFront(t, site(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Write(body)
	}))
	for name, lines := range map[string]string{
		"fields": strings.Repeat("A:\r\n", 5*mostLines), "one field": "A: b\r\n" + strings.Repeat(" c\n", 5*mostLines),
	} {
		if answer, _ := f.send("GET / HTTP/1.1\r\nHost: x\r\n" + lines); answer.StatusCode != 431 || !answer.Close {
			t.Errorf("%s: %s, closes: %v", name, answer.Status, answer.Close)
		}
	}
	if lines := f.log.with("more than 250 fields"); len(lines) != 1 {
		t.Errorf("logged %v", lines)
	}

	text := strings.Repeat("a\n", 1000)
	upload := fmt.Sprintf("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n", len(text)) + text
	conn := f.dial()
	answers := bufio.NewReader(conn)
	for range 3 {
		io.WriteString(conn, upload)
		answer, err := http.ReadResponse(answers, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(answer.Body); err != nil || answer.StatusCode != 200 || string(got) != text {
			t.Errorf("an upload of many lines: %s, %d bytes, %v", answer.Status, len(got), err)
		}
	}
	io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n"+strings.Repeat("A:\r\n", 5*mostLines))
	if answer, err := http.ReadResponse(answers, nil); err != nil || answer.StatusCode != 431 {
		t.Errorf("after them: %v, %v", answer, err)
	}
}

// Compressed header fields, a byte each, must not become megabytes at the site.
func TestHTTP2HeaderBomb(t *testing.T) {
	const streams = 100
	upstream, heads := witness(t)
	for _, c := range []struct {
		times  int // that the field of 4,000 bytes is named
		status string
	}{{15, "200"}, {17, "431"}, {250, "431"}} {
		f := openFront(t, upstream, withH2C)
		client := speakH2C(t, f.dial())
		sent := make(chan int, 1)
		go func() {
			all := 0
			for i := range streams {
				all += client.get(uint32(2*i+1), repeat(c.times, hpack.HeaderField{Name: "x", Value: strings.Repeat("x", 4000)})...)
			}
			sent <- all
		}()
		counts, err := client.statuses(streams)
		if counts[c.status] != streams {
			t.Errorf("%d times: %v, %v", c.times, counts, err)
		}
		received := 0
		for len(heads) > 0 {
			received += len(<-heads)
		}
		t.Logf("named %d times: %d bytes sent, %d bytes at the site", c.times, <-sent, received)
		if most := streams * (65<<10 + 512); received > most {
			t.Errorf("%d bytes at the site", received)
		}
	}
}

// Go's server would keep memory for a frame as large as the client says.
func TestHTTP2FrameSize(t *testing.T) {
	t.Parallel()
	f := openFront(t, site(t, func(http.ResponseWriter, *http.Request) {}), withH2C)
	c := speakH2C(t, f.dial())
	c.conn.Write([]byte{0x0f, 0xff, 0xff, byte(http2.FrameHeaders), 0, 0, 0, 0, 1}) // says that a mebibyte follows
	if _, err := c.statuses(1); err == nil || !strings.Contains(err.Error(), "FRAME_SIZE_ERROR") {
		t.Errorf("answered %v", err)
	}
}

func TestHTTP2Streams(t *testing.T) {
	let := make(chan bool)
	f := openFront(t, site(t, func(http.ResponseWriter, *http.Request) { <-let }), withH2C)
	c := speakH2C(t, f.dial())
	const tried = 120
	for i := range tried {
		c.get(uint32(2*i + 1))
	}
	// Those beyond the limit are refused at once, the others wait for the site.
	refused := 0
	for refused < tried-100 {
		frame, err := c.ReadFrame()
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := frame.(*http2.RSTStreamFrame); ok {
			refused++
		}
	}
	close(let)
	if counts, err := c.statuses(100); counts["200"] != 100 {
		t.Errorf("%d refused, %v, %v", refused, counts, err)
	}
}

// The operator of a proxy in front that speaks HTTP/2 without TLS learns what to set.
func TestHTTP2IsOff(t *testing.T) {
	t.Parallel()
	upstream, heads := witness(t)
	f := openFront(t, upstream)
	for range 2 {
		if answer, body := f.send(http2.ClientPreface); answer.StatusCode != http.StatusHTTPVersionNotSupported || !answer.Close {
			t.Errorf("%s %q", answer.Status, body)
		}
	}
	if lines := f.log.with("TAWK_H2C=true"); len(lines) != 1 {
		t.Errorf("logged %v", lines)
	}
	if len(heads) > 0 {
		t.Errorf("the site was asked %q", <-heads)
	}
}

// A header that does not come to its end costs the connection, in HTTP/2 also while pieces of it go on coming.
func TestSlowHeader(t *testing.T) {
	t.Parallel()
	f := openFront(t, site(t, func(http.ResponseWriter, *http.Request) {}), withH2C, func(_ *Options, s *Server) {
		s.HeaderTime = 100 * time.Millisecond
	})
	ended := func(conn net.Conn) error {
		_, err := io.Copy(io.Discard, conn)
		return err
	}
	conn := f.dial()
	io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\nX: ")
	if err := ended(conn); err != nil {
		t.Errorf("HTTP/1.1: %v", err)
	}

	for name, drip := range map[string]bool{"stops": false, "drips": true} {
		c := speakH2C(t, f.dial())
		block := c.header()
		c.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: block[:1], EndStream: true})
		gone := make(chan bool)
		if drip {
			go func() {
				for {
					select {
					case <-gone:
						return
					case <-time.After(10 * time.Millisecond):
						c.WriteContinuation(1, false, nil)
					}
				}
			}()
		}
		if err := ended(c.conn); err != nil && !strings.Contains(err.Error(), "reset") {
			t.Errorf("HTTP/2 that %s: %v", name, err)
		}
		close(gone)
	}
}
