package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"tawkproxy/examples/shop"
	"tawkproxy/inject/tawk"
)

// scriptOf tells how a page of a host brings the script.
func scriptOf(t *testing.T, p *program, host, path string) string {
	t.Helper()
	r, err := http.NewRequest("GET", p.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = host
	r.Header.Set("Accept", "text/html")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	switch text := string(page); {
	case err != nil:
		t.Fatal(err)
	case strings.Contains(text, `<script async src="/.tawkproxy/login.`):
		return "loads"
	case strings.Contains(text, ` data-tawkproxy-src="/.tawkproxy/login.`):
		return "tries"
	case strings.Contains(text, "data-tawkproxy="):
		return "holds"
	}
	return "nothing"
}

// Pages hold the script and try its address until somebody has got there, under each host for itself.
func TestScriptAddress(t *testing.T) {
	t.Parallel()
	site := siteOf(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/strict" {
			w.Header().Set("Content-Security-Policy", "script-src 'none'")
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<!doctype html><title>x</title><p>text")
	})
	address := tawk.NewFile(tawk.Script()).Path("/.tawkproxy/")
	for _, setting := range []string{"auto", "inline"} {
		p := front(t, site, "TAWK_SESSION=gorilla", "TAWK_SESSION_COOKIE=sid", "TAWK_SESSION_KEY="+shop.DemoKey, "TAWK_USER_ID=id",
			"TAWK_SCRIPT="+setting)
		want := []string{"tries", "loads", "tries", "holds"}
		if setting == "inline" {
			want = []string{"holds", "holds", "holds", "holds"}
		}
		got := []string{scriptOf(t, p, "a.example", "/")}
		r, _ := http.NewRequest("GET", p.url+address+"?1", nil)
		r.Host = "a.example"
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != 200 || answer.Header.Get("Set-Cookie") != "" {
			t.Errorf("%s: %s, %v", address, answer.Status, answer.Header)
		}
		got = append(got, scriptOf(t, p, "a.example", "/"), scriptOf(t, p, "b.example", "/"), scriptOf(t, p, "a.example", "/strict"))
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: pages %v, want %v", setting, got, want)
		}
	}
}

func siteOf(t *testing.T, site http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(site)
	t.Cleanup(server.Close)
	return server.URL
}

// What is added to a page, packed or not, is 500 bytes and the person at most.
func TestBytesAdded(t *testing.T) {
	t.Parallel()
	const page = "<!doctype html><html><head><meta charset=utf-8><title>Shop</title></head><body>"
	text := page + strings.Repeat("<p>A teapot, and another one.</p>\n", 300)
	for _, packed := range []bool{false, true} {
		var sent bytes.Buffer
		site := siteOf(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.Header().Set("Content-Security-Policy", "script-src 'nonce-MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMg=='")
			sent.Reset()
			if packed {
				w.Header().Set("Content-Encoding", "gzip")
				z := gzip.NewWriter(&sent)
				io.WriteString(z, text)
				z.Close()
			} else {
				sent.WriteString(text)
			}
			w.Write(sent.Bytes())
		})
		p := front(t, site, "TAWK_SESSION=gorilla", "TAWK_SESSION_COOKIE="+shop.Cookie, "TAWK_SESSION_KEY="+shop.DemoKey,
			"TAWK_USER_ID=user_id", "TAWK_USER_NAME=user_name", "TAWK_USER_EMAIL=user_email")
		jar := enter(t, siteOf(t, shop.New(shop.Options{}).ServeHTTP), "jose")
		at, _ := url.Parse(p.url)
		for _, path := range []string{"/.tawkproxy/login.", "/"} {
			r, _ := http.NewRequest("GET", p.url+path, nil)
			r.Header.Set("Accept", "text/html")
			r.Header.Set("Accept-Encoding", map[bool]string{false: "identity", true: "gzip"}[packed])
			for _, cookie := range jar.Cookies(at) {
				r.AddCookie(cookie)
			}
			answer, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			got, err := io.ReadAll(answer.Body)
			if err != nil {
				t.Fatal(err)
			}
			if path != "/" {
				continue
			}
			added := len(got) - sent.Len()
			person := len(tawk.Hash(demoKey, "u-7f3")) + len(`"user":{"userId":"","hash":"","name":"","email":""},`) +
				len(people["jose"].ID+people["jose"].Name+people["jose"].Email)*6 // some of it as \u escapes
			t.Logf("packed %t: %d bytes added, of which the person may be %d", packed, added, person)
			if added < 100 || added > 500+person {
				t.Errorf("packed %t: %d bytes added, the person is %d: %.700s", packed, added, person, got)
			}
			if !packed && !strings.Contains(string(got), "async src=") {
				t.Errorf("the page holds the script: %.300s", got)
			}
		}
	}
}

