package proxy

import (
	"net/http"
	"strings"
)

// endWith ends an answer that has no end of its own as soon as stopping is closed. It gives up when the exchange is done.
func endWith(stopping, done <-chan struct{}, answer *http.Response) {
	if stopping == nil || !endless(answer) {
		return
	}
	body := answer.Body // ReverseProxy takes it out of the answer to an upgrade
	go func() {
		select {
		case <-stopping:
			body.Close()
		case <-done:
		}
	}()
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
