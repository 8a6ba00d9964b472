package proxy

import (
	"testing"
)

func TestOwnPathsNeverReachTheSite(t *testing.T) {
	upstream, heads := witness(t)
	f := openFront(t, upstream)
	for target, own := range map[string]string{
		"/.tawkproxy/":                    "own /.tawkproxy/",
		"/.tawkproxy/user?x":              "own /.tawkproxy/user",
		"/%2etawkproxy%2Fuser":            "own /.tawkproxy/user",
		"http://shop.example/.tawkproxy/": "own /.tawkproxy/",
		"/":                               "",
		"/.tawkproxy":                     "",
		"/.tawkproxyx/":                   "",
		"/x/.tawkproxy/":                  "",
		"/?/.tawkproxy/":                  "",
	} {
		_, body := f.get(target)
		if own != "" {
			if body != own || len(heads) != 0 {
				t.Errorf("%s: answer %q, %d requests at the site", target, body, len(heads))
			}
			continue
		}
		if body != "ok" {
			t.Errorf("%s: answer %q", target, body)
		}
		<-heads
	}
}
