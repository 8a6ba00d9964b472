package inject

import "testing"

func TestCovers(t *testing.T) {
	tests := []struct {
		listed, needed string
		want           bool
	}{
		{"https://*.a.test", "https://*.a.test", true},
		{"HTTPS://*.A.test", "https://x.a.test", true},
		{"https://*.a.test", "https://*.b.a.test", true},
		{"https://*.a.test", "https://a.test", false},
		{"https://a.test", "https://*.a.test", false},
		{"https://*a.test", "https://x.a.test", false}, // no host: an engine ignores it
		{"https://", "https://x.a.test", false},
		{"*.a.test", "https://x.a.test", true},
		{"*.a.test", "wss://x.a.test", false},
		{"http://a.test", "https://a.test", true},
		{"https://a.test", "http://a.test", false},
		{"ws://a.test", "wss://a.test", true},
		{"https://a.test", "a.test", false}, // the page may be at http:
		{"https:", "https://a.test", true},
		{"https:", "https://a.test:8443", true},
		{"http:", "https://*.a.test", true},
		{"https:", "wss://a.test", false},
		{"https://*", "https://a.test", true},
		{"https://*:*", "https://a.test:81", true},
		{"*", "https://a.test", true},
		{"*", "wss://a.test", true},
		{"*", "a.test", true},
		{"*", "'self'", true},
		{"*", "data:", false},
		{"*", "blob:", false},
		{"blob:", "BLOB:", true},
		{"data:", "blob:", false},
		{"'self'", "'Self'", true},
		{"'self'", "https://a.test", false},
		{"'none'", "'self'", false},
		{"https://a.test:*", "https://a.test:8443", true},
		{"https://a.test:8443", "https://a.test", false},
		{"https://a.test", "https://a.test:8443", false},
		{"https://a.test/", "https://a.test", true},
		{"https://a.test/", "https://a.test/x", true},
		{"https://a.test/x", "https://a.test", false},
		{"https://a.test/X", "https://a.test/x", false},
	}
	for _, test := range tests {
		if got := covers(test.listed, test.needed); got != test.want {
			t.Errorf("%s covers %s: %t, want %t", test.listed, test.needed, got, test.want)
		}
	}
}
