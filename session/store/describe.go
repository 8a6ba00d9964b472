package store

import (
	"strings"
)

// String names the store for the log.
func (f *Files) String() string { return "files in " + f.Dir }

// String names the store for the log.
func (r *Redis) String() string { return "Redis at " + r.address }

// String names the store for the log.
func (m *Memcached) String() string {
	var names []string
	for _, server := range m.servers {
		names = append(names, server.place.Name())
	}
	return "memcached at " + strings.Join(names, ", ")
}

// String names the store for the log.
func (t *Table) String() string { return strings.TrimSpace("the database's table " + t.Name) }
