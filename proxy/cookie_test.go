package proxy

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// hidden are the beginnings of the names that the tests drop.
var hidden = []string{ownCookie, "twk_"}

func TestDropCookies(t *testing.T) {
	for _, c := range []struct{ in, want []string }{
		{nil, nil},
		{[]string{"a=1; b=2"}, []string{"a=1; b=2"}},
		{[]string{"a=tawkproxy"}, []string{"a=tawkproxy"}},
		{[]string{"a=1;tawkproxy=2;  b=3;"}, []string{"a=1;  b=3;"}},
		{[]string{"tawkproxy_user=2; b=3"}, []string{"b=3"}},
		{[]string{"a=1; tawkproxy.x"}, []string{"a=1"}},
		{[]string{"a=1; mytawkproxy=2"}, []string{"a=1; mytawkproxy=2"}},
		{[]string{"tawkproxy=1"}, nil},
		{[]string{"tawkproxy=1; "}, nil},
		{[]string{"tawkproxy=1; tawkproxy=2"}, nil},
		{[]string{"twk_uuid_1=%7B%7D; a=1; xtwk_=2; TWK_=3; twk_"}, []string{"a=1; xtwk_=2; TWK_=3"}},
		{[]string{"twk_a=1; tawkproxy_b=2"}, nil},
		{[]string{"a=1", "tawkproxy=2", "b=3"}, []string{"a=1", "b=3"}},
		{[]string{`a="\x; tawkproxy=1; é=ü,`}, []string{`a="\x; é=ü,`}},
	} {
		h := http.Header{}
		if c.in != nil {
			h["Cookie"] = c.in
		}
		dropCookies(h, hidden)
		if got, ok := h["Cookie"]; !slices.Equal(got, c.want) || ok != (c.want != nil) {
			t.Errorf("%q: got %q, want %q", c.in, got, c.want)
		}
	}
}

// The site and whoever reads the cookies on the way get the same, in one header.
func TestSiteCookies(t *testing.T) {
	for _, c := range []struct{ in, want []string }{
		{nil, nil},
		{[]string{"a=1"}, []string{"a=1"}},
		{[]string{"a=1", "a=2; b=3", `c="x`}, []string{`a=1; a=2; b=3; c="x`}},
		{[]string{"a=1", "tawkproxy=2", "twk_x=1", "b=3"}, []string{"a=1; b=3"}},
		{[]string{"tawkproxy=1"}, nil},
	} {
		r := &http.Request{Header: http.Header{"Cookie": c.in}}
		if c.in == nil {
			delete(r.Header, "Cookie")
		}
		before := slices.Clone(c.in)
		SiteCookies(hidden[1:])(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if got, ok := r.Header["Cookie"]; !slices.Equal(got, c.want) || ok != (c.want != nil) {
				t.Errorf("%q: got %q, want %q", c.in, got, c.want)
			}
		})).ServeHTTP(nil, r)
		if !slices.Equal(r.Header["Cookie"], before) {
			t.Errorf("%q: the request itself became %q", before, r.Header["Cookie"])
		}
	}
}

func FuzzWithout(f *testing.F) {
	f.Add("a=1; tawkproxy=2; b=3")
	f.Add("tawkproxy;;; tawkproxy")
	f.Fuzz(func(t *testing.T, line string) {
		foreign := func(line string) (pairs []string) {
			for pair := range strings.SplitSeq(line, ";") {
				if pair = strings.TrimLeft(pair, " \t"); !strings.HasPrefix(pair, ownCookie) && pair != "" {
					pairs = append(pairs, pair)
				}
			}
			return pairs
		}
		got := without(line, hidden[:1])
		if !slices.Equal(foreign(got), foreign(line)) {
			t.Errorf("%q became %q", line, got)
		}
		for pair := range strings.SplitSeq(got, ";") {
			if strings.HasPrefix(strings.TrimLeft(pair, " \t"), ownCookie) {
				t.Errorf("%q kept %q", line, pair)
			}
		}
		if without(got, hidden[:1]) != got {
			t.Errorf("%q becomes %q, then %q", line, got, without(got, hidden[:1]))
		}
	})
}
