package sql

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"tawkproxy/examples/testenv"
	"tawkproxy/session"
	"tawkproxy/session/sessiontest"
	"tawkproxy/session/store"
	"tawkproxy/session/store/storetest"
)

const readerPassword = "p@ss/w:rd?#%41&x"

// startMariaDB starts a server with an account that may read the database shop.
func startMariaDB(t *testing.T) *testenv.DatabaseServer {
	t.Helper()
	server := testenv.MariaDB(t)
	server.Exec("CREATE USER 'reader'@'%' IDENTIFIED BY '"+readerPassword+"'", "GRANT SELECT ON shop.* TO 'reader'@'%'")
	return server
}

// startPostgres does the same.
func startPostgres(t *testing.T) *testenv.DatabaseServer {
	t.Helper()
	server := testenv.Postgres(t)
	server.Exec("CREATE ROLE reader LOGIN PASSWORD '"+readerPassword+"'",
		"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO reader")
	return server
}

func TestMariaDB(t *testing.T) {
	server := startMariaDB(t)
	database := storetest.OpenDatabase(t, server.URL("reader", readerPassword))
	server.Exec("CREATE TABLE loose (sid VARCHAR(64), fixed CHAR(64), bytes VARBINARY(64), number BIGINT UNSIGNED, day DATETIME, uid INT)",
		"INSERT INTO loose VALUES ('"+adaID+"', '"+adaID+"', '"+adaID+"', 0, '2026-11-22 13:00:00', 1), ('"+joseID+"', '"+joseID+"', X'"+joseID+"', 42, NULL, 2)",
		"CREATE TABLE latin (sid VARCHAR(64) CHARACTER SET latin1 COLLATE latin1_swedish_ci, uid INT)", "INSERT INTO latin VALUES ('"+adaID+"', 1)")
	identify := func(where, chain, value string) string {
		t.Helper()
		return said(open(t, database, Options{Query: "SELECT uid AS id FROM " + where, Chain: chain}).Identify(sessiontest.WithCookie("sid", value), nil))
	}
	for _, test := range []struct{ where, chain, value, want string }{
		{"loose WHERE sid = :session", "", adaID, "1|||"},
		{"loose WHERE fixed = :session", "", adaID, "1|||"},
		{"loose WHERE bytes = :session", "", adaID, "1|||"},
		{"loose WHERE bytes = :session", "hex raw", joseID, "2|||"},
		{"latin WHERE sid = :session", "", adaID, "1|||"},
		{"loose WHERE sid = :session AND day < FROM_UNIXTIME(:now)", "", adaID, "no_record"}, // of the server's time zone, unless that is UTC
		// What MariaDB takes for equal.
		{"loose WHERE sid = :session", "", strings.ToUpper(adaID), "no_record"},
		{"latin WHERE sid = :session", "", strings.ToUpper(adaID), "no_record"},
		{"loose WHERE sid = :session", "", adaID + "%20", "no_record"},
		{"loose WHERE sid = :session", "url", adaID + "%20", "malformed"},
		{"loose WHERE sid = :session", "url", adaID + "%00", "malformed"},
		{"loose WHERE number = :session", "", "abcdefghijklmnop0", "no_record"},
		{"loose WHERE number = :session", "", "0abcdefghijklmnop", "no_record"},
		{"loose WHERE number = :session", "", "42abcdefghijklmnop", "no_record"},
		{"loose WHERE number = :session", "", "00000000000000000042", "no_record"},
		{"loose WHERE number = :session", "", "42.000000000000000000", "no_record"},
		{"loose WHERE :session = number", "", "42e0000000000000000000", "no_record"},
		{"loose WHERE uid IN (SELECT uid FROM loose WHERE number = :session)", "", "42abcdefghijklmnop", "no_record"},
		{"loose WHERE day = :session", "", "2026-11-22T13:00:00.00000000", "no_record"},
		{"loose WHERE day = :session", "", "nonsense0nonsense0", "no_record"},
		{"loose WHERE sid = :session AND number = :cookie_other", "", adaID, "no_record"},
	} {
		value := test.value
		if strings.Contains(test.where, "cookie_other") {
			value += "; other=0abcdefghijklmnop"
		}
		got := identify(test.where, test.chain, value)
		if strings.Contains(test.where, "FROM_UNIXTIME") && got == "1|||" {
			continue
		}
		if got != test.want {
			t.Errorf("%s, %s: got %s, want %s", test.where, test.value, got, test.want)
		}
	}
	t.Run("flipped", func(t *testing.T) {
		source := open(t, database, Options{Query: "SELECT uid AS id FROM loose WHERE sid = :session"})
		sessiontest.FlipText(t, source, adaID, 1, func(text string) *http.Request { return sessiontest.WithCookie("sid", text) }, sessiontest.Itself)
	})
	t.Run("nothing told", func(t *testing.T) { testNothingTold(t, database, "day") })
	t.Run("killed", func(t *testing.T) { testKilled(t, server) })
}

