//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// A balancer sends visitors to the first of the programs that says it is ready.
type balancer struct {
	programs []*process
	current  atomic.Int32
}

// watch asks for readiness as load balancers do, but more often.
func (b *balancer) watch(ctx context.Context) {
	client := &http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	for ctx.Err() == nil {
		i := int(b.current.Load())
		answer, err := client.Get("http://" + b.programs[i].admin + "/readyz")
		if err == nil {
			answer.Body.Close()
		}
		if (err != nil || answer.StatusCode != 200) && i < len(b.programs)-1 {
			b.current.Add(1)
			continue
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// Ten of eleven programs are stopped one after the other while visitors come without a pause. They behave as browsers and load
// balancers do: a connection is used again until an answer ends it, a GET whose connection was closed before any byte of the
// answer is sent again, and whoever is refused a connection asks for the next program.
func stopsUnderLoad(t *testing.T, binary string) {
	const stops, clients = 10, 40
	// Longer than machines stand still that test: whoever has not been told within it, or has not heard, may lose a request, as
	// with any server that stops.
	const delay = "TAWK_STOP_DELAY=10s"
	const page = "<!DOCTYPE html><title>x</title><body>whole</body>"
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(time.Duration(len(r.URL.Path)%10) * 3 * time.Millisecond)
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, "%s%s", page, body)
	}))
	defer site.Close()
	b := &balancer{}
	for range stops + 1 {
		b.programs = append(b.programs, spawn(t, binary, site.URL, delay))
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go b.watch(ctx)

	var gets, posts, retries, refused, pause atomic.Int64
	pause.Store(int64(20 * time.Millisecond))
	var mu sync.Mutex
	lost := map[string][]string{}
	var all sync.WaitGroup
	for n := range clients {
		all.Go(func() {
			transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, "tcp", b.programs[b.current.Load()].address)
			}}
			defer transport.CloseIdleConnections()
			for i := n; ctx.Err() == nil; i++ {
				time.Sleep(time.Duration(pause.Load())) // they leave the machine to other tests, too
				method, count := "GET", &gets
				var body io.Reader
				if i%5 == 0 {
					method, count, body = "POST", &posts, strings.NewReader("x=1")
				}
				connections := int64(0)
				traced := httptrace.WithClientTrace(context.WithoutCancel(ctx), &httptrace.ClientTrace{
					GotConn: func(httptrace.GotConnInfo) { connections++ },
				})
				r, _ := http.NewRequestWithContext(traced, method, "http://shop.example/"+strings.Repeat("x", i%10), body)
				answer, err := transport.RoundTrip(r)
				if errors.Is(err, syscall.ECONNREFUSED) {
					refused.Add(1)
					i--
					time.Sleep(5 * time.Millisecond)
					continue
				}
				count.Add(1)
				retries.Add(max(0, connections-1))
				if err == nil {
					var whole []byte
					whole, err = io.ReadAll(answer.Body)
					answer.Body.Close()
					if err == nil && (answer.StatusCode != 200 || !bytes.Contains(whole, []byte("whole"))) {
						err = errors.New(answer.Status)
					}
				}
				if err != nil {
					mu.Lock()
					lost[method] = append(lost[method], err.Error())
					mu.Unlock()
				}
			}
		})
	}
	for _, p := range b.programs[:stops] {
		time.Sleep(100 * time.Millisecond)
		p.signal(t, syscall.SIGTERM)
	}
	time.Sleep(time.Second)
	pause.Store(int64(200 * time.Millisecond)) // what is left of the delay is long, and nobody is stopped in it
	for _, p := range b.programs[:stops] {
		p.end(t)
	}
	cancel()
	all.Wait()
	t.Logf("%d stops, %d GET and %d POST: %d and %d lost; %d sent again, %d connections refused and made elsewhere",
		stops, gets.Load(), posts.Load(), len(lost["GET"]), len(lost["POST"]), retries.Load(), refused.Load())
	if len(lost) > 0 {
		t.Errorf("lost: %v", lost)
	}
	for _, p := range b.programs[:stops] {
		if !slices.ContainsFunc(p.said(), func(line string) bool { return strings.Contains(line, "asked to stop: not ready any more") }) {
			t.Errorf("a program said %q", p.said())
		}
	}
}

// A person who presses Ctrl-C does not wait for visitors who may yet come.
func interruptDoesNotWait(t *testing.T, binary string) {
	site := httptest.NewServer(http.NotFoundHandler())
	defer site.Close()
	p := spawn(t, binary, site.URL, "TAWK_STOP_DELAY=5m")
	p.signal(t, os.Interrupt)
	p.end(t) // within a minute
}

// What does not come to its end is cut off, and the program says by which setting. Unless set otherwise, that is before Docker kills.
func stopIsBounded(t *testing.T, binary string) {
	cfg, err := load(demoSettings("http://127.0.0.1:1", "https://embed.tawk.to"))
	if err != nil {
		t.Fatal(err)
	}
	if all := cfg.Site.StopDelay + cfg.Site.StopTimeout; all >= 9500*time.Millisecond {
		t.Errorf("a stop takes %v, and half a second for those who have just connected", all)
	}

	arrived := make(chan bool)
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		arrived <- true
		<-r.Context().Done()
	}))
	defer site.Close()
	p := spawn(t, binary, site.URL, "TAWK_STOP_DELAY=0s", "TAWK_STOP_TIMEOUT=100ms")
	conn, err := net.Dial("tcp", p.address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	<-arrived
	p.signal(t, syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(time.Minute):
		t.Fatal("it does not end")
	}
	said := strings.Join(p.said(), "\n")
	if p.cmd.ProcessState.ExitCode() != exitFailure || !strings.Contains(said, "after 100ms were cut off") {
		t.Errorf("ended with %d and said %s", p.cmd.ProcessState.ExitCode(), said)
	}
}
