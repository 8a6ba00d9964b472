package python

import (
	"errors"
	"strings"
	"testing"

	"tawkproxy/session"
	"tawkproxy/session/recipe"
	"tawkproxy/session/store"
	"tawkproxy/session/store/storetest"
)

// Who asks a table of users that is not as the framework has it hears which question failed.
func TestQueryError(t *testing.T) {
	database, _ := storetest.OpenScratch(t, "CREATE TABLE shop_user (id TEXT, email TEXT, is_active BOOL)")
	django := DjangoOptions{SessionEngine: "signed_cookies", Database: database, UserTable: "shop_user"}.withTables()
	own := recipe.NewLookup(recipe.LookupOptions{Database: database, Query: "SELECT full_name FROM shop_user WHERE id = ?"})
	for _, c := range []struct {
		lookup       recipe.Lookup
		table, cause string
	}{{django.Lookup, "shop_user", "first_name"}, {own, "", "full_name"}} {
		_, err := c.lookup(t.Context(), session.User{ID: "42"}, nil)
		asked, is := errors.AsType[*recipe.QueryError](err)
		if _, certain := session.NobodyReason(err); !is || certain || asked.Table != c.table || !strings.Contains(err.Error(), c.cause) {
			t.Errorf("table %q: got %#v", c.table, err)
		}
	}
	_, err := recipe.UserTable{Table: &store.Table{Database: database, Name: "shop_user", Key: "id", Data: "password"}}.Get(t.Context(), "42")
	if asked, is := errors.AsType[*recipe.QueryError](err); !is || asked.Table != "shop_user" {
		t.Errorf("got %#v", err)
	}
	_, err = recipe.UserTable{Table: &store.Table{Database: database, Name: "shop_user", Key: "id", Data: "email"}}.Get(t.Context(), "42")
	if reason, _ := session.NobodyReason(err); reason != session.NoRecord {
		t.Errorf("got %#v", err)
	}
}
