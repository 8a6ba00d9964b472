package python

import (
	"context"
	"regexp"
	"strings"

	"tawkproxy/session"
	"tawkproxy/session/recipe"
	"tawkproxy/session/store"
)

// withTables fills in what the tables of the site's database tell.
func (d DjangoOptions) withTables() DjangoOptions {
	_, cache := d.Store.(*store.Redis)
	if _, memcached := d.Store.(*store.Memcached); memcached {
		cache = true
	}
	if d.SessionEngine == "db" && d.Store == nil || d.SessionEngine == "cached_db" && (d.Store == nil || cache) {
		d.Store = &store.Table{Database: d.Database}
	}
	if d.Passwords == nil && len(d.SecretKeys) > 0 {
		d.Passwords = djangoUsers{recipe.UserTable{Table: &store.Table{Database: d.Database, Name: d.UserTable, Key: "id", Data: "password"}}}
	}
	if d.Lookup != nil {
		return d
	}
	dialect := d.Database.Dialect
	query := dialect.Numbered("SELECT TRIM(CONCAT(first_name, ' ', last_name)) AS name, email FROM " + dialect.Quote(d.UserTable) +
		" WHERE id = ? AND is_active")
	lookup := recipe.NewLookup(recipe.LookupOptions{Database: d.Database, Query: query, Users: d.UserTable, Prefix: d.Mapping.Prefix, Now: d.Now,
		Watch: d.Watch})
	d.Lookup = func(ctx context.Context, u session.User, _ map[string]string) (session.User, error) {
		found, err := lookup(ctx, u, nil)
		if reason, _ := session.NobodyReason(err); reason != session.NoUser || withoutDashes(u.ID) == u.ID {
			return found, err
		}
		id := u.ID
		u.ID = withoutDashes(id)
		found, err = lookup(ctx, u, nil)
		if err == nil {
			found.ID = id
		}
		return found, err
	}
	return d
}

// djangoUsers is a table of users by their id.
type djangoUsers struct{ recipe.UserTable }

// Get implements [store.Store].
func (d djangoUsers) Get(ctx context.Context, id string) (store.Record, error) {
	record, err := d.UserTable.Get(ctx, id)
	if reason, _ := session.NobodyReason(err); reason == session.NoRecord && withoutDashes(id) != id {
		return d.UserTable.Get(ctx, withoutDashes(id))
	}
	return record, err
}

var uuidForm = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\z`)

// withoutDashes is an id as Django keeps one that is a UUID where the database has no type for it (UUIDField, char(32)).
func withoutDashes(id string) string {
	at := uuidForm.FindStringIndex(id)
	if at == nil {
		return id
	}
	return id[:at[0]] + strings.ReplaceAll(id[at[0]:], "-", "")
}
