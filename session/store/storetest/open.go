// Package storetest helps tests to open stores and to fill them.
package storetest

import (
	"context"
	"database/sql"
	"io"
	"net"
	"path/filepath"
	"testing"

	"tawkproxy/session/sessiontest"
	"tawkproxy/session/store"
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

// Listen takes connections on this machine and gives each to serve, which nobody waits for. It returns the address.
func Listen(t testing.TB, serve func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go serve(conn)
		}
	}()
	return listener.Addr().String()
}

// Silent is a server on this machine that takes connections and says nothing.
func Silent(t testing.TB) string { return Listen(t, func(conn net.Conn) { io.Copy(io.Discard, conn) }) }

// StoreFunc is a store made of a function.
type StoreFunc func(ctx context.Context, key string) (store.Record, error)

func (f StoreFunc) Get(ctx context.Context, key string) (store.Record, error) { return f(ctx, key) }
