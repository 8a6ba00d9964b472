//go:build unix

package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/security"
	"github.com/chromedp/chromedp"

	"tawkproxy/examples/testenv"
	"tawkproxy/examples/widget"
)

// A row is an example of the folder examples: a server in front that has TLS, tawkproxy, and a real site.
type row struct {
	t       *testing.T
	folder  string // of the example
	dir     string // of this test, which everybody may enter
	site    string // address
	program string // address
	front   string // address
	moved   []string
	certs   [2]string // files: the certificate, its key
}

// newRow makes the folder and the certificate. Its site is not there yet.
func newRow(t *testing.T, folder string) *row {
	t.Helper()
	dir, err := os.MkdirTemp("", "row")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	r := &row{t: t, folder: filepath.Join("../../examples", folder), dir: dir, front: testenv.FreeAddr(t),
		certs: [2]string{dir + "/crt", dir + "/key"}}
	sample := httptest.NewTLSServer(nil)
	defer sample.Close()
	certificate := sample.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(certificate.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	write(t, r.certs[0], string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Certificate[0]})))
	write(t, r.certs[1], string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})))
	r.move("/etc/ssl/shop.example.crt", r.certs[0], "/etc/ssl/shop.example.key", r.certs[1])
	return r
}

// move has other addresses and paths in the example's files, in pairs: what stands there, and what is here.
func (r *row) move(pairs ...string) { r.moved = append(r.moved, pairs...) }

// file is one of the example, as it stands there but for what was moved, all of which must be in one of them.
func (r *row) file(name string) string {
	r.t.Helper()
	text, err := os.ReadFile(filepath.Join(r.folder, name))
	if err != nil {
		r.t.Fatal(err)
	}
	return strings.NewReplacer(r.moved...).Replace(string(text))
}

var envLine = regexp.MustCompile(`(?m)^(TAWK_\w+)=(?:'([^'\n]*)'|(\S*))$`)

// open starts tawkproxy with the example's settings, and what stands in front of it.
func (r *row) open(site string, listen func() *exec.Cmd) *visit {
	r.t.Helper()
	r.site = strings.TrimPrefix(site, "http://")
	r.move("127.0.0.1:8081", r.site)
	standin := &widget.Server{Key: demoKey}
	chat := httptest.NewServer(standin)
	r.t.Cleanup(chat.Close)
	var settings []string
	for _, found := range envLine.FindAllStringSubmatch(r.file("tawkproxy.env"), -1) {
		settings = append(settings, found[1]+"="+found[2]+found[3])
	}
	program := front(r.t, site, append(settings, "TAWK_LISTEN=127.0.0.1:0", "TAWK_SECRET_KEY="+demoKey, "TAWK_EMBED_ORIGIN="+chat.URL)...)
	r.t.Cleanup(func() {
		if r.t.Failed() {
			r.t.Log(program.Log())
		}
	})
	r.program = strings.TrimPrefix(program.url, "http://")
	r.move("127.0.0.1:8080", r.program)
	runServer(r.t, listen())
	program.url = "https://" + r.front
	client := &http.Client{Transport: r.transport()}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		answer, err := client.Get(program.url + "/")
		if err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				break
			}
		}
		if time.Now().After(deadline) {
			r.t.Fatalf("the row does not answer: %v", err)
		}
	}

	v := &visit{Tab: sharedChromium.Get(r.t).Visitor(r.t), town: &town{program: program, widget: standin}, t: r.t}
	v.Run(func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, target, security.SetIgnoreCertificateErrors, security.SetIgnoreCertificateErrorsParams{Ignore: true})
		return chromedp.Void{}, err
	})
	v.patient()
	return v
}

// transport leads to the front by whatever name, from an address of loopback that is not everybody's.
func (r *row) transport() *http.Transport {
	return &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, // it is the test's own
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", r.front)
		},
	}
}

// members come and go by the whole row: in a real browser, whose widget is told of them and verifies it, and in one without scripts,
// which asks below the page as the script does.
func (r *row) members(v *visit, page string, login, logout string) *browser {
	r.t.Helper()
	v.open(page).sees("visitor").told()
	v.Leave(login)
	v.sees("Ada Lovelace \u2713 verified").told("login 42")
	v.open(page).sees("Ada Lovelace \u2713 verified").told("login 42")
	b := newBrowser(r.t, v.town.url)
	b.client.Transport = r.transport()
	if heard := b.asked(); heard != "nobody" {
		r.t.Errorf("a stranger asks, and hears of %s", heard)
	}
	v.Leave(logout)
	v.sees("visitor").told("logout")
	v.quiet()
	return b
}

