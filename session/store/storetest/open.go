// Package storetest helps tests to open stores and to fill them.
package storetest

import (
	"context"
	"database/sql"
	"path/filepath"
	"tawkproxy/session/sessiontest"
	"tawkproxy/session/store"
	"testing"
)

// OpenScratch makes an SQLite database by statements. What is returned beside it writes to it.
func OpenScratch(t testing.TB, statements ...string) (*store.Database, *sql.DB) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "shop.sqlite")
	writer, err := sql.Open("sqlite", "file:"+file+"?_pragma=synchronous(0)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { writer.Close() })
	MustExec(t, writer, statements...)
	return OpenDatabase(t, "sqlite://"+file), writer
}

func MustExec(t testing.TB, db *sql.DB, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		if _, err := db.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

func OpenRedis(t *testing.T, rawURL string) *store.Redis {
	t.Helper()
	redis, err := store.NewRedis(rawURL, sessiontest.Patience)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { redis.Close() })
	return redis
}

// StoreFunc is a store made of a function.
type StoreFunc func(ctx context.Context, key string) (store.Record, error)

func (f StoreFunc) Get(ctx context.Context, key string) (store.Record, error) { return f(ctx, key) }
