package session

import (
	"log/slog"
)

// Logged makes a group of names and values, without those that are empty, and of mappings.
func Logged(parts ...any) slog.Value {
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
