package proxy

import (
	"context"
	"net/http"
	"strings"
)

// cancelWhen calls cancel as soon as stopping is closed. It gives up when ctx, the exchange, is done.
func cancelWhen(ctx context.Context, cancel context.CancelFunc, stopping <-chan struct{}) {
	select {
	case <-stopping:
		cancel()
	case <-ctx.Done():
	}
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
