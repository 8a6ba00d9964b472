package php

import (
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"tawkproxy/examples/testenv"
	"tawkproxy/session"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
	"tawkproxy/session/sessiontest"
	"tawkproxy/session/store"
	"tawkproxy/session/store/sqltext"
	"tawkproxy/session/store/storetest"
)

// A password is part of a URL, and may hold what has a meaning there.
const password = "p@ss/w:rd?#%41&x"

// startMariaDB starts a server with an account that may read the database shop.
func startMariaDB(t *testing.T) *testenv.DatabaseServer {
	t.Helper()
	server := testenv.MariaDB(t)
	server.Exec("CREATE USER 'reader'@'%' IDENTIFIED BY '"+password+"'", "GRANT SELECT ON shop.* TO 'reader'@'%'")
	return server
}

// startPostgres does the same.
func startPostgres(t *testing.T) *testenv.DatabaseServer {
	t.Helper()
	server := testenv.Postgres(t)
	server.Exec("CREATE ROLE reader LOGIN PASSWORD '"+password+"'",
		"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO reader")
	return server
}

func TestMariaDB(t *testing.T) {
	server := startMariaDB(t)
	testServer(t, server, sqltext.MySQL)
	t.Run("socket", func(t *testing.T) {
		database := storetest.OpenDatabase(t, "mariadb://root@/shop?socket="+server.Socket)
		rows, err := database.Query(t.Context(), "SELECT 1 AS one")
		if !reflect.DeepEqual(rows, []store.Row{{"one": int64(1)}}) {
			t.Errorf("got %v, %v", rows, err)
		}
	})
	t.Run("a text is no number", func(t *testing.T) {
		server.Exec("CREATE TABLE numbered (id BIGINT, name TEXT)",
			"INSERT INTO numbered VALUES (42, 'Ada'), (0, 'Zero'), (9007199254740992, 'Even'), (9007199254740993, 'Odd')",
			"CREATE TABLE named (id VARCHAR(40), name TEXT)", "INSERT INTO named VALUES ('42-a', 'Ada'), ('u-7f3', 'José')")
		database := storetest.OpenDatabase(t, server.URL("reader", password))
		for _, test := range []struct{ table, id, name string }{
			{"numbered", "42", "Ada"},
			{"numbered", "42-a", ""},
			{"numbered", "042", ""},
			{"numbered", "4.2e1", ""},
			{"numbered", "u-7f3", ""},
			{"numbered", "9007199254740993", "Odd"},
			{"named", "42-a", "Ada"},
			{"named", "u-7f3", "José"},
		} {
			complete := recipe.NewLookup(recipe.LookupOptions{Database: database, Query: "SELECT name FROM " + test.table + " WHERE id = ?"})
			u, err := complete(t.Context(), session.User{ID: test.id}, nil)
			if _, certain := session.NobodyReason(err); u.Name != test.name || test.name == "" && (err == nil || certain) {
				t.Errorf("%s %s: got %+v, %v", test.table, test.id, u, err)
			}
		}
	})
	t.Run("wordpress", func(t *testing.T) {
		kind := wordPressFixtures
		kind.ServeRows = serveFrom(server, sqltext.MySQL)
		kindtest.RunFixtures(t, kind)
	})
}

func TestPostgres(t *testing.T) {
	server := startPostgres(t)
	testServer(t, server, sqltext.Postgres)
	t.Run("a text is no number", func(t *testing.T) {
		server.Exec("CREATE TABLE numbered (id BIGINT, name TEXT)", "INSERT INTO numbered VALUES (42, 'Ada')")
		complete := recipe.NewLookup(recipe.LookupOptions{Database: storetest.OpenDatabase(t, server.URL("reader", password)),
			Query: "SELECT name FROM numbered WHERE id = $1"})
		if u, err := complete(t.Context(), session.User{ID: "42"}, nil); u.Name != "Ada" {
			t.Errorf("got %+v, %v", u, err)
		}
		_, err := complete(t.Context(), session.User{ID: "42-a"}, nil)
		if reason, _ := session.NobodyReason(err); reason != session.NoUser || strings.Contains(err.Error(), "42-a") {
			t.Errorf("got %v", err)
		}
	})
}

// serveFrom makes the tables of each case in a real server.
func serveFrom(server *testenv.DatabaseServer, dialect sqltext.Dialect) func(*testing.T, storetest.SnapshotTables) *store.Database {
	return func(t *testing.T, tables storetest.SnapshotTables) *store.Database {
		t.Helper()
		tables.Create(t, server.Admin, dialect)
		return storetest.OpenDatabase(t, server.URL("reader", password))
	}
}

