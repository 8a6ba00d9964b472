package sessiontest

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"tawkproxy/session"
)

// WithCookie is a request with that cookie.
func WithCookie(name, value string) *http.Request {
	r := httptest.NewRequest("GET", "http://shop.example/", nil)
	r.Header["Cookie"] = []string{name + "=" + value}
	return r
}

// FuzzCookie fails the test if a cookie yields anybody but user 42, or leaves open whether it does.
func FuzzCookie(t *testing.T, source session.Source, name, value string) {
	t.Helper()
	u, err := source.Identify(WithCookie(name, value), nil)
	if err == nil && u.ID != "42" {
		t.Errorf("%q yields %+v", value, u)
	}
	if _, certain := session.NobodyReason(err); err != nil && !certain {
		t.Errorf("%q makes it unknown: %v", value, err)
	}
}
