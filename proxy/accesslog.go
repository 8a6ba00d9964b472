package proxy

import (
	"bufio"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// AccessLog writes one line for each exchange: never a query, a cookie or a header. The peer's address is added at debug
// level.
func AccessLog(log *slog.Logger) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !log.Enabled(r.Context(), slog.LevelInfo) {
				next.ServeHTTP(w, r)
				return
			}
			start := time.Now()
			rec := record(w)
			aborted := true
			// Deferred, because an answer that breaks off ends in a panic that only the server may catch.
			defer func() { logExchange(log, r, rec, time.Since(start), aborted) }()
			next.ServeHTTP(rec, r)
			aborted = false
		})
	}
}

func logExchange(log *slog.Logger, r *http.Request, rec *recorder, took time.Duration, aborted bool) {
	status := rec.status
	if status == 0 {
		status = http.StatusOK // the server sends it for a handler that writes nothing
	}
	attrs := []slog.Attr{
		slog.String("method", r.Method),
		slog.String("path", r.URL.Path),
		slog.Int("status", status),
		slog.Int64("bytes", rec.bytes),
		slog.Duration("took", took),
	}
	switch {
	case status == statusClientGone, aborted && r.Context().Err() != nil:
		attrs = append(attrs, slog.String("aborted_by", "browser"))
	case aborted:
		attrs = append(attrs, slog.String("aborted_by", "site"))
	}
	if log.Enabled(r.Context(), slog.LevelDebug) {
		attrs = append(attrs, slog.String("remote", r.RemoteAddr))
	}
	log.LogAttrs(r.Context(), slog.LevelInfo, "request", attrs...)
}

// recorder is the only wrapper of a ResponseWriter. It notes what goes by, and bounds what goes ahead of an answer.
type recorder struct {
	http.ResponseWriter
	status  int // final; 0: none was written
	bytes   int64
	leaving <-chan struct{} // see [Leave]
}

// record returns w if it is a recorder already.
func record(w http.ResponseWriter) *recorder {
	if rec, ok := w.(*recorder); ok {
		return rec
	}
	return &recorder{ResponseWriter: w}
}

// Unwrap serves http.ResponseController.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

func (r *recorder) WriteHeader(status int) {
	if status < 200 && status != http.StatusSwitchingProtocols {
		dropUnhinted(r.Header())
	}
	if r.status == 0 && (status >= 200 || status == http.StatusSwitchingProtocols) {
		r.begin(status)
	}
	r.ResponseWriter.WriteHeader(status)
}

// begin is called before the header of the final answer leaves.
func (r *recorder) begin(status int) {
	r.status = status
	select {
	case <-r.leaving:
		if status >= 200 {
			r.Header().Set("Connection", "close")
		}
	default:
	}
}

func (r *recorder) Write(p []byte) (int, error) {
	if r.status == 0 {
		r.begin(http.StatusOK)
	}
	n, err := r.ResponseWriter.Write(p)
	r.bytes += int64(n)
	return n, err
}

// Hijack notes the upgrade: its 101 is written to the bare connection, past WriteHeader.
func (r *recorder) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := http.NewResponseController(r.ResponseWriter).Hijack()
	if err == nil {
		r.status = http.StatusSwitchingProtocols
	}
	return conn, buffered, err
}
