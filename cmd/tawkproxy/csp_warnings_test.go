package main

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"tawkproxy/inject"
)

func TestCSPWarnings(t *testing.T) {
	header := []inject.Warning{{Directive: "font-src", Lacks: "f.example", Extendable: true},
		{Directive: "img-src", Lacks: "a.example data:", Extendable: true}}
	meta := []inject.Warning{{Directive: "img-src", Lacks: "a.example data:", Meta: true}}
	const extend = "TAWK_CSP=extend"
	for _, c := range []struct {
		name  string
		pages [][]inject.Warning
		lines []string // what each must hold
		not   string   // and none may
	}{
		{"nothing", [][]inject.Warning{nil}, nil, ""},
		{"one policy, one line", [][]inject.Warning{header, header},
			[]string{`level=WARN policy="font-src lacks f.example; img-src lacks a.example data:" ` + extend}, ""},
		{"a page that lacks more", [][]inject.Warning{header[:1], header},
			[]string{`"font-src lacks f.example" ` + extend, `"font-src lacks f.example; img-src lacks a.example data:"`}, ""},
		{"a page that lacks less", [][]inject.Warning{header, header[1:]}, []string{extend}, ""},
		{"in the page", [][]inject.Warning{meta}, []string{`level=WARN "img-src lacks a.example data:" meta`}, extend},
		{"in both", [][]inject.Warning{append(header, meta...)}, []string{extend, "meta"}, ""},
		{"nothing to add to", [][]inject.Warning{{{Directive: "sandbox", Lacks: "allow-same-origin"}}},
			[]string{`level=WARN "sandbox lacks allow-same-origin"`}, extend},
		{"a window that cannot be opened", [][]inject.Warning{{{Directive: "Cross-Origin-Opener-Policy"}}},
			[]string{"level=INFO popped"}, "TAWK_EXCLUDE"},
		{"a header", [][]inject.Warning{{{Directive: "Integrity-Policy"}}}, []string{"level=WARN TAWK_EXCLUDE Integrity-Policy"}, extend},
		{"trusted types, twice", [][]inject.Warning{{{Directive: "require-trusted-types-for"},
			{Directive: "require-trusted-types-for", Meta: true}}}, []string{"level=WARN TAWK_EXCLUDE createPolicy policy=require-trusted-types-for"}, extend},
	} {
		t.Run(c.name, func(t *testing.T) {
			var log strings.Builder
			warnings := &cspWarnings{log: slog.New(slog.NewTextHandler(&log, nil))}
			for _, page := range c.pages {
				warnings.warn(httptest.NewRequest("GET", "/page", nil), page)
			}
			lines := slices.Collect(strings.Lines(log.String()))
			if len(lines) != len(c.lines) || c.not != "" && strings.Contains(log.String(), c.not) {
				t.Fatalf("got %d lines, want %d:\n%s", len(lines), len(c.lines), log.String())
			}
			for i, line := range lines {
				for _, word := range splitQuoted(c.lines[i]) {
					if !strings.Contains(line, word) {
						t.Errorf("no %s in %s", word, line)
					}
				}
			}
		})
	}
}

// splitQuoted separates words at blanks outside of quotation marks.
func splitQuoted(text string) []string {
	quoted := false
	return strings.FieldsFunc(text, func(c rune) bool {
		if c == '"' {
			quoted = !quoted
		}
		return c == ' ' && !quoted
	})
}

func TestCSPWarningsAreBounded(t *testing.T) {
	var log strings.Builder
	warnings := &cspWarnings{log: slog.New(slog.NewTextHandler(&log, nil))}
	for i := range 2 * mostCSPWarnings {
		warnings.warn(httptest.NewRequest("GET", "/page", nil), []inject.Warning{{Directive: strings.Repeat("x", i+1)}})
	}
	if lines := strings.Count(log.String(), "\n"); lines != mostCSPWarnings {
		t.Errorf("%d lines", lines)
	}
}

// The page of an error must not use up what is said once of the site's own pages.
func TestCSPWarningsAtWork(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		policy, status := "default-src 'self'", http.StatusOK
		if r.URL.Path != "/" {
			policy, status = "default-src 'none'", http.StatusNotFound
		}
		w.Header().Set("Content-Security-Policy", policy)
		w.WriteHeader(status)
		w.Write([]byte("<!doctype html><html><head><title>x</title></head><body>x"))
	}))
	t.Cleanup(site.Close)
	program := front(t, site.URL, "TAWK_SESSION=php", "TAWK_PHP_SAVE_PATH="+t.TempDir(), "TAWK_USER_ID=uid")
	b := newBrowser(t, program.url)
	b.page("/missing", "nobody")
	b.page("/", "nobody")
	b.page("/", "nobody")
	program.stop()
	lines := program.lines(t, "Content-Security-Policy keeps")
	if len(lines) != 1 || !strings.Contains(lines[0], `"path":"/"`) || !strings.Contains(lines[0], "img-src lacks") ||
		!strings.Contains(lines[0], "script-src lacks") || !strings.Contains(lines[0], "TAWK_CSP=extend") {
		t.Errorf("got %q", lines)
	}
}
