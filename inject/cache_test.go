package inject

import (
	"net/http"
	"reflect"
	"testing"
)

func TestPersonal(t *testing.T) {
	for _, c := range []struct {
		name       string
		site, want []string
	}{
		{"silent", nil, []string{"Cache-Control: private, no-cache"}},
		{"F12 public", []string{"Cache-Control: public, max-age=60, s-maxage=600, immutable",
			"Cache-Control: stale-while-revalidate=60", "Expires: later", "Age: 3", "Surrogate-Control: max-age=60", "CDN-Cache-Control: max-age=60",
			"Cloudflare-CDN-Cache-Control: max-age=60", "Vercel-CDN-Cache-Control: a", "Netlify-CDN-Cache-Control: a",
			"Akamai-Cache-Control: a", "Edge-Control: a", "X-Accel-Expires: 60", "Vary: Cookie"},
			[]string{"Cache-Control: private, no-cache", "Vary: Cookie"}},
		{"stricter", []string{"Cache-Control: No-Store, must-revalidate, max-age=0", "Pragma: no-cache", "Expires: 0"},
			[]string{"Cache-Control: private, no-cache, no-store, must-revalidate", "Pragma: no-cache"}},
		{"PHP's public", []string{"Cache-Control: public, max-age=10800", "Pragma: public"},
			[]string{"Cache-Control: private, no-cache", "Pragma: no-cache"}},
		{"private already", []string{"Cache-Control: private, max-age=600"}, []string{"Cache-Control: private, no-cache"}},
		{"none of this", []string{"X-Accel-Buffering: no", "Clear-Site-Data: *"},
			[]string{"X-Accel-Buffering: no", "Clear-Site-Data: *", "Cache-Control: private, no-cache"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := headerOf(c.site...)
			if personal(h); !reflect.DeepEqual(h, headerOf(c.want...)) {
				t.Errorf("header %v, want %v", h, headerOf(c.want...))
			}
		})
	}
}

func TestShared(t *testing.T) {
	const date = "Date: Mon, 23 Nov 2026 10:00:00 GMT"
	for _, c := range []struct {
		header []string
		want   bool
	}{
		{nil, false},
		{[]string{"Last-Modified: then"}, false},
		{[]string{"Cache-Control: public"}, true},
		{[]string{"Cache-Control: max-age=60"}, true},
		{[]string{"Cache-Control: max-age=0"}, false},
		{[]string{"Cache-Control: s-maxage=60"}, true},
		{[]string{"Cache-Control: s-maxage=60, private"}, false},
		{[]string{"Cache-Control: public, no-store"}, false},
		{[]string{"Cache-Control: no-cache, max-age=60"}, false},
		{[]string{"Cache-Control: public", "Set-Cookie: a=b"}, false},
		{[]string{date, "Expires: Thu, 01 Jan 2099 00:00:00 GMT"}, true},
		{[]string{date, "Expires: Thu, 19 Nov 1981 08:52:00 GMT"}, false},
		{[]string{date, "Expires: Thu, 01 Jan 2099 00:00:00 GMT", "Cache-Control: max-age=0"}, false},
		{[]string{date, "Expires: 0"}, false},
		{[]string{"Cache-Control: max-age=60, s-maxage=0"}, false},
		{[]string{"Cache-Control: no-cache", "Surrogate-Control: max-age=60"}, false},
		{[]string{"Surrogate-Control: max-age=60"}, true},
		{[]string{"X-Accel-Expires: 60"}, true},
		{[]string{"X-Accel-Expires: 0"}, false},
		{[]string{"Age: 5"}, false},
		{[]string{"Cache-Control: public", "Vary: *"}, false},
		{[]string{"Cache-Control: public", "Vary: Cookie"}, true},
		{[]string{"Cache-Control: public, max-age=0"}, false},
		{[]string{"Cache-Control: must-revalidate, max-age=60"}, true},
		{[]string{"CDN-Cache-Control: max-age=60"}, true},
		{[]string{"Cache-Control: private", "CDN-Cache-Control: max-age=60"}, false},
		{[]string{`Cache-Control: max-age="60"`}, true},
		{[]string{"Cache-Control: max-age=-1", "Pragma: public"}, false},
	} {
		if got := shared(&http.Response{Header: headerOf(c.header...)}); got != c.want {
			t.Errorf("%q: %v", c.header, got)
		}
	}
	authorized := &http.Request{Header: headerOf("Authorization: Basic a")}
	if shared(&http.Response{Request: authorized, Header: headerOf("Cache-Control: max-age=60")}) {
		t.Error("an answer to one who is authorized is shared")
	}
	if !shared(&http.Response{Request: authorized, Header: headerOf("Cache-Control: public")}) {
		t.Error("an answer is not shared although the site says so")
	}
}