// TestExampleFronts has the examples' own files, with other ports and folders in them.
func TestExampleFronts(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: three servers, three sites and a browser take seconds")
	}
	t.Parallel()
	t.Run("nginx", func(t *testing.T) {
		t.Parallel()
		nginx := testenv.Need(t, "nginx", "/usr/sbin/nginx")
		r := newRow(t, "behind-nginx")
		write(t, r.dir+"/static/style.css", "body { color: navy }")
		r.move("listen 443 ssl", "listen "+r.front+" ssl", "/srv/shop", r.dir)
		site := testenv.Site(t, testenv.Python(t, "flask"), "flask/app.py")
		v := r.open(site, func() *exec.Cmd {
			write(t, r.dir+"/conf", fmt.Sprintf(`user root; daemon off; master_process off; pid %[1]s/pid; error_log stderr crit; events {}
http {
	access_log off; client_body_temp_path %[1]s/b; proxy_temp_path %[1]s/p;
	fastcgi_temp_path %[1]s/f; uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s;
	%[2]s
}`, r.dir, r.file("shop.conf")))
			return exec.Command(nginx, "-c", r.dir+"/conf")
		})
		b := r.members(v, "/", "document.forms[0].querySelector('button').click()", "document.forms[1].querySelector('button').click()")
		if css := b.read(b.open("/static/style.css")); css != "body { color: navy }" {
			t.Errorf("a file of nginx is %q", css)
		}
		script := regexp.MustCompile(`/\.tawkproxy/login\.[\w-]+`).FindString(b.read(b.open("/")))
		for path, status := range map[string]int{"/.git/config": 403, "/static/.htpasswd": 403, script: 200} {
			if answer := b.open(path); answer.StatusCode != status {
				t.Errorf("%q answers %s, want %d", path, answer.Status, status)
			}
		}
	})
	t.Run("Apache", func(t *testing.T) {
		t.Parallel()
		apache := testenv.Need(t, "apache2", "/usr/sbin/apache2")
		php, _ := filepath.Glob("/etc/apache2/mods-available/php*.load")
		if len(php) == 0 {
			testenv.Missing(t, "libapache2-mod-php is not installed")
		}
		r := newRow(t, "behind-apache")
		if err := os.CopyFS(r.dir+"/shop", os.DirFS("../../examples/php")); err != nil {
			t.Fatal(err)
		}
		for path, mode := range map[string]os.FileMode{r.dir + "/shop": 0o755, r.dir + "/sessions": 0o1733 | os.ModeSticky} {
			if err := os.MkdirAll(path, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
		}
		const who = "<?php echo $_SERVER['HTTPS'] ?? 'off', ' ', $_SERVER['REMOTE_ADDR'], ' ', $_SERVER['HTTP_HOST'];"
		if err := os.WriteFile(r.dir+"/shop/who.php", []byte(who), 0o644); err != nil {
			t.Fatal(err)
		}
		r.move("*:443", r.front, "/var/www/shop", r.dir+"/shop", "/var/lib/php/sessions", r.dir+"/sessions")
		v := r.open("http://"+testenv.FreeAddr(t), func() *exec.Cmd {
			var conf strings.Builder
			for _, module := range strings.Fields("mpm_prefork authz_core dir mime setenvif socache_shmcb ssl headers proxy proxy_http remoteip") {
				fmt.Fprintf(&conf, "LoadModule %s_module /usr/lib/apache2/modules/mod_%[1]s.so\n", module)
			}
			fmt.Fprintf(&conf, `Include %s
Include %s
ServerName site.example
Listen %s
User www-data
Group www-data
PidFile %s/pid
ErrorLog %[4]s/log
TypesConfig /etc/mime.types
MaxRequestWorkers 20
php_admin_value session.save_path %[4]s/sessions
%[5]s`, php[len(php)-1], strings.TrimSuffix(php[len(php)-1], ".load")+".conf", r.front, r.dir, r.file("shop.conf"))
			write(t, r.dir+"/conf", conf.String())
			cmd := exec.Command(apache, "-D", "FOREGROUND", "-f", r.dir+"/conf")
			cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // it ends with its whole group, which would be ours
			return cmd
		})
		b := r.members(v, "/", `let form = document.createElement('form');
			form.method = 'post'; form.action = '/login.php';
			form.innerHTML = '<input name="login" value="ada"><input name="password" value="secret">';
			document.body.append(form); form.submit()`, "location = '/logout.php'")
		b.client.Transport.(*http.Transport).DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}).DialContext(ctx, "tcp", r.front)
		}
		b.client.CloseIdleConnections()
		if saw, want := b.read(b.open("/who.php")), "on 127.0.0.2 "+strings.TrimPrefix(v.town.url, "https://"); saw != want {
			t.Errorf("the site sees %q, want %q", saw, want)
		}
	})
	t.Run("Caddy", func(t *testing.T) {
		t.Parallel()
		caddy := testenv.Need(t, "caddy")
		r := newRow(t, "behind-caddy")
		r.move("shop.example", "127.0.0.1") // for which Caddy makes a certificate of its own
		v := r.open(testenv.PHP(t, "../../examples/portal", nil), func() *exec.Cmd {
			_, port, _ := net.SplitHostPort(r.front)
			write(t, r.dir+"/Caddyfile", fmt.Sprintf(`{
	admin off
	skip_install_trust
	auto_https disable_redirects
	https_port %s
	default_bind 127.0.0.1
	storage file_system %s/store
}
%s`, port, r.dir, r.file("Caddyfile")))
			cmd := exec.Command(caddy, "run", "--config", r.dir+"/Caddyfile", "--adapter", "caddyfile")
			cmd.Env = append(os.Environ(), "HOME="+r.dir)
			return cmd
		})
		r.members(v, "/", "document.querySelector('button[value=ada]').click()", "location = '/logout.php'")
	})
}
