package proxy

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
)

// Recover answers 500 for a handler that panics, and logs the stack. If a part of an answer is out already, the transfer is
// aborted, so that nobody takes the part for the whole. http.ErrAbortHandler passes.
func Recover(log *slog.Logger) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			rec := record(w)
			defer func() {
				fault := recover()
				if fault == nil {
					return
				}
				if fault == http.ErrAbortHandler {
					panic(fault)
				}
				log.Error("a fault in tawkproxy: please report it", "path", r.URL.Path, "panic", fmt.Sprint(fault),
					"stack", string(debug.Stack()))
				if rec.status != 0 {
					panic(http.ErrAbortHandler)
				}
				clear(rec.Header())
				writeErrorPage(rec, r, http.StatusInternalServerError)
			}()
			next.ServeHTTP(rec, r)
		})
	}
}
