// Package sessiontest helps tests to make visits and to judge what came of them.
package sessiontest

import (
	"net/http"
	"net/http/httptest"
	"time"
)

// Visitor is a request with cookies.
func Visitor(cookies string) *http.Request {
	r := httptest.NewRequest("GET", "http://shop.example/page?q", nil)
	if cookies != "" {
		r.Header.Set("Cookie", cookies)
	}
	return r
}

func Second[T any](_ T, err error) error { return err }

// IssuedAt is when the tokens of these tests were issued, and the time of their readers.
var IssuedAt = time.Unix(1795357041, 0)