// A server in front that leads visitors here for their pages alone costs nobody the chat; the log says so in the end. Once the
// address leads here, pages load the script.
func TestScriptBehindFront(t *testing.T) {
	t.Parallel()
	chromium := sharedChromium.Get(t)
	town := newTown(t)
	behind, err := url.Parse(town.url)
	if err != nil {
		t.Fatal(err)
	}
	tried, open := make(chan bool, 100), make(chan bool)
	front := httptest.NewServer(onlyPages(behind, tried, open))
	t.Cleanup(front.Close)
	host := strings.TrimPrefix(front.URL, "http://")
	v := newVisit(t, chromium, town)
	v.Open(front.URL + "/")
	v.sees("visitor")
	<-tried
	if way := scriptOf(t, town.program, host, "/"); way != "tries" {
		t.Errorf("a page %s, after nobody got to the script", way)
	}
	close(open)
	v.Open(front.URL + "/")
	v.sees("visitor")
	for deadline := time.Now().Add(time.Minute); scriptOf(t, town.program, host, "/") != "loads"; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("no page loads the script, after a browser got to it")
		}
	}
	v.Open(front.URL + "/catalogue")
	v.sees("visitor")
	v.quiet()
}

// onlyPages leads to tawkproxy, but to the script's address only when that is open.
func onlyPages(behind *url.URL, tried chan<- bool, open <-chan bool) http.Handler {
	pages := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(behind)
		r.Out.Host = r.In.Host
		r.SetXForwarded()
	}}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/.tawkproxy/login.") {
			select {
			case <-open:
			default:
				http.NotFound(w, r)
				tried <- true
				return
			}
		}
		pages.ServeHTTP(w, r)
	})
}

// That nobody gets to the script is said once, after many pages and a long time, and never after a request has come.
func TestReach(t *testing.T) {
	var log bytes.Buffer
	r := newReach("/.tawkproxy/login.x", slog.New(slog.NewTextHandler(&log, nil)))
	page := httptest.NewRequest("GET", "http://shop.example/", nil)
	page.Header.Set("Sec-Fetch-Dest", "document")
	now := time.Now()
	for range 2 * hopelessPages {
		r.leads(page, now)
	}
	if log.Len() > 0 {
		t.Errorf("hopeless at once: %s", &log)
	}
	for range 3 {
		r.leads(page, now.Add(hopelessTime))
	}
	if said := log.String(); strings.Count(said, "\n") != 1 || !strings.Contains(said, "TAWK_OWN_PREFIX") || !strings.Contains(said, "TAWK_SCRIPT") {
		t.Errorf("want one line with the remedy, got %q", said)
	}
	log.Reset()
	r = newReach("/.tawkproxy/login.x", slog.New(slog.NewTextHandler(&log, nil)))
	r.open("other.example", now)
	for range 2 * hopelessPages {
		r.leads(page, now.Add(2*hopelessTime))
	}
	if log.Len() > 0 {
		t.Errorf("hopeless, though another host's visitors get there: %s", &log)
	}
}

// Whether a page's visitors get to the script is no longer believed when new ones do not ask for it, for longer each time.
func TestReachLost(t *testing.T) {
	var log bytes.Buffer
	r := newReach("/.tawkproxy/login.x", slog.New(slog.NewTextHandler(&log, nil)))
	now := time.Now()
	load := func(times int, header ...string) (loads int) {
		page := httptest.NewRequest("GET", "http://shop.example/", nil)
		for i := 0; i < len(header); i += 2 {
			page.Header.Set(header[i], header[i+1])
		}
		for range times {
			if r.leads(page, now) {
				loads++
			}
			now = now.Add(10 * time.Second)
		}
		return loads
	}
	newcomer := []string{"Sec-Fetch-Dest", "document"}
	r.open("shop.example", now)
	if n := load(500, "Sec-Fetch-Dest", "document", "Cookie", "seen=1") + load(500); n != 1000 {
		t.Errorf("%d of 1000 pages load the script for visitors who may have kept it, and for programs", n)
	}
	for range 50 {
		if n := load(missingVisitors, newcomer...); n != missingVisitors {
			t.Fatalf("%d pages load the script while newcomers ask for it", n)
		}
		r.open("shop.example", now)
	}
	for _, closed := range []time.Duration{time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 16 * time.Hour, 24 * time.Hour, 24 * time.Hour} {
		if n := load(40, newcomer...); n != missingVisitors {
			t.Errorf("%d pages load the script until it is missed, want %d", n, missingVisitors)
		}
		now = now.Add(closed - 30*time.Minute)
		if r.open("shop.example", now); load(1) != 0 {
			t.Errorf("pages load the script before %v have passed", closed)
		}
		now = now.Add(30 * time.Minute)
		if r.open("shop.example", now); load(1) != 1 {
			t.Errorf("no page loads the script after %v", closed)
		}
	}
	if said := log.String(); strings.Count(said, "\n") != 1 || !strings.Contains(said, "TAWK_SCRIPT=inline") {
		t.Errorf("want one line with the remedy, got %q", said)
	}
}
