package cookie

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestReadCookies(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		name   string
		page   string
		header []string
		answer []string
		want   string
	}{
		{"none", "/", nil, nil, ""},
		{"order and raw values", "/", []string{`b=2; a="x\y"; c=é;d`, "b=3"}, nil, `b=2; a="x\y"; c=é; b=3`},
		{"spaces and equals signs", "/", []string{"a = b==; ;=x"}, nil, "a=b==; =x"},
		{"set", "/", nil, []string{"s=1; Path=/; HttpOnly"}, "s=1"},
		{"replaced", "/", []string{"s=1; t=2; s=3"}, []string{"s=4"}, "s=4; t=2"},
		{"two of a name replaced", "/", []string{"s=1; s=2"}, []string{"s=3"}, "s=3"},
		{"a name alone replaced", "/", []string{"s; t=2"}, []string{"s=3"}, "s=3; t=2"},
		{"several headers", "/", []string{"s=1", "t=2; s=3"}, []string{"u=4"}, "s=1; t=2; s=3; u=4"},
		{"set for two paths, the longer first", "/shop/x", []string{"s=1"}, []string{"s=2; Path=/", "s=3; Path=/shop"}, "s=3; s=2"},
		{"set for two paths, one the default", "/shop/x", nil, []string{"s=2; Path=/", "s=3"}, "s=3; s=2"},
		{"set, and deleted for another path", "/shop/x", []string{"s=1"}, []string{"s=2; Path=/", "s=; Path=/shop; Max-Age=0"}, "s=2"},
		{"set, and deleted for a domain", "/", []string{"s=1"}, []string{"s=2", "s=; Domain=.example.com; Max-Age=0"}, "s=2"},
		{"set, deleted and set anew", "/", nil, []string{"s=1", "t=2", "s=; Max-Age=0", "s=3"}, "t=2; s=3"},
		{"set twice for a path", "/", nil, []string{"s=1; Path=/", "t=2; Path=/", "s=3; Path=/"}, "s=3; t=2"},
		{"set twice", "/", nil, []string{"s=1", "s=2"}, "s=2"},
		{"set and deleted", "/", nil, []string{"s=1", "s=; Max-Age=0"}, ""},
		{"deleted by age", "/", []string{"s=1"}, []string{"s=x; Max-Age=0"}, ""},
		{"deleted by negative age", "/", []string{"s=1"}, []string{"s=x; max-age = -1"}, ""},
		{"deleted by an age that no number holds", "/", []string{"s=1"}, []string{"s=x; Max-Age=-99999999999999999999"}, ""},
		{"deleted by date", "/", []string{"s=1"}, []string{"s=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT"}, ""},
		{"deleted by an old date", "/", []string{"s=1"}, []string{"s=x; expires=Thu, 01-Jan-1970 00:00:10 GMT"}, ""},
		{"ends now", "/", []string{"s=1"}, []string{"s=x; expires=Sun, 22 Nov 2026 12:00:00 GMT"}, ""},
		{"date to come", "/", nil, []string{"s=x; expires=Sun, 22 Nov 2026 12:00:01 GMT"}, "s=x"},
		{"age wins over date", "/", nil, []string{"s=x; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT"}, "s=x"},
		{"unreadable age", "/", nil, []string{"s=x; Max-Age=soon"}, "s=x"},
		{"unreadable date", "/", nil, []string{"s=x; Expires=yesterday"}, "s=x"},
		{"empty but not deleted", "/", []string{"s=1"}, []string{"s="}, "s="},
		{"for another path", "/shop", []string{"s=1"}, []string{"s=2; Path=/admin"}, "s=1"},
		{"for a path of like name", "/shopping", []string{"s=1"}, []string{"s=2; Path=/shop"}, "s=1"},
		{"for the folder", "/shop/cart", nil, []string{"s=2; Path=/shop"}, "s=2"},
		{"for the folder with a slash", "/shop/cart", nil, []string{"s=2; Path=/shop/"}, "s=2"},
		{"last path counts", "/", nil, []string{"s=2; Path=/x; Path=/"}, "s=2"},
		{"path that is none", "/shop", nil, []string{"s=2; Path=x"}, "s=2"},
		{"no name", "/", nil, []string{"=x", "x", "", ";;"}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "http://shop.example"+test.page, nil)
			r.Header["Cookie"] = test.header
			got := Read(r, http.Header{"Set-Cookie": test.answer}, now).Header()
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestCookiesValues(t *testing.T) {
	jar := Cookies{{"a", "1"}, {"b", "2"}, {"a", "3"}}
	if got := jar.Values("a"); !slices.Equal(got, []string{"1", "3"}) {
		t.Errorf("got %v", got)
	}
	if got := jar.Values("A"); got != nil {
		t.Errorf("names differ in case, but got %v", got)
	}
}

func TestCookieDate(t *testing.T) {
	want := time.Date(1994, 11, 6, 8, 49, 37, 0, time.UTC)
	for _, text := range []string{"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
		"Sun, 6 Nov 1994 8:49:37 UTC", "06-Nov-1994 08:49:37", "1994 November 6th 08:49:37Z"} {
		if got, ok := parseCookieDate(text); !ok || !got.Equal(want) {
			t.Errorf("%q: got %v, %t", text, got, ok)
		}
	}
	for _, text := range []string{"", "0", "-1", "Sun, 06 Nov 1994", "Sun, 31 Feb 1994 08:49:37 GMT", "06 Nov 1994 24:00:00",
		"06 Nev 1994 08:49:37", "06 Nov 1600 08:49:37", "06 Nov 19940 08:49:37"} {
		if got, ok := parseCookieDate(text); ok {
			t.Errorf("%q is read as %v", text, got)
		}
	}
	if got, _ := parseCookieDate("Thu, 01-Jan-70 00:00:00 GMT"); got.Year() != 1970 {
		t.Errorf("the year 70 is read as %d", got.Year())
	}
	if got, _ := parseCookieDate("Thu, 01-Jan-37 00:00:00 GMT"); got.Year() != 2037 {
		t.Errorf("the year 37 is read as %d", got.Year())
	}
}

func FuzzCookies(f *testing.F) {
	f.Add("a=b; c=d", "c=e; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "/x")
	f.Add(`s="x"; s=2`, "s=; Max-Age=-1; Path=/shop", "/shop/cart")
	f.Fuzz(func(t *testing.T, header, answer, page string) {
		r := &http.Request{Header: http.Header{"Cookie": {header}}}
		r.URL = httptest.NewRequest("GET", "http://shop.example/", nil).URL
		r.URL.Path = page
		jar := Read(r, http.Header{"Set-Cookie": {answer}}, time.Unix(1795357041, 0))
		if len(jar) > strings.Count(header, ";")+2 {
			t.Errorf("%d cookies", len(jar))
		}
		for _, c := range jar {
			if strings.ContainsAny(c.Name+c.Value, ";") || strings.Contains(c.Name, "=") {
				t.Errorf("%q is no cookie", c)
			}
		}
	})
}
