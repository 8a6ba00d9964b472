package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tawkproxy/examples/testenv"
)

// headerSite is a site that shows on its page which of these headers it got.
func headerSite(t *testing.T, names ...string) string {
	t.Helper()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Cache-Control", "private")
		io.WriteString(w, "<!DOCTYPE html><html><head><title>Site</title></head><body>")
		for _, name := range names {
			fmt.Fprintf(w, "[%s: %s]", name, strings.Join(r.Header[name], ", "))
		}
	}))
	t.Cleanup(site.Close)
	return site.URL
}

// gets checks what the site got.
func (b *browser) gets(want string, header ...string) {
	b.t.Helper()
	page, err := io.ReadAll(b.open("/", header...).Body)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, got, _ := strings.Cut(string(page), "<body>"); got != want {
		b.t.Errorf("the site got %s, want %s", got, want)
	}
}

func TestHeaderOfProxy(t *testing.T) {
	site := headerSite(t, "Remote-User", "Remote_user")
	forged := []string{"Remote-User", "42", "remote_user", "43"}
	t.Run("from the proxy", func(t *testing.T) {
		b := newBrowser(t, front(t, site, "TAWK_SESSION=header", "TAWK_HEADER_PROXY=authelia", "TAWK_TRUSTED_PROXIES=127.0.0.1").url)
		b.page("/", "42", forged...)
		b.asks("42", forged...)
		b.gets("[Remote-User: 42][Remote_user: ]", forged...)
		b.page("/", "nobody")
		b.asks("nobody")
	})
	t.Run("from anybody else", func(t *testing.T) {
		b := newBrowser(t, front(t, site, "TAWK_SESSION=header", "TAWK_HEADER_PROXY=authelia", "TAWK_TRUSTED_PROXIES=192.0.2.7").url)
		b.page("/", "nobody", forged...)
		b.asks("nobody", forged...)
		b.gets("[Remote-User: ][Remote_user: ]", forged...)
	})
}

// nginx asks a service of its own who a visitor is (auth_request), and tells tawkproxy in headers.
const nginxConf = `daemon off; pid nginx.pid; error_log stderr;
events {}
http {
  access_log off; client_body_temp_path b; proxy_temp_path p; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;
  server {
    listen %s;
    location = /auth { internal; proxy_pass %s; proxy_pass_request_body off; proxy_set_header Content-Length ""; }
    location / {
      auth_request /auth;
      auth_request_set $user $upstream_http_x_auth_request_user;
      auth_request_set $email $upstream_http_x_auth_request_email;
      proxy_set_header X-Auth-Request-User $user;
      proxy_set_header X-Auth-Request-Email $email;
      proxy_set_header Host $http_host;
      proxy_pass %s;
    }
  }
}
`

func TestHeaderOfNginx(t *testing.T) {
	nginx := testenv.Need(t, "nginx", "/usr/sbin/nginx")
	auth := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if login, err := r.Cookie("login"); err == nil {
			w.Header().Set("X-Auth-Request-User", login.Value)
			w.Header().Set("X-Auth-Request-Email", login.Value+"@example.com")
		}
	}))
	t.Cleanup(auth.Close)
	site := headerSite(t, "X-Auth-Request-User", "X_auth_request_user")
	program := front(t, site, "TAWK_SESSION=header", "TAWK_HEADER_PROXY=nginx-auth-request", "TAWK_TRUSTED_PROXIES=127.0.0.1")
	addr, dir := testenv.FreeAddr(t), t.TempDir()
	conf := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(conf, fmt.Appendf(nil, nginxConf, addr, auth.URL, program.url), 0o600); err != nil {
		t.Fatal(err)
	}
	server := exec.Command(nginx, "-p", dir, "-c", conf, "-e", "stderr")
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Process.Signal(os.Interrupt)
		server.Wait()
	})
	b := newBrowser(t, "http://"+addr)
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		answer, err := http.Get(b.base)
		if err == nil {
			answer.Body.Close()
			break
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
	ada := []string{"Cookie", "login=42"}
	forged := []string{"X-Auth-Request-User", "43", "X_Auth_Request_User", "43"}
	b.page("/", "42 42@example.com", ada...)
	b.asks("42 42@example.com", ada...)
	b.page("/", "42 42@example.com", append(ada, forged...)...)
	b.gets("[X-Auth-Request-User: 42][X_auth_request_user: ]", append(ada, forged...)...)
	b.page("/", "nobody", forged...)
	b.asks("nobody", forged...)
}
