package main

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// What is everyday life is not told: a site that takes visitors to https, or from one of its names to the other, and pages that are missing.
func TestSiteHintsStaySilent(t *testing.T) {
	type answer struct {
		target, proto, location string
		status                  int
		after                   time.Duration
	}
	for name, c := range map[string]struct {
		answers []answer
		lines   int
	}{
		"http, then https": {[]answer{{"http://shop.example/", "http", "https://shop.example/", 301, 0},
			{"http://shop.example/", "https", "", 200, 0}, {"http://shop.example/", "http", "https://shop.example/", 301, 0}}, 0},
		"many who come by http": {[]answer{{"http://shop.example/a", "http", "https://shop.example/a", 301, 0}, {"http://shop.example/b", "http", "https://shop.example/b", 301, 0},
			{"http://shop.example/c", "http", "https://shop.example/c", 301, 0}, {"http://shop.example/a", "http", "https://shop.example/a", 301, time.Minute},
			{"http://shop.example/a", "http", "https://shop.example/a", 301, time.Minute}}, 0},
		"the name with www": {[]answer{{"http://shop.example/", "https", "https://www.shop.example/", 301, 0}, {"http://www.shop.example/", "https", "", 200, 0},
			{"http://shop.example/", "https", "https://www.shop.example/", 301, 0}, {"http://shop.example/", "https", "https://www.shop.example/", 301, 0}}, 0},
		"links to elsewhere": {[]answer{{"http://shop.example/pay", "https", "https://bank.example/start", 302, 0},
			{"http://shop.example/pay", "https", "https://bank.example/start", 302, 0}, {"http://shop.example/pay", "https", "https://bank.example/start", 302, 0}}, 0},
		"missing pages": {[]answer{{"http://shop.example/", "https", "", 200, 0}, {"http://shop.example/x", "https", "", 404, 0}, {"http://shop.example/x", "https", "", 404, 0},
			{"http://shop.example/x", "https", "", 404, 0}, {"http://shop.example/x", "https", "", 404, 0}, {"http://shop.example/x", "https", "", 404, 0}}, 0},
		"again and again": {[]answer{{"http://shop.example/?q=1", "http", "https://shop.example/?q=1", 301, 0}, {"http://shop.example/?q=1", "http", "https://shop.example/?q=1", 301, 0},
			{"http://shop.example/?q=1", "http", "https://shop.example/?q=1", 301, 0}, {"http://shop.example/?q=1", "http", "https://shop.example/?q=1", 301, 0},
			{"http://shop.example/?q=1", "http", "https://shop.example/?q=1", 301, 0}, {"http://shop.example/?q=1", "http", "https://shop.example/?q=1", 301, 0}}, 1},
	} {
		var log strings.Builder
		h := newSiteHints(slog.New(slog.NewTextHandler(&log, nil)))
		now := time.Now()
		for _, a := range c.answers {
			r := httptest.NewRequest("GET", a.target, nil)
			r.Header.Set("Accept", "text/html")
			r.Header.Set("X-Forwarded-Proto", a.proto)
			now = now.Add(a.after)
			h.observe(r, &http.Response{StatusCode: a.status, Header: http.Header{"Location": {a.location}}}, now)
		}
		if got := strings.Count(log.String(), "\n"); got != c.lines {
			t.Errorf("%s: %d lines\n%s", name, got, log.String())
		}
	}
}
