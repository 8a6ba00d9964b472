package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A page that holds the only place at the site does not keep the question who is there from being asked.
func TestQuestionNeedsNoPlace(t *testing.T) {
	proceed := make(chan bool)
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/me" {
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, `{"id":"42"}`)
			return
		}
		io.WriteString(w, "<!DOCTYPE html><title>x</title><body>begun")
		http.NewResponseController(w).Flush()
		<-proceed
	}))
	defer site.Close()
	defer close(proceed)
	p := start(t, append(demoSettings(site.URL, "https://embed.tawk.to"), "TAWK_LISTEN=127.0.0.1:0", "TAWK_ADMIN_LISTEN=127.0.0.1:0",
		"TAWK_MAX_SITE_CONNECTIONS=1", "TAWK_SESSION=site", "TAWK_SESSION_KEY=", "TAWK_SESSION_URL=/me", "TAWK_SESSION_COOKIE=sid", "TAWK_USER_ID=id",
		"TAWK_USER_NAME=", "TAWK_USER_EMAIL=", "TAWK_LOG_LEVEL=info")...)
	page, err := http.Get(p.url + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer page.Body.Close()

	r, _ := http.NewRequest("GET", p.url+"/.tawkproxy/user", nil)
	r.Header.Set("Cookie", "sid=1")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if body, err := io.ReadAll(answer.Body); err != nil || !strings.Contains(string(body), `"42"`) {
		t.Errorf("while the page is under way the question was answered %s %q, %v", answer.Status, body, err)
	}
}
