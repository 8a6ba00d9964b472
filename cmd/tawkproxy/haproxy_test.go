package main

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tawkproxy/examples/testenv"
)

// HAProxy puts in who the visitor is and where they are, and passes on what they say in Connection.
const haproxyConf = `defaults
  mode http
  timeout connect 10s
  timeout client 30s
  timeout server 30s
frontend browsers
  bind %s
  http-request set-header X-Forwarded-User ada
  http-request set-header X-Client-Verified yes
  http-request set-header X-Real-IP 192.0.2.9
  default_backend program
backend program
  server program %s
`

// A visitor can neither take out nor shadow what a trusted proxy says: the page names whom the site sees.
func TestHeadersOfHAProxy(t *testing.T) {
	haproxy := testenv.Need(t, "haproxy", "/usr/sbin/haproxy")
	names := []string{"X-Forwarded-User", "X-Client-Verified", "X-Real-Ip", "X_forwarded_user", "_X-Forwarded-User",
		"Http_x_forwarded_user"}
	program := front(t, headerSite(t, names...), "TAWK_SESSION=header", "TAWK_HEADER_PROXY=oauth2-proxy",
		"TAWK_TRUSTED_PROXIES=127.0.0.1")
	addr, conf := testenv.FreeAddr(t), filepath.Join(t.TempDir(), "haproxy.cfg")
	if err := os.WriteFile(conf, fmt.Appendf(nil, haproxyConf, addr, strings.TrimPrefix(program.url, "http://")), 0o600); err != nil {
		t.Fatal(err)
	}
	server := exec.Command(haproxy, "-db", "-f", conf)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Process.Kill()
		server.Wait()
	})
	b := newBrowser(t, "http://"+addr)
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		answer, err := http.Get(b.base)
		if err == nil {
			answer.Body.Close()
			break
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
	const seen = "[X-Forwarded-User: ada][X-Client-Verified: yes][X-Real-Ip: 192.0.2.9]" +
		"[X_forwarded_user: ][_X-Forwarded-User: ][Http_x_forwarded_user: ]"
	for _, said := range [][]string{
		nil,
		{"Connection", "X-Real-Ip, X-Client-Verified, X-Forwarded-User"},
		{"Connection", "keep-alive, x-forwarded-user,X-REAL-IP ,\tx-client-verified"},
		{"X-Forwarded-User", "bob", "X_Forwarded_User", "bob", "_X-Forwarded-User", "bob", "HTTP_X_FORWARDED_USER", "bob"},
	} {
		b.page("/", "ada", said...)
		b.asks("ada", said...)
		b.gets(seen, said...)
	}
}
