package cookie

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// testReaders are all readers.
var testReaders = map[string]Reader{
	"php": PhpCookies, "old php": oldPHPCookies, "raw php": RawPHPCookies, "spelled php": phpSpelled, "werkzeug": werkzeugCookies,
	"old werkzeug": oldWerkzeugCookies, "django": DjangoCookies, "rack": rackCookies, "rack 2.0": rack20Cookies, "rack 1": rack1Cookies,
	"node": NodeCookies, "node 0.7": Node07Cookies, "old node": oldNodeCookies, "keygrip": keygripCookies,
	"old keygrip": oldKeygripCookies, "next": nextCookies, "hapi": hapiCookies, "go": goCookies, "old go": oldGoCookies,
}

// What the frameworks show of the cookie s; "-" is none, and _ a blank.
func TestCookieReaders(t *testing.T) {
	for header, seen := range map[string]string{ // go, php, werkzeug, django, rack, node 0.7, node, keygrip, next, hapi
		"s=1":                   "1 1 1 1 1 1 1 1 1 1",
		"s=1; s=2":              "1 1 1 2 1 1 1 1 2 ''",
		"s=; s=2":               "'' '' '' 2 '' '' '' '' 2 2",
		"s; s=2":                "'' '' '' 2 '' 2 2 2 2 2",
		`s="1"`:                 `1 "1" 1 1 "1" 1 "1" 1 "1" 1`,
		`s="1`:                  `- "1 "1 "1 "1 "1 "1 '' "1 "1`,
		`s=\1; s=2`:             `2 \1 \1 2 \1 \1 \1 \1 2 ''`,
		`s="\061"; s="\061"`:    `- "\061" 1 1 "\061" \061 "\061" \061 "\061" ''`,
		"s =1":                  "1 - 1 1 - 1 1 - - 1",
		"s= 1":                  "_1 _1 1 1 _1 1 1 _1 _1 1",
		"x=1 ; s=1":             "1 1 1 1 1 1 1 1 1 1",
		"x=1;\ts=1":             "1 1 1 1 - 1 1 - - 1",
		"s=%31":                 "%31 1 %31 %31 1 1 1 %31 1 %31",
		"s=1+2":                 "1+2 1+2 1+2 1+2 1_2 1+2 1+2 1+2 1+2 1+2",
		"s=%":                   "% % % % % % % % - %",
		`x="; s=1; y="`:         "1 1 - 1 1 1 1 1 1 1",
		"s[]=2; s=1":            "1 '' 1 1 1 1 1 1 1 1",
		"s=1; s[x]=2":           "1 '' 1 1 1 1 1 1 1 1",
		"s=\xa0; s=2":           "2 \xa0 '' 2 \xa0 \xa0 \xa0 \xa0 2 2",
		"x=1,s=2":               "- - - - - - - - - -",
		"S=1":                   "- - - - - - - - - -",
		"s==1":                  "=1 =1 =1 =1 =1 =1 =1 =1 =1 =1",
		"(=1; s=1":              "1 1 1 1 1 1 1 1 1 1",
		"":                      "- - - - - - - - - -",
		" ; ;s=1;":              "1 1 1 1 1 1 1 1 1 1",
		"s=%E9; s=2":            "%E9 \xe9 %E9 2 \xe9 %E9 %E9 %E9 2 ''",
		"s=a%2Cb; s=a%2cb; s=c": "a%2Cb a,b a%2Cb c a,b a,b a,b a%2Cb c ''",
	} {
		readers := []Reader{goCookies, PhpCookies, werkzeugCookies, DjangoCookies, rackCookies, Node07Cookies, NodeCookies,
			keygripCookies, nextCookies, hapiCookies}
		for i, want := range strings.Split(seen, " ") {
			got := "-"
			if values := readers[i](header).Values("s"); len(values) > 0 {
				got = strings.ReplaceAll(values[0], " ", "_")
				if got == "" {
					got = "''"
				}
			}
			if got != want {
				t.Errorf("%q, reader %d: got %q, want %q", header, i, got, want)
			}
		}
	}
}

