package session

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// withCookie is a request with that cookie.
func withCookie(name, value string) *http.Request {
	r := httptest.NewRequest("GET", "http://shop.example/", nil)
	r.Header["Cookie"] = []string{name + "=" + value}
	return r
}

// fuzzCookie fails the test if a cookie yields anybody but user 42, or leaves open whether it does.
func fuzzCookie(t *testing.T, source Source, name, value string) {
	t.Helper()
	u, err := source.Identify(withCookie(name, value), nil)
	if err == nil && u.ID != "42" {
		t.Errorf("%q yields %+v", value, u)
	}
	if _, certain := NobodyReason(err); err != nil && !certain {
		t.Errorf("%q makes it unknown: %v", value, err)
	}
}
