package proxy

import (
	"net/http/httptest"
	"net/netip"
	"testing"
)

func TestVisitor(t *testing.T) {
	visitor := Visitor([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")})
	for _, c := range []struct {
		peer, want string
		hops       []string
	}{
		{"192.0.2.7:1234", "192.0.2.7", nil},
		{"192.0.2.7:1234", "192.0.2.7", []string{"198.51.100.1"}}, // a visitor's own word
		{"10.0.0.1:80", "10.0.0.1", nil},
		{"10.0.0.1:80", "198.51.100.1", []string{"198.51.100.1"}},
		{"10.0.0.1:80", "198.51.100.1", []string{"203.0.113.9", "203.0.113.8, 198.51.100.1"}}, // what stood there before is made up
		{"10.0.0.1:80", "198.51.100.1", []string{"203.0.113.9, 198.51.100.1, 10.0.0.2"}},
		{"10.0.0.1:80", "10.0.0.3", []string{"10.0.0.3,10.0.0.2"}}, // a visitor from inside
		{"10.0.0.1:80", "10.0.0.2", []string{"unknown, 10.0.0.2"}},
		{"10.0.0.1:80", "198.51.100.1", []string{"198.51.100.1:4711"}},
		{"[::1]:80", "2001:db8:1:2::/64", []string{"[2001:db8:1:2::5]:4711"}},
		{"[2001:db8:1:2:3::9%eth0]:80", "2001:db8:1:2::/64", nil},
		{"[::ffff:192.0.2.7]:80", "192.0.2.7", nil},
		{"@", "@", []string{"198.51.100.1"}}, // a socket
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.peer
		r.Header["X-Forwarded-For"] = c.hops
		if got := visitor(r); got != c.want {
			t.Errorf("%s %q: %s, want %s", c.peer, c.hops, got, c.want)
		}
	}
}
