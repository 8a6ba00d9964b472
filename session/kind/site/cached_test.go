package site

import (
	"net/http"
	"testing"
)

func TestCached(t *testing.T) {
	for _, test := range []struct {
		name, value string
		want        bool
	}{
		{"Age", "7", true},
		{"Age", "10", true},
		{"Age", "nonsense", true},
		{"Age", "0", false},
		{"Age", "", false},
		{"Cache-Status", `ExampleCache; hit; ttl=30`, true},
		{"Cache-Status", `OriginCache; fwd=uri-miss, "CDN"; hit`, true},
		{"Cache-Status", `ExampleCache; fwd=miss; key="hits"`, false},
		{"X-Cache", "HIT", true},
		{"X-Cache", "HIT from squid.example", true},
		{"X-Cache", "Hit from cloudfront", true},
		{"X-Cache", "MISS, HIT", true},
		{"X-Cache", "MISS from squid.example", false},
		{"X-Cache-Status", "HIT", true},
		{"X-Cache-Status", "BYPASS", false},
		{"Cf-Cache-Status", "HIT", true},
		{"Cf-Cache-Status", "DYNAMIC", false},
		{"X-Varnish", "32770 3", true},
		{"X-Varnish", "32770", false},
	} {
		if got := Cached(http.Header{test.name: {test.value}}); got != test.want {
			t.Errorf("%s: %s: got %t", test.name, test.value, got)
		}
	}
}