func TestPostgres(t *testing.T) {
	server := startPostgres(t)
	database := storetest.OpenDatabase(t, server.URL("reader", readerPassword))
	const uuid = "0f8fad5b-d9cb-469f-a165-70867728950e"
	server.Exec("CREATE COLLATION loosely (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
		"CREATE TABLE loose (sid TEXT, fixed CHAR(64), bytes BYTEA, number NUMERIC, day TIMESTAMP, other UUID, folded TEXT COLLATE loosely, ends TIMESTAMPTZ, uid INT)",
		"INSERT INTO loose VALUES ('"+adaID+"', '"+adaID+"', '\\x"+adaID+"', 42, '2026-11-22 13:00:00', '"+uuid+"', '"+adaID+"', to_timestamp(1795354209), 1)")
	identify := func(where, chain, value string) string {
		t.Helper()
		return said(open(t, database, Options{Query: "SELECT uid AS id, ends AS expires FROM " + where, Chain: chain}).Identify(sessiontest.WithCookie("sid", value), nil))
	}
	for _, test := range []struct{ where, chain, value, want string }{
		{"loose WHERE sid = :session", "", adaID, "1|||"},
		{"loose WHERE sid = :session AND ends > to_timestamp(:now) AND :now * 1000 > 1795354149", "", adaID, "1|||"},
		{"loose WHERE sid = :session AND extract(epoch FROM ends) > :now::int AND sid = :session", "", adaID, "1|||"},
		{"loose WHERE fixed = :session", "", adaID, "1|||"},
		{"loose WHERE bytes = :session", "hex raw", adaID, "1|||"},
		{"loose WHERE bytes = :session", "hex raw", joseID, "no_record"},
		{"loose WHERE other = :session", "", uuid, "1|||"},
		{"loose WHERE other::text = :session", "", uuid, "1|||"},
		{"loose WHERE other = :session", "", strings.ToUpper(uuid), "no_record"},
		{"loose WHERE other = :session", "", adaID, "no_record"},
		{"loose WHERE sid = :session::varchar(8)", "", adaID, "no_record"},
		{"loose WHERE sid::varchar(8) = :session", "", adaID, "no_record"},
		{"loose WHERE folded = :session", "", adaID, "1|||"},
		{"loose WHERE folded = :session", "", strings.ToUpper(adaID), "no_record"},
		{"loose WHERE sid = :session", "", strings.ToUpper(adaID), "no_record"},
		{"loose WHERE number = :session", "", "00000000000000000042", "no_record"},
		{"loose WHERE number = :session", "", "42.000000000000000000", "no_record"},
		{"loose WHERE number = :session", "", "abcdefghijklmnop0", "no_record"},
		{"loose WHERE day = :session", "", "2026-11-22T13:00:00.00000000", "no_record"},
	} {
		if got := identify(test.where, test.chain, test.value); got != test.want {
			t.Errorf("%s, %s: got %s, want %s", test.where, test.value, got, test.want)
		}
	}
	t.Run("flipped", func(t *testing.T) {
		source := open(t, database, Options{Query: "SELECT uid AS id FROM loose WHERE sid = :session"})
		sessiontest.FlipText(t, source, adaID, 1, func(text string) *http.Request { return sessiontest.WithCookie("sid", text) }, sessiontest.Itself)
	})
	t.Run("nothing told", func(t *testing.T) { testNothingTold(t, database, "number") })
	t.Run("killed", func(t *testing.T) { testKilled(t, server) })
}

// No error repeats the session's id, whatever a database makes of it.
func testNothingTold(t *testing.T, database *store.Database, column string) {
	const secret = "s3cret0s3cret0s3cret0"
	for _, query := range []string{"SELECT uid AS id FROM loose WHERE " + column + " = :session", "SELECT uid AS id FROM loose WHERE sid = :session AND nothing = 1",
		"SELECT uid AS id, 1/0 AS x FROM loose WHERE sid = :session", "SELECT uid AS id FROM loose WHERE sid = :session GROUP BY"} {
		_, err := open(t, database, Options{Query: query}).Identify(sessiontest.WithCookie("sid", secret), nil)
		if err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", query, err)
		}
	}
}

// A database that is killed makes the answer unknown, not nobody, and is used again as soon as it is back.
func testKilled(t *testing.T, server *testenv.DatabaseServer) {
	if server.Socket != server.Dir { // MariaDB's, which else would lose what was written last
		server.Exec("SET GLOBAL innodb_flush_log_at_trx_commit = 1")
	}
	server.Exec("CREATE TABLE visits (sid VARCHAR(64), uid INT)", fmt.Sprintf("INSERT INTO visits VALUES ('%s', 1)", adaID))
	database, err := store.NewDatabase(server.URL("reader", readerPassword), 500*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	source := open(t, database, Options{Query: "SELECT uid AS id FROM visits WHERE sid = :session AND :now > 0"})
	identify := func() string { return said(source.Identify(sessiontest.WithCookie("sid", adaID), nil)) }
	recovers := func() {
		t.Helper()
		for deadline := time.Now().Add(6 * sessiontest.Patience); ; time.Sleep(20 * time.Millisecond) {
			got := identify()
			if got == "1|||" {
				return
			}
			if got != "unknown" || time.Now().After(deadline) {
				t.Fatalf("the database is there, but got %s", got)
			}
		}
	}
	recovers()
	server.Kill()
	for range 4 * store.BreakAfter {
		if got := identify(); got != "unknown" {
			t.Fatalf("got %s, want unknown", got)
		}
	}
	server.Start()
	recovers()
	server.Exec("DELETE FROM visits")
	if got := identify(); got != string(session.NoRecord) {
		t.Errorf("got %s of a session that was deleted", got)
	}
}
