package proxy

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
)

func TestEndpoint(t *testing.T) {
	for upstream, want := range map[string]string{
		"http://site":           "tcp site:80",
		"https://site":          "tcp site:443",
		"http://site:8080":      "tcp site:8080",
		"http://[::1]:8080":     "tcp [::1]:8080",
		"https://[::1]":         "tcp [::1]:443",
		"unix:/run/site.sock":   "unix /run/site.sock",
		"unix:///run/site.sock": "unix /run/site.sock",
		"unix:run/site.sock":    "unix run/site.sock",
	} {
		if network, address := endpoint(mustURL(upstream)); network+" "+address != want {
			t.Errorf("%s: %s %s, want %s", upstream, network, address, want)
		}
	}
}

// The way to the site must not depend on variables that are meant for the way out.
func TestTransportIgnoresProxyVariables(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	if transport := NewTransport(mustURL("http://site.example")); transport.Proxy != nil {
		t.Error("the transport asks for a proxy")
	}
	f := openFront(t, site(t, func(w http.ResponseWriter, r *http.Request) {}))
	if answer, body := f.get("/"); answer.StatusCode != 200 {
		t.Errorf("answer %d %q", answer.StatusCode, body)
	}
}

// The program looks whether the site can be reached while its first visitors come: both read the same settings of TLS.
func TestReachBesideVisitors(t *testing.T) {
	t.Parallel()
	site := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(site.Close)
	at, err := url.Parse(site.URL)
	if err != nil {
		t.Fatal(err)
	}
	trusted := x509.NewCertPool()
	trusted.AddCert(site.Certificate())
	way := Way{URL: at, HTTP2: true, TLS: &tls.Config{RootCAs: trusted}}
	var both sync.WaitGroup
	both.Go(func() {
		if err := Reach(t.Context(), way); err != nil {
			t.Error(err)
		}
	})
	both.Go(func() {
		r := httptest.NewRequest("GET", site.URL, nil)
		answer, err := way.Transport().RoundTrip(r)
		if err != nil {
			t.Error(err)
			return
		}
		answer.Body.Close()
	})
	both.Wait()
	if way.TLS.NextProtos != nil {
		t.Errorf("the settings of TLS have been changed: %q", way.TLS.NextProtos)
	}
}
