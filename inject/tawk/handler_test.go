package tawk

import (
	"bytes"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestHandler(t *testing.T) {
	var log bytes.Buffer
	reports := NewReports(slog.New(slog.NewTextHandler(&log, nil)))
	handler := &Handler{Widget: &testWidget, Reports: reports, Identify: func(r *http.Request) Identity {
		_, err := r.Cookie("sid")
		return Identity{Known: err == nil}
	}}
	const good = `{"code":401,"stage":"login"}`
	for _, test := range []struct {
		name, method, path, site, origin, body string
		status                                 int
	}{
		{"user", "GET", "user", "same-origin", "", "", 200},
		{"user, old browser", "GET", "user", "", "", "", 200},
		{"user, old browser, names its own origin", "GET", "user", "", "http://example.com", "", 200},
		{"user, old browser, another site", "GET", "user", "", "https://evil.example", "", 403},
		{"user, old browser, another port", "GET", "user", "", "http://example.com:8080", "", 403},
		{"user, old browser, hidden origin", "GET", "user", "", "null", "", 403},
		{"user, another site", "GET", "user", "cross-site", "", "", 403},
		{"user, a sibling", "GET", "user", "same-site", "", "", 403},
		{"user, typed in", "GET", "user", "none", "", "", 403},
		{"user, posted", "POST", "user", "same-origin", "", "", 405},
		{"user, HEAD", "HEAD", "user", "same-origin", "", "", 405},
		{"report", "POST", "report", "same-origin", "", good, 204},
		{"report, old browser", "POST", "report", "", "http://example.com", good, 204},
		{"report, another site", "POST", "report", "cross-site", "https://evil.example", good, 403},
		{"report, another site, old browser", "POST", "report", "", "https://evil.example", good, 403},
		{"report, got", "GET", "report", "same-origin", "", "", 405},
		{"report, other code", "POST", "report", "same-origin", "", `{"code":418,"stage":"login"}`, 400},
		{"report, other stage", "POST", "report", "same-origin", "", `{"code":401,"stage":"me"}`, 400},
		{"report, no JSON", "POST", "report", "same-origin", "", `hello`, 400},
		{"report, long", "POST", "report", "same-origin", "", strings.Repeat(" ", 2000) + good, 400},
		{"other", "GET", "other", "same-origin", "", "", 404},
		{"none", "GET", "", "same-origin", "", "", 404},
	} {
		r := httptest.NewRequest(test.method, "http://example.com/.tawkproxy/"+test.path, strings.NewReader(test.body))
		for name, value := range map[string]string{"Sec-Fetch-Site": test.site, "Origin": test.origin} {
			if value != "" {
				r.Header.Set(name, value)
			}
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != test.status {
			t.Errorf("%s: status %d, want %d", test.name, w.Code, test.status)
		}
		for name, want := range map[string]string{
			"Cache-Control":                "no-store",
			"X-Content-Type-Options":       "nosniff",
			"Cross-Origin-Resource-Policy": "same-origin",
			"Vary":                         "Cookie",
		} {
			if got := w.Header().Get(name); got != want {
				t.Errorf("%s: %s: %q, want %q", test.name, name, got, want)
			}
		}
		if test.status == 200 && (w.Body.String() != "{}" || w.Header().Get("Content-Type") != "application/json") {
			t.Errorf("%s: %s %s", test.name, w.Header().Get("Content-Type"), w.Body)
		}
	}
	if got, want := reports.Counts(), map[Report]int{{401, "login"}: 2}; !maps.Equal(got, want) {
		t.Errorf("counts %v, want %v", got, want)
	}
	if text := log.String(); strings.Count(text, "\n") != 1 || !strings.Contains(text, "TAWK_SECRET_KEY") {
		t.Errorf("want one line that names the remedy, got\n%s", text)
	}
}

func TestReportsAreBounded(t *testing.T) {
	handler := &Handler{Widget: &testWidget, Reports: NewReports(slog.New(slog.DiscardHandler))}
	refused := 0
	for range 1000 {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest("POST", "/.tawkproxy/report", strings.NewReader(`{"code":500,"stage":"logout"}`)))
		if w.Code == http.StatusTooManyRequests {
			refused++
		}
	}
	if counted := handler.Reports.Counts()[Report{500, "logout"}]; refused == 0 || counted+refused != 1000 {
		t.Errorf("%d counted, %d refused", counted, refused)
	}
}
