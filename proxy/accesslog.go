package proxy

import (
	"log/slog"
	"net/http"
	"time"
)

// AccessLog writes one line for each exchange, at level info: never a cookie, another header or an address, and the query only if
// queries is set.
func AccessLog(log *slog.Logger, queries bool) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			start := time.Now()
			rec := record(w)
			aborted := true
			path, query := r.URL.Path, "" // as they came: layers behind this may change them
			if queries {
				query = r.URL.RawQuery
			}
			// Deferred, because an answer that breaks off ends in a panic that only the server may catch.
			defer func() { logExchange(log, r, path, query, rec, time.Since(start), aborted) }()
			next.ServeHTTP(rec, r)
			aborted = false
		})
	}
}

func logExchange(log *slog.Logger, r *http.Request, path, query string, rec *recorder, took time.Duration, aborted bool) {
	status := rec.status
	if status == 0 {
		status = http.StatusOK // the server sends it for a handler that writes nothing
	}
	attrs := []slog.Attr{
		slog.String("method", r.Method),
		slog.String("path", path),
	}
	if query != "" {
		attrs = append(attrs, slog.String("query", query))
	}
	attrs = append(attrs, slog.Int("status", status), slog.Int64("bytes", rec.bytes), slog.Duration("took", took))
	switch {
	case status == statusClientGone, aborted && r.Context().Err() != nil:
		attrs = append(attrs, slog.String("aborted_by", "browser"))
	case aborted:
		attrs = append(attrs, slog.String("aborted_by", "site"))
	}
	if rec.notice != "" {
		attrs = append(attrs, slog.String("id", rec.notice))
	}
	log.LogAttrs(r.Context(), slog.LevelInfo, "request", attrs...)
}
