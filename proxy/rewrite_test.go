package proxy

import (
	"slices"
	"strings"
	"testing"
)

func TestTargetArrivesByteForByte(t *testing.T) {
	upstream, heads := witness(t)
	f := openFront(t, upstream)
	for _, target := range []string{
		"/", "/?", "/a?b=c", "/a|b", "/a\"b<c>{d}^`", "/%7Ea/%2F..", "/%7ea", "/a//b", "//x", "//x/y?z", "/a/../b/./c",
		"/\xe4\xf6", "/a;b=1,2", "/a#b", "/?a;b&c=%zz", "/?a=%", "/?a=b?c=d", "/?x=\xe4|{}\"", "/a|b?", "/index.php/x/http://y",
		"/.tawkproxy",
	} {
		f.get(target)
		if line, _, _ := strings.Cut(<-heads, "\r\n"); line != "GET "+target+" HTTP/1.1" {
			t.Errorf("GET %s arrived as %q", target, line)
		}
	}

	f.send("OPTIONS * HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n")
	if head := <-heads; !strings.HasPrefix(head, "OPTIONS * HTTP/1.1\r\n") {
		t.Errorf("OPTIONS * arrived as %q", head)
	}
	f.get("http://shop.example/a?b")
	if head := <-heads; !strings.HasPrefix(head, "GET /a?b HTTP/1.1\r\nHost: shop.example\r\n") {
		t.Errorf("an absolute target arrived as %q", head)
	}
	for target, want := range map[string]string{
		"http://shop.example/a%2Fb%2e%41|{}?c": "/a%2Fb%2e%41|{}?c",
		"HTTP://shop.example//x/%2e%2e|?a://b": "//x/%2e%2e%7C?a://b",
		"http://shop.example":                  "/",
		"http://shop.example?a=/b":             "/?a=/b",
		"///x/%2e%2e/y|\xe4":                   "///x/%2e%2e/y%7C%E4",
		"//x%2Fy/[1]\"z":                       "//x%2Fy/[1]%22z",
	} {
		f.get(target)
		if line, _, _ := strings.Cut(<-heads, "\r\n"); line != "GET "+want+" HTTP/1.1" {
			t.Errorf("GET %s arrived as %q", target, line)
		}
	}
}

func TestRequestHead(t *testing.T) {
	upstream, heads := witness(t)
	f := openFront(t, upstream)
	f.send("GET / HTTP/1.1\r\nHost: Shop.Example:8080\r\nTE: gzip, trailers\r\nConnection: close, X-Other, TE\r\nX-Other: 1\r\n" +
		"Keep-Alive: 5\r\nAccept-Encoding: gzip, br;q=0.5\r\nCookie: a=\"1 2\"; tawkproxy_user=7;b=\\\xe4\r\nAccept: */*\r\n\r\n")
	head := <-heads
	for name, want := range map[string][]string{
		"Host":            {"Shop.Example:8080"},
		"TE":              {"trailers"},
		"X-Other":         {"1"},
		"Keep-Alive":      nil,
		"Accept-Encoding": {"gzip, br;q=0.5"},
		"Cookie":          {"a=\"1 2\";b=\\\xe4"},
		"User-Agent":      nil,
		"Connection":      nil,
	} {
		if got := header(head, name); !slices.Equal(got, want) {
			t.Errorf("%s arrived as %q, want %q", name, got, want)
		}
	}

	f.send("GET / HTTP/1.1\r\nHost: x\r\nTE: gzip\r\nConnection: close, TE\r\n\r\n")
	if got := header(<-heads, "TE"); got != nil {
		t.Errorf("TE: gzip arrived as %q", got)
	}
}

func TestUpgradeOtherThanWebSocketIsNotOffered(t *testing.T) {
	upstream, heads := witness(t)
	f := openFront(t, upstream)
	for _, offer := range []string{"h2c", "H2C", "h2c, websocket", "HTTP/2.0"} {
		_, body := f.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings, close\r\n" +
			"HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\nUpgrade: " + offer + "\r\n\r\n")
		head := <-heads
		if header(head, "Upgrade") != nil || header(head, "Connection") != nil || header(head, "HTTP2-Settings") != nil ||
			body != "ok" {
			t.Errorf("Upgrade: %s arrived in %q, answer %q", offer, head, body)
		}
	}
}
