//go:build unix

package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"tawkproxy/examples/testenv"
)

// The certificate is replaced, and a broken one put in its place, while visitors come on old connections and on new ones. Nobody is
// lost, and those who come later see the new one.
func certificateReplaced(t *testing.T, binary string) {
	const rounds, clients = 6, 12
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "<!DOCTYPE html><title>x</title><body>whole</body>")
	}))
	defer site.Close()
	a, folder := testenv.NewAuthority(t), t.TempDir()
	p := spawn(t, binary, site.URL, certFiles(t, a, folder, "shop.example", "round-0.example")...)

	var asked, lost, handshakes atomic.Int64
	var newest sync.Map // names that visitors have seen
	ctx, end := context.WithCancel(t.Context())
	defer end()
	var all sync.WaitGroup
	for n := range clients {
		all.Go(func() {
			transport := &http.Transport{DialTLSContext: func(context.Context, string, string) (net.Conn, error) {
				handshakes.Add(1)
				conn, err := tls.Dial("tcp", p.address, &tls.Config{RootCAs: a.Pool, ServerName: "shop.example"})
				if err == nil {
					newest.Store(conn.ConnectionState().PeerCertificates[0].DNSNames[1], true)
				}
				return conn, err
			}, DisableKeepAlives: n%2 == 0}
			defer transport.CloseIdleConnections()
			for ctx.Err() == nil {
				asked.Add(1)
				r, _ := http.NewRequest("GET", "https://shop.example/", nil)
				answer, err := transport.RoundTrip(r)
				if err == nil {
					var whole []byte
					whole, err = io.ReadAll(answer.Body)
					answer.Body.Close()
					if err == nil && !bytes.Contains(whole, []byte("whole")) {
						err = errors.New(answer.Status)
					}
				}
				if err != nil {
					lost.Add(1)
					t.Errorf("lost: %v", err)
				}
				time.Sleep(5 * time.Millisecond)
			}
		})
	}
	seen := func(name string) {
		t.Helper()
		for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
			if _, ok := newest.Load(name); ok {
				return
			}
			if time.Now().After(deadline) {
				t.Fatalf("nobody sees the certificate of %s: %q", name, p.said())
			}
		}
	}
	replace := func(name string, content []byte) {
		t.Helper()
		testenv.File(t, folder, "next", content)
		if err := os.Rename(filepath.Join(folder, "next"), filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	seen("round-0.example")
	for round := 1; round <= rounds; round++ {
		name := "round-" + string(rune('0'+round)) + ".example"
		cert, key := a.Issue(time.Time{}, "shop.example", name)
		replace("cert.pem", cert)
		if round%3 == 0 { // on demand, with a pair that cannot be used before
			p.signal(t, syscall.SIGHUP)
			p.says(t, "a new certificate cannot be used, so the one before stays", round/3)
		}
		replace("key.pem", key)
		if round%2 == 0 {
			p.signal(t, syscall.SIGHUP)
		}
		seen(name)
	}
	end()
	all.Wait()
	t.Logf("%d new certificates, %d requests, %d handshakes: %d lost", rounds, asked.Load(), handshakes.Load(), lost.Load())
	if said := strings.Join(p.said(), "\n"); strings.Contains(said, "PRIVATE") || strings.Contains(said, folder+"/key") && !strings.Contains(said, "TAWK_TLS_KEY") {
		t.Errorf("the program said %s", said)
	}
}

// says waits until a text has been logged so often.
func (p *process) says(t testing.TB, text string, times int) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		if strings.Count(strings.Join(p.said(), "\n"), text) >= times {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%q is not said %d times: %q", text, times, p.said())
		}
	}
}
