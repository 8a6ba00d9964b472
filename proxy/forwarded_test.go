package proxy

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const forged = "GET / HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n" +
	"X-Forwarded-For: 10.9.8.7\r\nX-Forwarded-For: 10.9.8.6\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: https\r\n" +
	"X-Forwarded-Port: 444\r\nForwarded: for=10.9.8.7\r\nX-Real-IP: 10.9.8.7\r\n" +
	"_X-Forwarded-For: 10.9.8.7\r\nHTTP_X_FORWARDED_FOR: 10.9.8.7\r\nX--Forwarded-For: 10.9.8.7\r\nHTTP-X-Real-IP: 10.9.8.7\r\n" +
	"X.Forwarded.For: 10.9.8.7\r\nContent_Length: 7\r\nHTTP_CONTENT_LENGTH: 7\r\nTransfer_Encoding: chunked\r\nContent_Type: text/x\r\n" +
	"X_Forwarded_For: 10.9.8.7\r\nx-forwarded_proto: https\r\nTrue-Client-IP: 10.9.8.7\r\n" +
	"Proxy: http://evil.example\r\nHTTP_PROXY: http://evil.example\r\n_proxy: http://evil.example\r\nX-Other: kept\r\n\r\n"

func TestForwarded(t *testing.T) {
	upstream, heads := witness(t)
	trust := func(networks ...string) setting {
		return func(o *Options, _ *Server) {
			for _, network := range networks {
				o.Trusted = append(o.Trusted, netip.MustParsePrefix(network))
			}
		}
	}
	untrusted := map[string][]string{
		"X-Forwarded-For": {"127.0.0.1"}, "X-Forwarded-Host": {"shop.example"}, "X-Forwarded-Proto": {"http"}, "X-Forwarded-Port": nil,
		"Forwarded": nil, "X-Real-IP": nil, "X_Forwarded_For": nil, "X-Forwarded_proto": nil,
		"True-Client-IP": nil, "X-Other": {"kept"}, "_X-Forwarded-For": nil, "HTTP_X_FORWARDED_FOR": nil, "X--Forwarded-For": nil,
		"HTTP-X-Real-IP": nil, "X.Forwarded.For": nil, "Content_Length": nil, "HTTP_CONTENT_LENGTH": nil, "Transfer_Encoding": nil,
		"Content_Type": nil, "Proxy": nil, "HTTP_PROXY": nil, "_proxy": nil,
	}
	trusted := map[string][]string{
		"X-Forwarded-For": {"10.9.8.7, 10.9.8.6, 127.0.0.1"}, "X-Forwarded-Host": {"evil.example"}, "X-Forwarded-Proto": {"https"},
		"X-Forwarded-Port": {"444"}, "Forwarded": {"for=10.9.8.7"}, "X-Real-IP": {"10.9.8.7"}, "X-Other": {"kept"},
		"Content_Length": nil, "HTTP_CONTENT_LENGTH": nil, "Transfer_Encoding": nil, "Content_Type": nil,
		"Proxy": nil, "HTTP_PROXY": nil, "_proxy": nil,
	}
	for trusts, c := range map[string]struct {
		trust setting
		want  map[string][]string
	}{
		"nobody":         {trust(), untrusted},
		"somebody else":  {trust("10.0.0.0/8", "::1/128"), untrusted},
		"the peer":       {trust("10.0.0.0/8", "127.0.0.0/8"), trusted},
		"the peer alone": {trust("127.0.0.1/32"), trusted},
	} {
		t.Run(trusts, func(t *testing.T) {
			f := openFront(t, upstream, c.trust)
			f.send(forged)
			head := <-heads
			for name, want := range c.want {
				if got := header(head, name); !slices.Equal(got, want) {
					t.Errorf("%s arrived as %q, want %q", name, got, want)
				}
			}
		})
	}

	t.Run("nothing said", func(t *testing.T) {
		f := openFront(t, upstream, trust("127.0.0.0/8"))
		f.get("/")
		head := <-heads
		for name, want := range map[string][]string{
			"X-Forwarded-For": {"127.0.0.1"}, "X-Forwarded-Host": {"shop.example"}, "X-Forwarded-Proto": {"http"}, "Forwarded": nil,
		} {
			if got := header(head, name); !slices.Equal(got, want) {
				t.Errorf("%s arrived as %q, want %q", name, got, want)
			}
		}
	})
}

// The names that need no second look are those of words between single dashes.
func TestIsBare(t *testing.T) {
	words := regexp.MustCompile(`^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$`)
	names := []string{""}
	for begin := 0; len(names[len(names)-1]) < 5; {
		end := len(names)
		for _, name := range names[begin:end] {
			for _, c := range "aZ0-_.@[`{\u00e9" {
				names = append(names, name+string(c))
			}
		}
		begin = end
	}
	for _, name := range append(names, "Http-Cookie", "Redirect-Remote-User", "Https-Only", "X-Http-Method", "Redirection") {
		want := words.MatchString(name) && !strings.HasPrefix(name, "Http-") && !strings.HasPrefix(name, "Redirect-")
		if got := isBare(name); got != want {
			t.Fatalf("%q: %v", name, got)
		}
	}
}
