package proxy

import (
	"fmt"
	"net/http"
	"runtime/debug"
)

// Recover answers 500 for a handler that panics, and logs the stack. If a part of an answer is out already, the transfer is
// aborted, so that nobody takes the part for the whole. http.ErrAbortHandler passes.
func Recover(pages *ErrorPages) Middleware {
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
				id := newID()
				pages.log.Error("a fault in tawkproxy: please report it", "path", r.URL.Path, "panic", fmt.Sprint(fault),
					"stack", string(debug.Stack()), "id", id)
				if rec.status != 0 {
					panic(http.ErrAbortHandler)
				}
				clear(rec.Header())
				pages.write(rec, r, http.StatusInternalServerError, id)
			}()
			next.ServeHTTP(rec, r)
		})
	}
}