// testServer holds what is the same with every kind of server.
func testServer(t *testing.T, server *testenv.DatabaseServer, dialect sqltext.Dialect) {
	t.Run("laravel", func(t *testing.T) {
		kind := laravelFixtures
		kind.ServeRows = serveFrom(server, dialect)
		kindtest.RunFixtures(t, kind)
	})
	t.Run("reads only", func(t *testing.T) {
		server.Exec("CREATE TABLE treasure (id INT)")
		database := storetest.OpenDatabase(t, server.URL("reader", password))
		if _, err := database.Query(t.Context(), "DELETE FROM treasure"); err == nil {
			t.Error("the account of the tests may write")
		}
	})
	t.Run("wrong password", func(t *testing.T) {
		_, err := storetest.OpenDatabase(t, server.URL("reader", "wr0ng-secret")).Query(t.Context(), "SELECT 1")
		if err == nil || strings.Contains(err.Error(), "wr0ng-secret") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("killed", func(t *testing.T) { testKilled(t, server, dialect) })
}

// A database that is killed makes the answer unknown, not nobody, and is used again as soon as it is back.
func testKilled(t *testing.T, server *testenv.DatabaseServer, dialect sqltext.Dialect) {
	key := strings.Repeat("k", 40)
	server.Exec("CREATE TABLE visits (id VARCHAR(40), data TEXT, seen BIGINT)",
		`INSERT INTO visits VALUES ('`+key+`', '{"user":42}', 1795354149)`,
		"CREATE TABLE people (id INT, name TEXT)", "INSERT INTO people VALUES (42, 'Ada')")
	const bound = 500 * time.Millisecond
	database, err := store.NewDatabase(server.URL("reader", password), bound)
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	table := &store.Table{Database: database, Name: "visits", Key: "id", Data: "data", Modified: "seen"}
	source := &recipe.Recipe{Name: "test", Cookie: "session", Steps: []recipe.Step{recipe.Fetch(table, "k{40}", recipe.Prefixed(""))}, Parse: record.ParseJSON,
		Mapping: session.Mapping{ID: "user"}, Lookup: recipe.NewLookup(recipe.LookupOptions{Database: database,
			Query: dialect.Numbered("SELECT name FROM people WHERE id = ?")})}
	identify := func() (session.User, error) {
		r := httptest.NewRequest("GET", "http://shop.example/", nil)
		r.Header.Set("Cookie", "session="+key)
		return source.Identify(r, nil)
	}
	recovers := func() {
		t.Helper()
		for deadline := time.Now().Add(sessiontest.Patience); ; time.Sleep(20 * time.Millisecond) {
			u, err := identify()
			if u.ID == "42" && u.Name == "Ada" {
				return
			}
			if _, certain := session.NobodyReason(err); certain || time.Now().After(deadline) {
				t.Fatalf("the database is there, but got %+v, %v", u, err)
			}
		}
	}
	recovers()
	server.Kill()
	var slowest time.Duration
	for range 4 * store.BreakAfter {
		start := time.Now()
		_, err := identify()
		slowest = max(slowest, time.Since(start))
		if _, certain := session.NobodyReason(err); err == nil || certain {
			t.Fatalf("got %v, want unknown", err)
		}
	}
	t.Logf("killed: the slowest of %d answers took %s of the %s allowed", 4*store.BreakAfter, slowest, bound)
	server.Start()
	recovers()
}

// A database that takes connections and says nothing costs no more than the time limit, and after some failures nothing.
func TestDatabaseThatHangs(t *testing.T) {
	for _, scheme := range []string{"mysql", "postgres"} {
		t.Run(scheme, func(t *testing.T) {
			database, err := store.NewDatabase(scheme+"://u:p@"+storetest.Silent(t)+"/shop", 30*time.Millisecond)
			if err != nil {
				t.Fatal(err)
			}
			defer database.Close()
			for range 2 * store.BreakAfter {
				_, err := database.Query(t.Context(), "SELECT 1")
				if _, certain := session.NobodyReason(err); err == nil || certain {
					t.Fatalf("got %v, want unknown", err)
				}
			}
			if database.Down.Allow(time.Now()) {
				t.Error("it is still asked by every visitor")
			}
		})
	}
}

// A database that needs longer to greet than a question may last is reached nevertheless.
func TestDatabaseThatGreetsSlowly(t *testing.T) {
	server := testenv.MariaDB(t)
	target, _ := net.ResolveTCPAddr("tcp", server.Addr)
	slow := storetest.Listen(t, func(client net.Conn) {
		time.Sleep(300 * time.Millisecond)
		conn, err := net.DialTCP("tcp", nil, target)
		if err != nil {
			return
		}
		go io.Copy(conn, client)
		io.Copy(client, conn)
	})
	server.Exec("CREATE USER 'reader'@'%' IDENTIFIED BY 'x'", "GRANT SELECT ON shop.* TO 'reader'@'%'")
	database, err := store.NewDatabase("mysql://reader:x@"+slow+"/shop", 100*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	for deadline := time.Now().Add(sessiontest.Patience); ; time.Sleep(10 * time.Millisecond) {
		if _, err = database.Query(t.Context(), "SELECT 1"); err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("never reached: %v", err)
		}
	}
}

// An SQLite file that is not there, or is none, makes the answer unknown; one that comes later is read.
func TestSQLite(t *testing.T) {
	tables := storetest.SnapshotTables{"users": {{"id": "42", "name": "Ada"}}}
	database := storetest.ServeSQLite(t, tables)
	if rows, err := database.Query(t.Context(), "SELECT name FROM users WHERE id = ?", "42"); err != nil ||
		!reflect.DeepEqual(rows, []store.Row{{"name": "Ada"}}) {
		t.Errorf("got %v, %v", rows, err)
	}
	if _, err := database.Query(t.Context(), "DELETE FROM users"); err == nil {
		t.Error("it can be written to")
	}
	file := t.TempDir() + "/missing.sqlite"
	missing := storetest.OpenDatabase(t, "sqlite://"+file)
	_, err := missing.Query(t.Context(), "SELECT 1 FROM users")
	if _, certain := session.NobodyReason(err); err == nil || certain {
		t.Errorf("got %v, want unknown", err)
	}
	if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file was made: %v", err)
	}
}
