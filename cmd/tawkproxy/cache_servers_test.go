package main

import (
	"context"
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

// launch runs the program as a process of its own and returns its address.
func launch(t *testing.T, binary, site string) string {
	t.Helper()
	address := testenv.FreeAddr(t)
	cmd := exec.Command(binary)
	cmd.Env = append(demoSettings(site, "https://embed.tawk.to"), "TAWK_LISTEN="+address, "TAWK_SESSION_COOKIE=mixed",
		"TAWK_SESSION_KEY="+demoKey, "TAWK_USER_ID=id", "TAWK_USER_NAME=", "TAWK_USER_EMAIL=")
	runServer(t, cmd)
	await(t, "http://"+address+"/plain")
	return "http://" + address
}

func startNginx(t *testing.T, origin string) string {
	t.Helper()
	nginx := testenv.Need(t, "nginx", "/usr/sbin/nginx")
	dir, address := t.TempDir(), testenv.FreeAddr(t)
	// It keeps whatever says nothing about caching, too.
	write(t, filepath.Join(dir, "nginx.conf"), fmt.Sprintf(`
user root; daemon off; worker_processes 1; pid %[1]s/pid; error_log stderr crit;
events { worker_connections 4096; }
http {
  access_log off; client_body_temp_path %[1]s/body; proxy_temp_path %[1]s/temp; fastcgi_temp_path %[1]s/f; uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s;
  proxy_cache_path %[1]s/cache keys_zone=pages:10m;
  upstream origin { server %[2]s; keepalive 64; }
  server {
    listen %[3]s;
    location / {
      proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host;
      proxy_cache pages; proxy_cache_valid 200 10s; proxy_cache_revalidate on; proxy_cache_use_stale updating;
      add_header X-Cache $upstream_cache_status;
    }
  }
}`, dir, strings.TrimPrefix(origin, "http://"), address))
	runServer(t, exec.Command(nginx, "-p", dir, "-c", filepath.Join(dir, "nginx.conf")))
	await(t, "http://"+address+"/plain")
	return "http://" + address
}

func startVarnish(t *testing.T, origin string) string {
	t.Helper()
	varnishd := testenv.Need(t, "varnishd", "/usr/sbin/varnishd")
	dir, address := t.TempDir(), testenv.FreeAddr(t)
	host, port, _ := strings.Cut(strings.TrimPrefix(origin, "http://"), ":")
	// Cookies do not keep it from looking into its cache.
	write(t, filepath.Join(dir, "default.vcl"), fmt.Sprintf(`vcl 4.1;
backend origin { .host = "%s"; .port = "%s"; }
sub vcl_recv { if (req.method == "GET") { return (hash); } }
sub vcl_deliver { if (obj.hits > 0) { set resp.http.X-Cache = "HIT"; } }
`, host, port))
	runServer(t, exec.Command(varnishd, "-F", "-j", "none", "-n", filepath.Join(dir, "work"), "-f", filepath.Join(dir, "default.vcl"),
		"-a", address, "-s", "malloc,64m"))
	await(t, "http://"+address+"/plain")
	return "http://" + address
}

// write writes a file, and makes the folders on the way to it.
func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// runServer runs a server until the end of the test.
func runServer(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		select {
		case <-ended:
		case <-time.After(5 * time.Second):
			_ = cmd.Process.Kill()
			<-ended
		}
		if t.Failed() {
			t.Logf("%s said:\n%s", filepath.Base(cmd.Path), out.String())
		}
	})
}

// await waits until something answers there.
func await(t *testing.T, address string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		if answer, err := http.DefaultClient.Do(r); err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case <-ctx.Done():
			t.Fatalf("nothing answers at %s", address)
		case <-time.After(50 * time.Millisecond):
		}
	}
}
