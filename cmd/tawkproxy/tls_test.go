package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tawkproxy/examples/testenv"
)

// certFiles are settings of a certificate for names, in a folder.
func certFiles(t *testing.T, a *testenv.Authority, folder string, names ...string) []string {
	t.Helper()
	cert, key := a.Issue(time.Time{}, names...)
	return []string{"TAWK_TLS_CERT=" + testenv.File(t, folder, "cert.pem", cert), "TAWK_TLS_KEY=" + testenv.File(t, folder, "key.pem", key)}
}

// tlsClient is a browser that trusts an authority and finds every host at an address.
func tlsClient(t *testing.T, roots *x509.CertPool, address string) *http.Client {
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", address)
		},
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// Where tawkproxy itself speaks TLS, the site hears of https, and so do cookies.
func TestBrowsersTLS(t *testing.T) {
	t.Parallel()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Set-Cookie", "session=new; Path=/; HttpOnly")
		fmt.Fprintf(w, "<!doctype html><title>Site</title>%s", r.Header.Get("X-Forwarded-Proto"))
	}))
	t.Cleanup(site.Close)
	a := testenv.NewAuthority(t)
	settings := append(certFiles(t, a, t.TempDir(), "shop.example"), "TAWK_UPSTREAM="+site.URL, "TAWK_LISTEN=127.0.0.1:0", "TAWK_SESSION_COOKIE=session",
		"TAWK_TLS_REDIRECT_LISTEN=127.0.0.1:0", "TAWK_LOG_LEVEL=info")
	program := start(t, aside(settings...)...)
	client := tlsClient(t, a.Pool, strings.TrimPrefix(program.url, "http://"))
	answer, err := client.Get("https://shop.example/page")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	page, _ := io.ReadAll(answer.Body)
	marker := ""
	for _, cookie := range answer.Cookies() {
		if cookie.Name == markerName {
			marker = cookie.Raw
		}
	}
	if answer.Proto != "HTTP/2.0" || !strings.HasSuffix(string(page), "https") || insertions(page) == nil || !strings.Contains(marker, "; Secure") {
		t.Errorf("%s, the cookie %q, the page %s", answer.Proto, marker, page)
	}

	redirect := ""
	for line := range strings.Lines(program.Log()) {
		if _, after, ok := strings.Cut(line, `"redirect":"`); ok {
			redirect, _, _ = strings.Cut(after, `"`)
		}
	}
	client = tlsClient(t, nil, redirect)
	for request, want := range map[string]string{
		"GET http://shop.example/a//b?c=%20d":    "301 https://shop.example/a//b?c=%20d",
		"GET http://shop.example:8080/":          "301 https://shop.example/",
		"GET http://[::1]:80/":                   "301 https://[::1]/",
		"POST http://shop.example/login?x":       "308 https://shop.example/login?x",
		"GET http://shop.example//evil.example/": "301 https://shop.example//evil.example/",
	} {
		method, address, _ := strings.Cut(request, " ")
		r, _ := http.NewRequest(method, address, nil)
		answer, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if got := fmt.Sprint(answer.StatusCode, " ", answer.Header.Get("Location")); got != want {
			t.Errorf("%s: %s, want %s", request, got, want)
		}
	}
	r, _ := http.NewRequest("GET", "http://shop.example/", nil)
	r.Host = `shop.example/@evil.example`
	if answer, err = client.Do(r); err != nil || answer.StatusCode != 400 {
		t.Errorf("a Host that is none: %v, %v", answer, err)
	}
}

// What is wrong with the files of TLS stops the start, by the setting.
func TestMistakesOfTLS(t *testing.T) {
	t.Parallel()
	a := testenv.NewAuthority(t)
	folder := t.TempDir()
	good := certFiles(t, a, folder, "shop.example")
	_, key := a.Issue(time.Time{}, "shop.example")
	other := testenv.File(t, folder, "other.pem", key)
	file := testenv.File(t, folder, "file", nil)
	for want, settings := range map[string][]string{
		"TAWK_TLS_CERT: the file cannot be read (no such file or directory); write the path of a PEM file with the certificate": {"TAWK_TLS_CERT=/nowhere.pem"},
		"TAWK_TLS_KEY: the file cannot be read (is a directory); write":                                                         {"TAWK_TLS_KEY=" + folder},
		"TAWK_TLS_KEY: the key is not that of the certificate; write both files of one certificate":                             {"TAWK_TLS_KEY=" + other},
		"TAWK_TLS_CACHE: the folder cannot be written (not a directory); let it belong to tawkproxy's user":                     {"TAWK_TLS_CERT=", "TAWK_TLS_KEY=", "TAWK_TLS_DOMAINS=shop.example", "TAWK_TLS_CACHE=" + file},
		"TAWK_TLS_ACME_CA: the file holds no certificate in PEM; write": {"TAWK_TLS_CERT=", "TAWK_TLS_KEY=", "TAWK_TLS_DOMAINS=shop.example", "TAWK_TLS_CACHE=" + filepath.Join(folder, "cache"),
			"TAWK_TLS_ACME_CA=" + file},
	} {
		var said strings.Builder
		code := run(t.Context(), nil, append(append(aside("TAWK_LISTEN=127.0.0.1:0"), good...), settings...), io.Discard, &said)
		if code != exitUsage || !strings.Contains(said.String(), want) {
			t.Errorf("ended with %d and said %s, want %s", code, said.String(), want)
		}
	}
}

// A folder for certificates is made, and nobody else may read it.
func TestCacheFolder(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "state", "certificates")
	program := start(t, aside("TAWK_LISTEN=127.0.0.1:0", "TAWK_TLS_DOMAINS=shop.example", "TAWK_TLS_CACHE="+folder, "TAWK_TLS_REDIRECT_LISTEN=off",
		"TAWK_TLS_ACME_DIRECTORY=https://127.0.0.1:1/directory", "TAWK_LOG_LEVEL=info")...)
	if info, err := os.Stat(folder); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info, err)
	}
	for deadline := time.Now().Add(time.Minute); !strings.Contains(program.Log(), "is the authority of TAWK_TLS_ACME_DIRECTORY reached from here"); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the log is silent: %s", program.Log())
		}
	}
}
