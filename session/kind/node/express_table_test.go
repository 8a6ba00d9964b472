package node

import (
	"strings"
	"testing"
	"time"

	"tawkproxy/config/setting"
	"tawkproxy/examples/testenv"
	"tawkproxy/session"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/recipe"
	"tawkproxy/session/sessiontest"
	"tawkproxy/session/store"
	"tawkproxy/session/store/storetest"
)

// The table of connect-pg-simple has times without a zone, which PostgreSQL writes in its own.
func TestExpressPostgres(t *testing.T) {
	server := testenv.Postgres(t)
	storetest.MustExec(t, server.Admin, "CREATE ROLE reader LOGIN PASSWORD 'secret'", "ALTER DATABASE shop SET timezone = 'America/Chicago'")
	server.Admin.SetMaxIdleConns(0) // the zone counts for new connections
	storetest.MustExec(t, server.Admin, `CREATE TABLE "session" (sid varchar NOT NULL, sess json NOT NULL, expire timestamp(6) NOT NULL)`,
		`GRANT SELECT ON "session" TO reader`)
	testExpressTable(t, server.URL("reader", "secret"), func(id, record, end string) {
		storetest.MustExec(t, server.Admin, `INSERT INTO "session" VALUES ('`+id+`', '`+record+`', to_timestamp(`+end+`))`)
	})
}

// The table of express-mysql-session has numbers.
func TestExpressMySQL(t *testing.T) {
	server := testenv.MariaDB(t)
	storetest.MustExec(t, server.Admin, "CREATE USER 'reader'@'%' IDENTIFIED BY 'secret'", "GRANT SELECT ON shop.* TO 'reader'@'%'",
		"CREATE TABLE sessions (session_id varchar(128) COLLATE utf8mb4_bin NOT NULL, expires int(11) unsigned NOT NULL, data mediumtext)")
	testExpressTable(t, server.URL("reader", "secret"), func(id, record, end string) {
		storetest.MustExec(t, server.Admin, "INSERT INTO sessions VALUES ('"+id+"', "+end+", '"+record+"')")
	})
}

// testExpressTable reads a session that was put off: its own record says that it ended long ago.
func testExpressTable(t *testing.T, url string, insert func(id, record, end string)) {
	t.Helper()
	id := strings.Repeat("i", 32)
	insert(id, `{"cookie":{"originalMaxAge":60000,"expires":"2026-11-22T00:00:00.000Z"},"passport":{"user":42}}`, "1795357041")
	for _, test := range []struct {
		id    string
		after time.Duration
		want  session.Reason
	}{{id, -time.Second, ""}, {id, time.Second, session.Expired}, {strings.ToUpper(id), -time.Second, session.NoRecord}} {
		store, err := store.OpenStore(url, sessiontest.Patience)
		if err != nil {
			t.Fatal(err)
		}
		source := kindtest.MustOpen(t)(NewExpress(kindtest.Usual(ExpressOptions{Secrets: setting.NewKeys([]byte("secret")), Setup: recipe.Setup{Store: store,
			Now: func() time.Time { return time.Unix(1795357041, 0).Add(test.after) }}})))
		u, err := source.Identify(sessiontest.WithCookie("connect.sid", signExpress("secret", test.id)), nil)
		if reason, _ := session.NobodyReason(err); reason != test.want || (u.ID == "42") != (test.want == "") {
			t.Errorf("%s after its end: got %+v, %v, want %q", test.after, u, err, test.want)
		}
	}
}
