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

// Towards the site, another certificate and another authority count from SIGHUP on, for readiness, too.
func ownCertificateReplaced(t *testing.T, binary string) {
	one, two, folder := testenv.NewAuthority(t), testenv.NewAuthority(t), t.TempDir()
	put := func(a *testenv.Authority, name string) {
		cert, key := a.Issue(time.Time{}, name)
		testenv.File(t, folder, "cert.pem", cert)
		testenv.File(t, folder, "key.pem", key)
		testenv.File(t, folder, "ca.pem", a.PEM)
	}
	var site atomic.Pointer[tls.Config]
	serve := func(a *testenv.Authority) {
		site.Store(&tls.Config{Certificates: []tls.Certificate{a.Pair("127.0.0.1")}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: a.Pool})
	}
	serve(one)
	put(one, "first.example")
	address := serveSite(t, "tcp", &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) { return site.Load(), nil },
		Certificates: []tls.Certificate{one.Pair("127.0.0.1")}})
	p := spawn(t, binary, address, "TAWK_UPSTREAM_CA="+folder+"/ca.pem", "TAWK_UPSTREAM_CERT="+folder+"/cert.pem", "TAWK_UPSTREAM_KEY="+folder+"/key.pem")
	sees := func(want string) {
		t.Helper()
		for _, at := range []string{"http://" + p.address + "/", "http://" + p.admin + "/readyz"} {
			answer, err := http.Get(at)
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(answer.Body)
			answer.Body.Close()
			if answer.StatusCode != 200 || !strings.HasSuffix(at, "readyz") && !bytes.Contains(body, []byte(want)) {
				t.Errorf("%s: %d %s, want %s", at, answer.StatusCode, body, want)
			}
		}
	}
	sees("first.example")
	put(two, "second.example")
	if err := os.WriteFile(folder+"/key.pem", []byte("no key"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.signal(t, syscall.SIGHUP)
	p.says(t, `"setting":"TAWK_UPSTREAM_KEY","cause":"the file holds no key in PEM"`, 1)
	sees("first.example")
	put(two, "second.example")
	serve(two)
	p.signal(t, syscall.SIGHUP)
	p.says(t, "were read again", 1)
	time.Sleep(1100 * time.Millisecond) // what one probe found serves all for a second
	sees("second.example")
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
