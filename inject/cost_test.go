//go:build unix

package inject

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// BenchmarkCost measures what a page costs the proxy's process beside httputil.ReverseProxy as it comes ("bare") and with kept
// connections and pooled buffers ("tuned"). Each proxy is a process of its own between a site and browsers in this one; they
// take turns in one run, since only ratios mean something. Reported is the median of the rounds.
func BenchmarkCost(b *testing.B) {
	for _, c := range []struct {
		name     string
		size     int
		site     coding
		compress Compression
		chunked  bool
	}{
		{name: "2KB", size: 2 << 10},
		{name: "30KB", size: 30 << 10},
		{name: "150KB", size: 150 << 10},
		{name: "1MB", size: 1 << 20},
		{name: "150KB,chunked", size: 150 << 10, chunked: true},
		{name: "2KB,gzip", size: 2 << 10, site: gzipCoding},
		{name: "30KB,gzip", size: 30 << 10, site: gzipCoding},
		{name: "150KB,gzip", size: 150 << 10, site: gzipCoding},
		{name: "2KB,proxy", size: 2 << 10, compress: CompressProxy},
		{name: "30KB,proxy", size: 30 << 10, compress: CompressProxy},
		{name: "150KB,proxy", size: 150 << 10, compress: CompressProxy},
	} {
		b.Run(c.name, func(b *testing.B) {
			site := newCostSite(b, samplePage(c.size), c.site, c.chunked)
			proxies := []*proxyProcess{
				startProxy(b, "bare", site, c.compress),
				startProxy(b, "tuned", site, c.compress),
				startProxy(b, "inject", site, c.compress),
			}
			for _, p := range proxies {
				p.load(b, 200)
			}
			const rounds = 7
			figures := make([][]float64, len(proxies))
			allocs := make([]float64, len(proxies))
			b.ResetTimer()
			for range rounds {
				for i, p := range proxies {
					before := p.usage(b)
					p.load(b, max(b.N, 16))
					after := p.usage(b)
					pages := float64(max(b.N, 16))
					figures[i] = append(figures[i], float64(after.CPU-before.CPU)/1e3/pages)
					allocs[i] = float64(after.Mallocs-before.Mallocs) / pages
				}
			}
			b.ReportMetric(0, "ns/op")
			for i, p := range proxies {
				slices.Sort(figures[i])
				b.ReportMetric(figures[i][rounds/2], p.kind+"-us")
				b.ReportMetric(allocs[i], p.kind+"-allocs")
			}
		})
	}
}

// A proxyProcess is a proxy on its own, so that its CPU time can be told from the load's.
type proxyProcess struct {
	kind, address string
}

type usage struct {
	CPU     time.Duration
	Mallocs uint64
}

// startProxy runs TestProxyProcess in another process.
func startProxy(b *testing.B, kind, site string, compress Compression) *proxyProcess {
	b.Helper()
	command := exec.Command(os.Args[0], "-test.run=^TestProxyProcess$", "-test.v")
	command.Env = append(os.Environ(), "INJECT_TEST_PROXY="+kind, "INJECT_TEST_SITE="+site, "INJECT_TEST_COMPRESS="+string(compress))
	stdin, err := command.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	stdout, err := command.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := command.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		stdin.Close()
		command.Wait()
	})
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		if _, address, found := strings.Cut(lines.Text(), "listening on "); found {
			go io.Copy(io.Discard, stdout)
			return &proxyProcess{kind: kind, address: address}
		}
	}
	b.Fatal("the proxy did not start")
	return nil
}

// TestProxyProcess is no test: it is the process that BenchmarkCost starts.
func TestProxyProcess(t *testing.T) {
	kind, site := os.Getenv("INJECT_TEST_PROXY"), os.Getenv("INJECT_TEST_SITE")
	if kind == "" {
		t.Skip("part of BenchmarkCost")
	}
	var base http.RoundTripper = http.DefaultTransport.(*http.Transport).Clone()
	if kind != "bare" {
		base = &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 256, ReadBufferSize: 64 << 10}
	}
	if kind == "inject" {
		script := Script{Name: "test", Text: bytes.Repeat([]byte("var a=1;"), 512)}
		base = &Transport{Base: base, Script: script, Data: testData, Compress: Compression(os.Getenv("INJECT_TEST_COMPRESS"))}
	}
	proxy := newProxy(t, "http://"+site, base)
	proxy.FlushInterval = 0
	if kind != "bare" {
		proxy.BufferPool = new(copyBuffers)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/usage", func(w http.ResponseWriter, r *http.Request) {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			t.Error(err)
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		json.NewEncoder(w).Encode(usage{CPU: time.Duration(u.Utime.Nano() + u.Stime.Nano()), Mallocs: m.Mallocs})
	})
	mux.Handle("/", proxy)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go http.Serve(listener, mux)
	fmt.Println("listening on", listener.Addr())
	io.Copy(io.Discard, os.Stdin)
}

type copyBuffers struct{ pool sync.Pool }

func (c *copyBuffers) Get() []byte {
	if b, ok := c.pool.Get().(*[]byte); ok {
		return *b
	}
	return make([]byte, 32<<10)
}

func (c *copyBuffers) Put(b []byte) { c.pool.Put(&b) }

func (p *proxyProcess) usage(b *testing.B) usage {
	b.Helper()
	answer, err := http.Get("http://" + p.address + "/usage")
	if err != nil {
		b.Fatal(err)
	}
	defer answer.Body.Close()
	var u usage
	if err := json.NewDecoder(answer.Body).Decode(&u); err != nil {
		b.Fatal(err)
	}
	return u
}

// load asks for that many pages over 16 connections.
func (p *proxyProcess) load(b *testing.B, pages int) {
	b.Helper()
	transport := &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 16, MaxConnsPerHost: 16}
	defer transport.CloseIdleConnections()
	s := &stage{address: "http://" + p.address}
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			for n := i; n < pages; n += 16 {
				answer, err := transport.RoundTrip(s.navigation(b, "/"))
				if err != nil {
					b.Error(err)
					return
				}
				_, err = io.Copy(io.Discard, answer.Body)
				answer.Body.Close()
				if err != nil || answer.StatusCode != http.StatusOK {
					b.Error(answer.Status, err)
					return
				}
			}
		})
	}
	all.Wait()
}

// newCostSite serves one page in one coding, and returns its address.
func newCostSite(b *testing.B, page []byte, c coding, chunked bool) string {
	b.Helper()
	body := page
	if c != identity {
		body = encodedAs(b, c, page)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if c != identity {
			w.Header().Set("Content-Encoding", c.String())
		}
		if !chunked {
			w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		}
		for part := range slices.Chunk(body, 8<<10) {
			if _, err := w.Write(part); err != nil {
				return
			}
			if chunked {
				w.(http.Flusher).Flush()
			}
		}
	})}
	go server.Serve(listener)
	b.Cleanup(func() { server.Close() })
	return listener.Addr().String()
}
