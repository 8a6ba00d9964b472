package proxy

import (
	"net/http"
	"slices"
)

// Middleware is a layer around a handler.
type Middleware func(http.Handler) http.Handler

// Chain puts layers around a handler. They stand in the order in which a request passes them. A nil layer is none.
func Chain(handler http.Handler, layers ...Middleware) http.Handler {
	for _, layer := range slices.Backward(layers) {
		if layer != nil {
			handler = layer(handler)
		}
	}
	return handler
}

// Transports puts layers around a round-tripper. They stand in the order in which a request passes them; its answer passes them the
// other way round. A nil layer is none.
func Transports(base http.RoundTripper, layers ...func(http.RoundTripper) http.RoundTripper) http.RoundTripper {
	for _, layer := range slices.Backward(layers) {
		if layer != nil {
			base = layer(base)
		}
	}
	return base
}
