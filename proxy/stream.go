package proxy

import (
	"context"
	"io"
	"net/http"
	"strings"
)

// endWhen ends the transfer of an answer as soon as stopping is closed, as if the request had been cancelled. It gives up when ctx, the
// exchange, is done. A context for each request that can be cancelled would cost all of them what few need.
func endWhen(stopping <-chan struct{}, answer *http.Response, ctx context.Context) {
	site := answer.Body
	go func() {
		select {
		case <-stopping:
			site.Close()
		case <-ctx.Done():
		}
	}()
	if answer.StatusCode != http.StatusSwitchingProtocols { // whose body is a connection, and which nobody blames
		answer.Body = stoppable{site, stopping}
	}
}

// A stoppable is a body whose end is nobody's fault once stopping is closed.
type stoppable struct {
	io.ReadCloser
	stopping <-chan struct{}
}

func (s stoppable) Read(p []byte) (int, error) {
	n, err := s.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		select {
		case <-s.stopping:
			return n, context.Canceled
		default:
		}
	}
	return n, err
}

// endless tells whether an answer goes on for as long as the browser listens: an upgraded connection, server-sent events
// (WHATWG HTML section 9.2) or a server push of images.
func endless(answer *http.Response) bool {
	kind, _, _ := strings.Cut(answer.Header.Get("Content-Type"), ";")
	switch strings.ToLower(strings.TrimSpace(kind)) {
	case "text/event-stream", "multipart/x-mixed-replace":
		return true
	}
	return answer.StatusCode == http.StatusSwitchingProtocols
}
