package main

import (
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"tawkproxy/inject"
)

func TestCSPWarnings(t *testing.T) {
	var log strings.Builder
	r := httptest.NewRequest("GET", "/page", nil)
	missing, isolated := inject.Warning{Directive: "img-src", Lacks: "a.example"}, inject.Warning{Directive: "Integrity-Policy"}
	for _, o := range []*cspWarnings{{extend: true}, {}} {
		log.Reset()
		o.log = slog.New(slog.NewTextHandler(&log, nil))
		for range 2 {
			o.warn(r, []inject.Warning{missing, isolated})
		}
		if strings.Count(log.String(), "\n") != 2 || strings.Contains(log.String(), "TAWK_CSP=extend") == o.extend ||
			!strings.Contains(log.String(), "img-src lacks a.example") || !strings.Contains(log.String(), "TAWK_EXCLUDE") {
			t.Errorf("extend %v: %s", o.extend, log.String())
		}
		for i := range 2 * mostCSPWarnings {
			o.warn(r, []inject.Warning{{Directive: strings.Repeat("x", i)}})
		}
		if lines := strings.Count(log.String(), "\n"); lines != mostCSPWarnings {
			t.Errorf("%d lines", lines)
		}
	}
}
