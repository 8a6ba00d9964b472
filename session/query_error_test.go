package session

import (
	"errors"
	"strings"
	"testing"
)

// Who asks a table of users that is not as the framework has it hears which question failed.
func TestQueryError(t *testing.T) {
	database, _ := openScratch(t, "CREATE TABLE shop_user (id TEXT, email TEXT, is_active BOOL)")
	django, err := DjangoOptions{Database: database, UserTable: "shop_user"}.withTables("signed_cookies")
	if err != nil {
		t.Fatal(err)
	}
	own, err := NewLookup(LookupOptions{Database: database, Query: "SELECT full_name FROM shop_user WHERE id = ?"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		lookup       Lookup
		table, cause string
	}{{django.Lookup, "shop_user", "first_name"}, {own, "", "full_name"}} {
		_, err := c.lookup(t.Context(), User{ID: "42"})
		asked, is := errors.AsType[*QueryError](err)
		if _, certain := NobodyReason(err); !is || certain || asked.Table != c.table || !strings.Contains(err.Error(), c.cause) {
			t.Errorf("table %q: got %#v", c.table, err)
		}
	}
	_, err = userTable{Table: &Table{Database: database, Name: "shop_user", Key: "id", Data: "password"}}.Get(t.Context(), "42")
	if asked, is := errors.AsType[*QueryError](err); !is || asked.Table != "shop_user" {
		t.Errorf("got %#v", err)
	}
	_, err = userTable{Table: &Table{Database: database, Name: "shop_user", Key: "id", Data: "email"}}.Get(t.Context(), "42")
	if reason, _ := NobodyReason(err); reason != NoRecord {
		t.Errorf("got %#v", err)
	}
}
