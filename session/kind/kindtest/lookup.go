package kindtest

import (
	"testing"

	"tawkproxy/session/recipe"
	"tawkproxy/session/store"
)

// QueryLookup is the lookup of a query.
func QueryLookup(t *testing.T, database *store.Database, query string) recipe.Lookup {
	t.Helper()
	lookup, err := recipe.NewLookup(recipe.LookupOptions{Database: database, Query: query})
	if err != nil {
		t.Fatal(err)
	}
	return lookup
}
