package tawk

import (
	"io"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestOwns(t *testing.T) {
	for _, c := range []struct {
		own, path, asked string // what is asked; "site": it is the site's
		script           bool   // the script's header comes along
	}{
		{"/.tawkproxy/", "/.tawkproxy/user", "user", false},
		{"/.tawkproxy/", "/.tawkproxy/", "", false},
		{"/.tawkproxy/", "/.tawkproxy/x/user", "x/user", false},
		{"/.tawkproxy/", "/.tawkproxy", "site", true},
		{"/.tawkproxy/", "/wiki/doku.php/.tawkproxy/user", "user", false},
		{"/.tawkproxy/", "/wiki/doku.php/.tawkproxy/report", "report", false},
		{"/.tawkproxy/", "/wiki//.tawkproxy/user", "user", false},
		{"/.tawkproxy/", "/wiki/.tawkproxy/users", "site", true},
		{"/.tawkproxy/", "/wiki/.tawkproxy/user/", "site", true},
		{"/.tawkproxy/", "/wiki/.tawkproxy/x/user", "site", true},
		{"/.tawkproxy/", "/wiki/.tawkproxy/", "site", true},
		{"/.tawkproxy/", "/wiki/x.tawkproxy/user", "site", true},
		{"/.tawkproxy/", "/wiki/.tawkproxy/user.css", "site", true},
		{"/.tawkproxy/", "/wiki/user", "site", true},
		{"/.tawkproxy/", "*", "site", false},
		{"/shop/.tawkproxy/", "/shop/.tawkproxy/x", "x", false},
		{"/shop/.tawkproxy/", "/shop/page/.tawkproxy/user", "user", false},
		{"/shop/.tawkproxy/", "/.tawkproxy/user", "user", false},
		{"/shop/.tawkproxy/", "/.tawkproxy/x", "site", true},
		{"/chat/", "/chat/user", "user", false},
		{"/chat/", "/chat/x", "x", false},
		{"/chat/", "/help/chat/user", "site", false},
		{"/chat/", "/help/chat/user", "user", true},
		{"/chat/", "/help/chat/report", "site", false},
		{"/chat/", "/help/chat/x", "site", true},
	} {
		widget := &Widget{Own: c.own}
		r := httptest.NewRequest("GET", "http://shop.example/", nil)
		r.URL.Path = c.path
		if c.script {
			r.Header.Set(scriptHeader, "1")
		}
		asked := "site"
		if widget.Owns(r) {
			asked = widget.asked(c.path)
		}
		if asked != c.asked {
			t.Errorf("%s: %s, the script's: %v: asked %q, want %q", c.own, c.path, c.script, asked, c.asked)
		}
	}
}

// The Handler never panics, not even on paths that are none of its own.
func TestHandlerAnswersAnyPath(t *testing.T) {
	handler := &Handler{Widget: &testWidget, Reports: NewReports(slog.New(slog.DiscardHandler))}
	for _, path := range []string{"/", "/user", "/.tawkproxy", "/a/.tawkproxy"} {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if body, _ := io.ReadAll(w.Body); w.Code != 404 {
			t.Errorf("%s: %d %s", path, w.Code, strings.TrimSpace(string(body)))
		}
	}
}
