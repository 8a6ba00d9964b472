//go:build unix

package proxy

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// The variable under which the test binary plays one of the roles of the benchmark, each a process of its own: CPU time is
// counted by process.
const roleVariable = "PROXY_BENCH_ROLE"

func TestMain(m *testing.M) {
	if role := os.Getenv(roleVariable); role != "" {
		play(role, os.Getenv(roleVariable+"_SITE"))
	}
	os.Exit(m.Run())
}

// play serves the role until its standard input ends. The first line of its output is its address; /cpu tells the CPU time
// that it has used, in microseconds.
func play(role, upstream string) {
	log := slog.New(slog.DiscardHandler)
	target := mustURL(upstream)
	handlers := map[string]func() http.Handler{
		"site": func() http.Handler { return http.HandlerFunc(page) },
		"bare": func() http.Handler {
			return &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) {
				p.SetURL(target)
				p.SetXForwarded()
			}}
		},
		"new": func() http.Handler { return New(target, Options{Log: log}) },
		"full": func() http.Handler {
			return Chain(New(target, Options{Log: log, Stopping: make(chan struct{})}),
				AccessLog(slog.New(slog.NewTextHandler(io.Discard, nil))), Recover(log), WellFormed,
				OwnPaths(below("/.tawkproxy/"), http.NotFoundHandler()))
		},
	}
	handler := handlers[role]()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr())
	go Server{Log: log}.server(OwnPaths(below("/cpu"), http.HandlerFunc(cpu))(handler)).Serve(listener)
	io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}

func cpu(w http.ResponseWriter, _ *http.Request) {
	var usage syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	fmt.Fprint(w, (usage.Utime.Nano()+usage.Stime.Nano())/1000)
}

// page serves as many bytes as the path says, chunked if there is a query.
func page(w http.ResponseWriter, r *http.Request) {
	size, _ := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/"))
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if r.URL.RawQuery == "" {
		w.Header().Set("Content-Length", strconv.Itoa(size))
	}
	line := bytes.Repeat([]byte("<p>Lorem ipsum dolor sit amet</p>\n"), 250)
	for size > 0 {
		n, _ := w.Write(line[:min(size, len(line))])
		size -= n
	}
}

// start runs the test binary in a role.
func start(b *testing.B, role, upstream string) (address string) {
	b.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), roleVariable+"="+role, roleVariable+"_SITE="+upstream)
	child.Stderr = os.Stderr
	in, err := child.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := child.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := child.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { in.Close(); child.Wait() })
	address, err = bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return "http://" + strings.TrimSpace(address)
}

// BenchmarkCost compares what a page costs in a bare httputil.ReverseProxy, in New, and in New with all layers in front. They
// take turns, so that a machine that is busy with other things is so for all; the medians are reported. An iteration is 400
// pages for each: run it with -benchtime 20x or so.
func BenchmarkCost(b *testing.B) {
	roles := []string{"bare", "new", "full"}
	upstream := start(b, "site", "")
	proxies := make(map[string]string)
	for _, role := range roles {
		proxies[role] = start(b, role, upstream)
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16, MaxConnsPerHost: 16, ReadBufferSize: 64 << 10}}
	defer client.CloseIdleConnections()
	get := func(address string) []byte {
		request, _ := http.NewRequest("GET", address, nil)
		request.Header = http.Header{
			"Accept":          {"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"},
			"Accept-Language": {"en-US,en;q=0.5"}, "Accept-Encoding": {"gzip, deflate, br, zstd"},
			"User-Agent":     {"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"},
			"Cookie":         {"session=" + strings.Repeat("MTcwMDAwMDAwMHxE", 8) + "; theme=dark"},
			"Sec-Fetch-Dest": {"document"}, "Sec-Fetch-Mode": {"navigate"}, "Sec-Fetch-Site": {"same-origin"},
		}
		answer, err := client.Do(request)
		if err != nil {
			b.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			b.Fatal(err)
		}
		return body
	}
	const pages, connections = 400, 16
	round := func(proxy, path string) {
		var all sync.WaitGroup
		for range connections {
			all.Go(func() {
				for range pages / connections {
					get(proxy + path)
				}
			})
		}
		all.Wait()
	}
	used := func(proxy string) float64 {
		total, err := strconv.ParseFloat(string(get(proxy+"/cpu")), 64)
		if err != nil {
			b.Fatal(err)
		}
		return total
	}

	for _, path := range []string{"/2048", "/30720", "/153600", "/1048576", "/30720?chunked", "/153600?chunked"} {
		b.Run(path[1:], func(b *testing.B) {
			cost, took := map[string][]float64{}, map[string][]float64{}
			for b.Loop() {
				for _, role := range roles {
					before, start := used(proxies[role]), time.Now()
					round(proxies[role], path)
					took[role] = append(took[role], float64(time.Since(start).Microseconds())/pages)
					cost[role] = append(cost[role], (used(proxies[role])-before)/pages)
				}
			}
			for _, role := range roles {
				b.ReportMetric(median(cost[role]), role+"-cpu-us/page")
				b.ReportMetric(median(took[role]), role+"-us/page")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
