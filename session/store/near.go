package store

import (
	"cmp"
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"tawkproxy/session/record"
	"tawkproxy/session/store/sqltext"
)

// Near names what stands in a store where the key does not: beginnings of other keys, without what may be an id or a person's name; or,
// if the error is about a table, other tables. It asks more than reading needs the right to, and returns "" where
// that is refused.
func Near(ctx context.Context, s Store, key string, err error) string {
	switch s := s.(type) {
	case *Redis:
		if err == nil {
			return s.near(ctx, key)
		}
	case *Memcached:
		if err == nil {
			return s.near(ctx, key)
		}
	case *Mongo:
		if err == nil {
			return s.near(ctx)
		}
	case *Table:
		return s.Database.Near(ctx, err)
	}
	return ""
}

const (
	mostNear    = 5
	mostScans   = 20
	scannedEach = 500 // keys
	nearTime    = 2 * time.Second
)

// keyBeginning is what stands before an id by the custom of those who use Redis: words with colons behind.
var keyBeginning = regexp.MustCompile(`\A([A-Za-z][A-Za-z_.-]{0,40}:+){1,3}`)

// near looks whether a key begins as this one does, one of [NoID], and else names how others begin.
func (r *Redis) near(ctx context.Context, key string) string {
	beginning, _, _ := strings.Cut(key, NoID)
	ctx, cancel := within(ctx, nearTime)
	defer cancel()
	others, all := map[string]bool{}, 0
	for cursor, n := uint64(0), 0; n < mostScans; n++ {
		keys, next, err := r.client.Scan(ctx, cursor, "", scannedEach).Result()
		if err != nil {
			return ""
		}
		for _, key := range keys {
			if strings.HasPrefix(key, beginning) {
				return ""
			}
			if other := keyBeginning.FindString(key); other != "" && len(others) < mostNear {
				others[other+"…"] = true
			}
		}
		all += len(keys)
		if cursor = next; cursor > 0 {
			continue
		}
		if all == 0 {
			return "nothing at all"
		}
		return strings.Join(slices.Sorted(maps.Keys(others)), ", ")
	}
	return "" // there are too many to tell
}

// near names the collections of the database, where that of the sessions is not among them.
func (m *Mongo) near(ctx context.Context) string {
	ctx, cancel := within(ctx, nearTime)
	defer cancel()
	client, err := m.link.client(ctx)
	if err != nil {
		return ""
	}
	names, err := client.Database(m.database).ListCollectionNames(ctx, bson.D{})
	switch {
	case err != nil, slices.Contains(names, m.Collection):
		return ""
	case len(names) == 0:
		return "nothing at all"
	}
	names = slices.DeleteFunc(names, func(name string) bool { return strings.HasPrefix(name, "system.") })
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(likely(a), likely(b)), cmp.Compare(a, b)) })
	return strings.Join(names[:min(len(names), mostNear)], ", ")
}

// likely is how late a name comes among those that may be the right one.
func likely(name string) int {
	if strings.Contains(strings.ToLower(name), "sess") {
		return 0
	}
	return 1
}

// Near names tables that may be the right ones, if the error is that there is no such table, or that it may not be read.
func (d *Database) Near(ctx context.Context, err error) string {
	if fault := FaultOf(err); fault != NoTable && fault != Forbidden { // MySQL tells accounts that may read one table of no other
		return ""
	}
	from := "information_schema.tables WHERE table_schema = DATABASE() AND (table_name"
	name := "table_name"
	switch d.Dialect {
	case sqltext.Postgres:
		from = "information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND (table_name"
	case sqltext.SQLite:
		name, from = "name", "sqlite_master WHERE type = 'table' AND (name"
	}
	rows, err := d.Query(ctx, "SELECT "+name+" AS t FROM "+from+" LIKE '%sess%' OR "+name+" LIKE '%user%' OR "+name+
		" LIKE '%member%' OR "+name+" LIKE '%options') ORDER BY 1 LIMIT 12")
	if err != nil {
		return ""
	}
	var names []string
	for _, row := range rows {
		names = append(names, record.Text(row["t"]))
	}
	return strings.Join(names, ", ")
}
