package session

import (
	"cmp"
	"context"
	"regexp"
	"strings"
)

// withTables fills in what the tables of the site's database tell.
func (o DjangoOptions) withTables(engine string) (DjangoOptions, error) {
	_, cache := o.Store.(*Redis)
	if engine == "db" && o.Store == nil || engine == "cached_db" && (o.Store == nil || cache) {
		o.Store = &Table{Database: o.Database}
	}
	users := cmp.Or(o.UserTable, "auth_user")
	if o.Passwords == nil && len(o.SecretKeys) > 0 {
		o.Passwords = djangoUsers{userTable{Table: &Table{Database: o.Database, Name: users, Key: "id", Data: "password"}}}
	}
	if o.Lookup != nil {
		return o, nil
	}
	dialect := o.Database.dialect
	query := dialect.numbered("SELECT TRIM(CONCAT(first_name, ' ', last_name)) AS name, email FROM " + dialect.quote(users) +
		" WHERE id = ? AND is_active")
	lookup, err := NewLookup(LookupOptions{Database: o.Database, Query: query, Users: users, Prefix: o.Mapping.Prefix, Now: o.Now})
	o.Lookup = func(ctx context.Context, u User) (User, error) {
		found, err := lookup(ctx, u)
		if reason, _ := NobodyReason(err); reason != NoUser || withoutDashes(u.ID) == u.ID {
			return found, err
		}
		id := u.ID
		u.ID = withoutDashes(id)
		found, err = lookup(ctx, u)
		if err == nil {
			found.ID = id
		}
		return found, err
	}
	return o, err
}

// djangoUsers is a table of users by their id.
type djangoUsers struct{ userTable }

// Get implements [Store].
func (d djangoUsers) Get(ctx context.Context, id string) (Record, error) {
	record, err := d.userTable.Get(ctx, id)
	if reason, _ := NobodyReason(err); reason == NoRecord && withoutDashes(id) != id {
		return d.userTable.Get(ctx, withoutDashes(id))
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
