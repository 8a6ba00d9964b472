package proxy

import (
	"bufio"
	"io"
	"net/http"
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

// A body that nobody wants, and that does not come, does not hold the connection.
func TestOwnPathsDoNotWaitForBodies(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for five seconds")
	}
	t.Parallel()
	for name, body := range map[string]string{"length": "Content-Length: 100\r\n\r\n", "chunked": "Transfer-Encoding: chunked\r\n\r\n5\r\n"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			upstream, _ := witness(t)
			conn := openFront(t, upstream).dial()
			io.WriteString(conn, "GET /.tawkproxy/user HTTP/1.1\r\nHost: x\r\n"+body)
			answers := bufio.NewReader(conn)
			answer, err := http.ReadResponse(answers, nil)
			if err != nil || answer.StatusCode != 200 || !answer.Close {
				t.Fatalf("%v, %v", answer, err)
			}
			if page, err := io.ReadAll(answer.Body); string(page) != "own /.tawkproxy/user" || err != nil {
				t.Errorf("%q, %v", page, err)
			}
		})
	}
}
