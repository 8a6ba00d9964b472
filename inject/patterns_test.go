package inject

import (
	"net/http"
	"testing"
)

func TestPattern(t *testing.T) {
	for _, c := range []struct {
		rule, pattern, url string
		want               bool
	}{
		{"a leading / or * makes a path", "/a", "https://ex.com/a", true},
		{"a leading / or * makes a path", "*/a", "https://ex.com/x/a", true},
		{"anything else is a URL", "ex.com/a", "https://ex.com/a", true},
		{"anything else is a URL", "path/*", "https://ex.com/path/x", false},
		{"anything else is a URL", "path/*", "https://path/x", true},
		{"the scheme counts if the pattern has one", "http://ex.com/a", "https://ex.com/a", false},
		{"the scheme counts if the pattern has one", "https://ex.com/a", "https://ex.com/a", true},
		{"the host counts", "other.com/a", "https://ex.com/a", false},
		{"the host counts", "ex.com", "https://ex.com/", true},
		{"the host counts", "ex.com", "https://ex.com/a", false},
		{"the port counts if both have one", "https://ex.com/a", "https://ex.com:8443/a", true},
		{"the port counts if both have one", "https://ex.com:8443/a", "https://ex.com/a", true},
		{"the port counts if both have one", "https://ex.com:8443/a", "https://ex.com:8443/a", true},
		{"the port counts if both have one", "https://ex.com:8443/a", "https://ex.com:9443/a", false},
		{"www is significant", "www.ex.com/a", "https://ex.com/a", false},
		{"query and fragment are ignored", "/a?x=1#y", "https://ex.com/a", true},
		{"query and fragment are ignored", "/a", "https://ex.com/a?x=1", true},
		{"query and fragment are ignored", "ex.com?x=1", "https://ex.com/", true},
		{"case is significant", "/A", "https://ex.com/a", false},
		{"case is significant", "ex.com/a", "https://EX.com/a", false},
		{"empty segments are dropped", "/a/b/", "https://ex.com/a/b", true},
		{"empty segments are dropped", "/a//b", "https://ex.com/a/b/", true},
		{"empty segments are dropped", "/a/b", "https://ex.com//a//b//", true},
		{"segments 0 are dropped", "/page", "https://ex.com/page/0", true},
		{"segments 0 are dropped", "/page/0", "https://ex.com/page", true},
		{"segments 0 are dropped", "/page/00", "https://ex.com/page", false},
		{"* is a whole segment", "/blog*", "https://ex.com/blog1", false},
		{"* is a whole segment", "/blog*", "https://ex.com/blog*", true},
		{"no wildcard is exact", "/a/b", "https://ex.com/a/b/c", false},
		{"no wildcard is exact", "/a/b", "https://ex.com/a", false},
		{"* in the middle is one segment", "/a/*/c", "https://ex.com/a/b/c", true},
		{"* in the middle is one segment", "/a/*/c", "https://ex.com/a/c", false},
		{"* in the middle is one segment", "/a/*/c", "https://ex.com/a/b/b/c", false},
		{"* in the middle is one segment", "/a/*/c", "https://ex.com/a/b/c/d", false},
		{"* in the middle is one segment", "/a/*/*/d", "https://ex.com/a/b/c/d", true},
		{"* in the middle is one segment", "/a/*/c/*/e", "https://ex.com/a/b/c/d/e", true},
		{"* at the end is one or more", "/a/*", "https://ex.com/a/b", true},
		{"* at the end is one or more", "/a/*", "https://ex.com/a/b/c", true},
		{"* at the end is one or more", "/a/*", "https://ex.com/a", false},
		{"*/ at the end is one", "/a/*/", "https://ex.com/a/b", true},
		{"*/ at the end is one", "/a/*/", "https://ex.com/a/b/c", false},
		{"*/ at the end is one", "/a/*/", "https://ex.com/a", false},
		{"* at the start is one or more", "*/to/s", "https://ex.com/x/to/s", true},
		{"* at the start is one or more", "*/to/s", "https://ex.com/x/y/to/s", true},
		{"* at the start is one or more", "*/to/s", "https://ex.com/to/s", false},
		{"/* at the start is one", "/*/to/s", "https://ex.com/x/to/s", true},
		{"/* at the start is one", "/*/to/s", "https://ex.com/x/y/to/s", false},
		{"/* at the start is one", "http://ex.com/*/to/s", "http://ex.com/x/y/to/s", false},
		{"* alone is everything", "*", "https://ex.com/", true},
		{"* alone is everything", "*", "https://ex.com/a/b", true},
		{"* alone is everything", "/*", "https://ex.com/", true},
		{"* alone is everything", "ex.com/*", "https://ex.com/a", true},
		{"* alone is everything", "/*/", "https://ex.com/", false},
		{"empty is the root", "", "https://ex.com/", true},
		{"empty is the root", "", "https://ex.com/a", false},
		{"empty is the root", "/", "https://ex.com/", true},
		{"percent-encoded and raw differ", "/caf\u00e9", "https://ex.com/caf%C3%A9", false},
		{"percent-encoded and raw differ", "/caf%C3%A9", "https://ex.com/caf%C3%A9", true},
		{"several at once", "*/should/*/to", "https://ex.com/a/should/b/to", true},
		{"several at once", "/a/*/c/*", "https://ex.com/a/b/c/d/e", true},
	} {
		p, err := ParsePattern(c.pattern)
		if err != nil {
			t.Errorf("%s: %v", c.rule, err)
			continue
		}
		r, err := http.NewRequest(http.MethodGet, c.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.matches(r); got != c.want {
			t.Errorf("%s: pattern %q, page %s: %v", c.rule, c.pattern, c.url, got)
		}
	}
}

func TestPatternMistakes(t *testing.T) {
	for _, text := range []string{" /a", "ftp://ex.com/", "http:///a", "me@ex.com/a", "a b/c"} {
		if p, err := ParsePattern(text); err == nil {
			t.Errorf("pattern %q: %+v, want an error", text, p)
		}
	}
}

func TestPatternBehindTLS(t *testing.T) {
	p, err := ParsePattern("https://ex.com/a")
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequest(http.MethodGet, "http://127.0.0.1:8000/a", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "ex.com"
	if p.matches(r) {
		t.Error("matches over plain HTTP")
	}
	r.Header.Set("X-Forwarded-Proto", "https")
	if !p.matches(r) {
		t.Error("does not match what the browser asked for")
	}
}
