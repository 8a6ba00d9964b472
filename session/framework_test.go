package session

import (
	"bytes"
	"encoding/gob"
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

// encodeGob is a value as encoding/gob writes it.
func encodeGob(t testing.TB, v any) []byte {
	t.Helper()
	gob.Register(map[string]any{})
	gob.Register(map[any]any{})
	gob.Register([]any{})
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
