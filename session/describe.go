package session

import (
	"fmt"
	"log/slog"
	"strings"
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
	return logged("kind", r.Name, "header", r.Header, "cookie", r.Cookie, "record", record, "max_age", limit, r.Mapping, "details", details)
}

// LogValue tells the operator what the site is asked.
func (a *Asker) LogValue() slog.Value {
	return logged("kind", "site", "cookie", a.cookie, "asks", a.path.Path, a.mapping)
}

// LogValue tells the operator whose headers are believed.
func (s *Headers) LogValue() slog.Value {
	return logged("kind", "header", "from", fmt.Sprint(s.trusted), s.mapping)
}

// LogValue tells the operator which headers the site adds.
func (s *Responses) LogValue() slog.Value {
	asks := ""
	if s.ask != nil {
		asks = s.ask.path.Path
	}
	return logged("kind", "response", "asks", asks, s.mapping)
}

// logged makes a group of names and values, without those that are empty, and of mappings.
func logged(parts ...any) slog.Value {
	var group []slog.Attr
	for len(parts) > 0 {
		if m, ok := parts[0].(Mapping); ok {
			parts = append([]any{"id", m.ID, "name", m.Name, "email", m.Email, "phone", m.Phone}, parts[1:]...)
			continue
		}
		if value := parts[1].(string); value != "" {
			group = append(group, slog.String(parts[0].(string), value))
		}
		parts = parts[2:]
	}
	return slog.GroupValue(group...)
}

// String names the store for the log.
func (f *Files) String() string { return "files in " + f.Dir }

// String names the store for the log.
func (r *Redis) String() string { return "Redis at " + r.address }

// String names the store for the log.
func (t *Table) String() string { return strings.TrimSpace("the database's table " + t.Name) }
