package docs

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"tawkproxy/examples/testenv"
)

// fronts are the proxies for which a page has a configuration: what stands around it, with %[1]s for the address to listen at,
// %[2]s for a folder, %[3]s for the block's first part, up to an empty line, and %[4]s for the rest.
var fronts = []struct {
	language, config string
	program          []string
	args             func(config string) []string
}{
	{"nginx", `daemon off; master_process off; pid %[2]s/pid; error_log stderr crit; events {}
http {
	access_log off; client_body_temp_path %[2]s; proxy_temp_path %[2]s;
	fastcgi_temp_path %[2]s; uwsgi_temp_path %[2]s; scgi_temp_path %[2]s;
	%[3]s
	server {
		listen %[1]s;
		%[4]s
	}
}`, []string{"nginx", "/usr/sbin/nginx"}, func(config string) []string { return []string{"-c", config} }},
	{"apache", `LoadModule mpm_prefork_module /usr/lib/apache2/modules/mod_mpm_prefork.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule headers_module /usr/lib/apache2/modules/mod_headers.so
LoadModule proxy_module /usr/lib/apache2/modules/mod_proxy.so
LoadModule proxy_http_module /usr/lib/apache2/modules/mod_proxy_http.so
ServerName shop.example
Listen %[1]s
User www-data
Group www-data
PidFile %[2]s/pid
ErrorLog %[2]s/log
%[3]s
%[4]s
`, []string{"apache2", "/usr/sbin/apache2"}, func(config string) []string { return []string{"-X", "-f", config} }},
	{"haproxy", `defaults
	mode http
	timeout connect 20s
	timeout client 60s
	timeout server 60s
	timeout tunnel 60s
listen front
	bind %[1]s
%[3]s
%[4]s
`, []string{"haproxy", "/usr/sbin/haproxy"}, func(config string) []string { return []string{"-db", "-f", config} }},
}

// Behind real proxies that are set up as the page says, a request arrives with what tawkproxy needs to know of it, and unchanged.
func TestFronts(t *testing.T) {
	text := pages(t, "docs/operating.md")[0].text
	for _, front := range fronts {
		t.Run(front.language, func(t *testing.T) {
			program := testenv.Need(t, front.program...)
			m := regexp.MustCompile("(?s)```" + front.language + "\n(.*?)```").FindStringSubmatch(text)
			if m == nil {
				t.Fatal("the page has no such block")
			}
			arrived := make(chan *http.Request, 1)
			back := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				arrived <- r
				w.Header().Set("Content-Security-Policy", strings.Repeat("x", 8<<10))
			}))
			defer back.Close()
			block := strings.ReplaceAll(m[1], "127.0.0.1:8080", strings.TrimPrefix(back.URL, "http://"))
			if !strings.Contains(block, strings.TrimPrefix(back.URL, "http://")) {
				t.Fatal("the block does not lead to tawkproxy")
			}
			first, rest, _ := strings.Cut(block, "\n\n")
			addr, folder := testenv.FreeAddr(t), t.TempDir()
			config := filepath.Join(folder, "config")
			if err := os.WriteFile(config, fmt.Appendf(nil, front.config, addr, folder, first, rest), 0o644); err != nil {
				t.Fatal(err)
			}
			serve(t, addr, exec.Command(program, front.args(config)...))

			connection, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			defer connection.Close()
			fmt.Fprint(connection, "GET /a%2Fb/.tawkproxy/user?x=%2F HTTP/1.1\r\nHost: shop.example:8443\r\n"+
				"X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: https\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
				"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
			answer, err := http.ReadResponse(bufio.NewReader(connection), nil)
			if err != nil || answer.StatusCode != http.StatusOK {
				t.Fatal(answer, err)
			}
			r := <-arrived
			if r.Host != "shop.example:8443" || r.RequestURI != "/a%2Fb/.tawkproxy/user?x=%2F" {
				t.Errorf("%s %s arrived", r.Host, r.RequestURI)
			}
			if hops := strings.Join(r.Header["X-Forwarded-For"], ", "); !strings.HasSuffix(hops, "127.0.0.1") {
				t.Errorf("the request is said to come from %s", hops)
			}
			if proto := strings.Join(r.Header["X-Forwarded-Proto"], ", "); proto != "http" {
				t.Errorf("the request is said to come by %s", proto)
			}
			if r.Header.Get("Upgrade") != "websocket" || !strings.EqualFold(r.Header.Get("Connection"), "upgrade") {
				t.Errorf("no WebSocket can be opened: %v", r.Header)
			}
		})
	}
}

// serve runs a server until the test ends.
func serve(t *testing.T, addr string, server *exec.Cmd) {
	t.Helper()
	var said strings.Builder
	server.Stdout, server.Stderr = &said, &said
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = server.Wait()
		close(ended)
	}()
	t.Cleanup(func() {
		_ = server.Process.Kill()
		<-ended
	})
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		select {
		case <-ended:
			t.Fatal(said.String())
		default:
		}
		if connection, err := net.Dial("tcp", addr); err == nil {
			connection.Close()
			return
		}
	}
	t.Fatal("nobody listens")
}
