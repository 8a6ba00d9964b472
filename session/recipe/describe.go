package recipe

import (
	"fmt"
	"log/slog"

	"tawkproxy/session"
	"tawkproxy/session/store"
)

// LogValue tells the operator which recipe is in force.
func (r *Recipe) LogValue() slog.Value {
	record, details, limit := "", "", ""
	if r.Store != nil {
		record = fmt.Sprint(r.Store)
	}
	if r.Lookup != nil {
		details = "by the user's id, in the database"
	}
	if r.MaxAge > 0 {
		limit = r.MaxAge.String()
	}
	return session.Logged("kind", r.Name, "header", r.Header, "cookie", r.Cookie, "record", record, "max_age", limit, r.Mapping, "details", details)
}

// About implements [session.Source].
func (r *Recipe) About() session.About {
	about := session.About{Cookie: r.Cookie, Reads: r.Reads, Late: r.Store != nil || r.Late, Same: r.Same, Try: r.Try}
	switch r.Store.(type) {
	case *store.Files:
		about.Records = "files"
	case *store.Redis:
		about.Records = "redis"
	case *store.Memcached:
		about.Records = "memcached"
	case *store.Table:
		about.Records = "table"
	case *store.Mongo:
		about.Records = "mongodb"
	}
	if r.Header != "" {
		about.Guard = r.Guard
	}
	return about
}
