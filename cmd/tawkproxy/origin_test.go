package main

import (
	"net/http/httptest"
	"testing"
)

func TestFromElsewhere(t *testing.T) {
	for _, c := range []struct {
		site, referer, host, forwarded, proto string
		elsewhere                             bool
	}{
		{"", "", "shop.example", "", "", false},
		{"none", "https://evil.example/", "shop.example", "", "", false},
		{"same-origin", "https://evil.example/", "shop.example", "", "", false},
		{"same-site", "https://shop.example/", "shop.example", "", "", true},
		{"cross-site", "", "shop.example", "", "", true},
		{"", "https://shop.example/a?b", "shop.example", "", "", false},
		{"", "https://shop.example/a?b", "shop.example", "", "https", false},
		{"", "http://shop.example/", "shop.example", "", "http", false},
		{"", "http://shop.example/", "shop.example", "", "https", true},
		{"", "https://Shop.Example/", "shop.example", "", "", false},
		{"", "http://shop.example:8080/", "shop.example:8080", "", "http", false},
		{"", "http://shop.example:8080/", "shop.example", "", "http", false},
		{"", "http://shop.example/", "shop.example:8080", "", "http", true},
		{"", "http://[::1]:8080/", "[::1]:8080", "", "", false},
		{"", "http://[::1]/", "[::1]", "", "", false},
		{"", "https://www.shop.example/", "10.0.0.7:3000", "www.shop.example", "https", false},
		{"", "https://evil.example/", "10.0.0.7:3000", "www.shop.example", "https", true},
		{"", "https://evil.example/shop.example", "shop.example", "shop.example", "https", true},
		{"", "https://shop.example@evil.example/", "shop.example", "shop.example", "https", true},
		{"", "https://shop.example.evil.example/", "shop.example", "shop.example", "https", true},
		{"", "about:blank", "shop.example", "shop.example", "http", true},
		{"", "http://%zz", "shop.example", "shop.example", "http", true},
		{"", "/page", "shop.example", "", "", true},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Host = c.host
		for name, value := range map[string]string{
			"Sec-Fetch-Site": c.site, "Referer": c.referer, "X-Forwarded-Host": c.forwarded, "X-Forwarded-Proto": c.proto,
		} {
			if value != "" {
				r.Header.Set(name, value)
			}
		}
		if got := fromElsewhere(r); got != c.elsewhere {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

// A page to which a page of another origin led asks, also where that is told by a Referer alone.
func TestPageFromElsewhereAsks(t *testing.T) {
	town := newTown(t)
	ada := newBrowser(t, town.url)
	ada.post("/enter", "person=ada")
	known := ada.heard(element(t, ada.read(ada.open("/"))))
	if known == "nobody" || known == "ask" {
		t.Fatalf("the page tells of %s", known)
	}
	ada.page("/", "ask", "Referer", "https://evil.example/")
	ada.page("/", known, "Referer", town.url+"/catalogue")
	ada.page("/", known, "Referer", "https://shop.example/catalogue", "X-Forwarded-Host", "shop.example", "X-Forwarded-Proto", "https")
	ada.page("/", "ask", "Referer", "http://shop.example/catalogue", "X-Forwarded-Host", "shop.example", "X-Forwarded-Proto", "https")
}
