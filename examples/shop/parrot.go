package shop

import (
	"fmt"
	"io"
	"net/http"

	"golang.org/x/net/websocket"
)

// parrotSays is the parrot talking to itself, in an event stream.
func (s *shop) parrotSays(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-cache")
	fmt.Fprint(w, "retry: 60000\n\n")
	sayings := []string{"Polly put the kettle on!", "Who's a pretty pot?", "Pieces of eight!", "Pieces of nine!", "Tea time."}
	for i, words := range sayings {
		fmt.Fprintf(w, "id: %d\ndata: %s\n\n", i, words)
		if !s.rest(w, r) {
			return
		}
	}
}

// parrotEcho is the parrot repeating what it hears, over a websocket.
func parrotEcho(w http.ResponseWriter, r *http.Request) {
	websocket.Server{Handler: func(ws *websocket.Conn) { io.Copy(ws, ws) }}.ServeHTTP(w, r)
}
