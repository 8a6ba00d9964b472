package proxy

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestDropOwnCookies(t *testing.T) {
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
		{[]string{"a=1", "tawkproxy=2", "b=3"}, []string{"a=1", "b=3"}},
		{[]string{`a="\x; tawkproxy=1; é=ü,`}, []string{`a="\x; é=ü,`}},
	} {
		h := http.Header{}
		if c.in != nil {
			h["Cookie"] = c.in
		}
		dropOwnCookies(h)
		if got, ok := h["Cookie"]; !slices.Equal(got, c.want) || ok != (c.want != nil) {
			t.Errorf("%q: got %q, want %q", c.in, got, c.want)
		}
	}
}

func FuzzWithoutOwn(f *testing.F) {
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
		got := withoutOwn(line)
		if !slices.Equal(foreign(got), foreign(line)) {
			t.Errorf("%q became %q", line, got)
		}
		for pair := range strings.SplitSeq(got, ";") {
			if strings.HasPrefix(strings.TrimLeft(pair, " \t"), ownCookie) {
				t.Errorf("%q kept %q", line, pair)
			}
		}
		if withoutOwn(got) != got {
			t.Errorf("%q becomes %q, then %q", line, got, withoutOwn(got))
		}
	})
}
