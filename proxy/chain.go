package proxy

import (
	"net/http"
	"slices"
)

// Middleware is a layer around a handler.
type Middleware func(http.Handler) http.Handler

// Chain puts layers around a handler. They stand in the order in which a request passes them.
func Chain(handler http.Handler, layers ...Middleware) http.Handler {
	for _, layer := range slices.Backward(layers) {
		handler = layer(handler)
	}
	return handler
}
