package proxy

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"tawkproxy/examples/testenv"
)

// A request whose body nobody wanted costs the browser neither its answer nor its connection.
func TestConnectionOutlivesUnreadUpload(t *testing.T) {
	refusing := rawSite(t, func(conn net.Conn, r *bufio.Reader) {
		readHead(r)
		io.WriteString(conn, "HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno")
	})
	for name, upstream := range map[string]string{"nobody answers": "http://" + testenv.FreeAddr(t), "answered early": refusing} {
		t.Run(name, func(t *testing.T) {
			f := openFront(t, upstream)
			conn := f.dial()
			answers := bufio.NewReader(conn)
			for i := range 20 {
				io.WriteString(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n"+strings.Repeat("x", 2000))
				answer, err := http.ReadResponse(answers, nil)
				if err != nil {
					t.Fatalf("request %d on the connection: %v, logged %v", i, err, f.log.with("panic"))
				}
				if _, err := io.Copy(io.Discard, answer.Body); err != nil || answer.StatusCode < 400 {
					t.Fatalf("request %d: %v, %v", i, answer.Status, err)
				}
				if answer.Close {
					conn = f.dial()
					answers.Reset(conn)
				}
			}
			if panics := f.log.with("panic"); panics != nil {
				t.Errorf("logged %v", panics)
			}
		})
	}
}
