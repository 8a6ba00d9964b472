package proxy

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"
)

// TestCodes tells of each answer once, by the status with which it begins.
func TestCodes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		answer http.HandlerFunc
		want   int
	}{
		{"nothing", func(http.ResponseWriter, *http.Request) {}, 200},
		{"a text", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "x"); io.WriteString(w, "y") }, 200},
		{"a status", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404); w.WriteHeader(200) }, 404},
		{"an early hint", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(103); w.WriteHeader(304) }, 304},
		{"a fault", func(http.ResponseWriter, *http.Request) { panic("x") }, 500},
		{"an upgrade", func(w http.ResponseWriter, _ *http.Request) {
			if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
				io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
				conn.Close()
			}
		}, 101},
		{"broken off", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(206); panic(http.ErrAbortHandler) }, 206},
	} {
		codes := make(chan int, 9)
		log := slog.New(slog.DiscardHandler)
		server := httptest.NewServer(Chain(test.answer, Codes(func(status int) { codes <- status }), Recover(NewErrorPages("", log))))
		if answer, err := http.Get(server.URL); err == nil {
			io.Copy(io.Discard, answer.Body)
			answer.Body.Close()
		}
		server.Close()
		close(codes)
		var told []int
		for code := range codes {
			told = append(told, code)
		}
		if len(told) != 1 || told[0] != test.want {
			t.Errorf("%s: %v, want %d", test.name, told, test.want)
		}
	}
}

// TestFirstByte counts the time until the header has come, and nothing if none does.
func TestFirstByte(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var took []time.Duration
		failure := errors.New("refused")
		site := passing(func(*http.Request) (*http.Response, error) {
			time.Sleep(time.Second)
			return &http.Response{}, failure
		})
		layer := FirstByte(func(d time.Duration) { took = append(took, d) })(site)
		layer.RoundTrip(nil)
		failure = nil
		layer.RoundTrip(nil)
		if len(took) != 1 || took[0] != time.Second {
			t.Errorf("%v", took)
		}
	})
}