// Names that PHP changes, and those that it does not take.
func TestPHPNames(t *testing.T) {
	for header, want := range map[string]string{
		"a.b=1; a_b=2":          "a_b=1",
		"a b=1":                 "a_b=1",
		"a[b=1":                 "a_b=1",
		"[a]=1; =1; ;a":         "a=",
		"a[b]=1; a=2; a[=3":     "a=; a_=3",
		"a[b.c d=1":             "a_b_c_d=1",
		"__Host-a=1":            "__Host-a=1",
		"..Host-a=1; b=1":       "b=1",
		"_.Secure-a=1; b=1":     "b=1",
		"%61=1; a=2":            "%61=1; a=2",
		"  a=1;   a=2":          "a=1",
		"a =1":                  "a_=1",
		strings.Repeat("b;", 5): "b=",
	} {
		if got := PhpCookies(header).Header(); got != want {
			t.Errorf("%q: got %q, want %q", header, got, want)
		}
	}
	many := strings.Repeat("b=1;", mostPHPVariables-1)
	if got := PhpCookies(many + "a=1; c=1").Header(); got != "b=1; a=1" {
		t.Errorf("many: got %q", got)
	}
}

// In whatever the header holds, a reader finds each name once, in bounded time and memory. An answer's cookie is seen by all.
func FuzzCookieReaders(f *testing.F) {
	for _, header := range []string{`s="1; s=2"; s=3`, `s="\061\"; s=`, "s[x]=%41; s=%zz,s=1", "\xa0s =\t1 ;=; s", `x="; s=1; y="`} {
		f.Add(header)
	}
	names := slices.Sorted(maps.Keys(testReaders))
	f.Fuzz(func(t *testing.T, header string) {
		r := httptest.NewRequest("GET", "http://shop.example/", nil)
		r.Header["Cookie"] = []string{header}
		after := Header(r, http.Header{"Set-Cookie": {"s=set"}}, time.Unix(1795357041, 0))
		for _, name := range names {
			cookies := testReaders[name](header)
			seen := map[string]bool{}
			size := 0
			for _, c := range cookies {
				if seen[c.Name] {
					t.Errorf("%s: %q is there twice", name, c.Name)
				}
				seen[c.Name] = true
				size += len(c.Value)
			}
			if size > len(header)+len("true")*len(cookies) {
				t.Errorf("%s: %d bytes of values", name, size)
			}
			if fmt.Sprint(cookies) != fmt.Sprint(testReaders[name](header)) {
				t.Errorf("%s: is of two minds", name)
			}
			if !strings.ContainsAny(header, `"%[.,`+"\\") && !strings.Contains(header, "\xa0") && len(after) < 1000 {
				if got := testReaders[name](after).Values("s"); len(got) != 1 || got[0] != "set" {
					t.Errorf("%s: after %q: %q", name, after, got)
				}
			}
		}
	})
}

// A reader that Go has itself agrees with it about everything.
func FuzzGoCookies(f *testing.F) {
	f.Add(`s="1"; s=2; s =3`)
	f.Fuzz(func(t *testing.T, header string) {
		r := http.Request{Header: http.Header{"Cookie": {header}}}
		got := goCookies(header).Values("s")
		want, err := r.Cookie("s")
		if (err == nil) != (len(got) == 1) || err == nil && got[0] != want.Value {
			t.Errorf("got %q, want %v", got, want)
		}
	})
}

// However many cookies there are, each name counts once.
func TestCookieJar(t *testing.T) {
	for _, n := range []int{1, fewCookies - 1, fewCookies, fewCookies + 1, 5 * fewCookies} {
		var first, last cookieJar
		for _, value := range []string{"a", "b"} {
			for i := range n {
				first.first(fmt.Sprint("n", i), value)
				last.last(fmt.Sprint("n", i), value)
			}
		}
		if len(first.cookies) != n || len(last.cookies) != n {
			t.Fatalf("%d and %d cookies of %d names", len(first.cookies), len(last.cookies), n)
		}
		for i := range n {
			if f, l := first.cookies[i], last.cookies[i]; f != (Cookie{fmt.Sprint("n", i), "a"}) || l != (Cookie{fmt.Sprint("n", i), "b"}) {
				t.Errorf("of %d: first %v, last %v", n, f, l)
			}
		}
	}
}
