package sql

import (
	"strings"
	"testing"

	"tawkproxy/session/kind"
	"tawkproxy/session/kind/kindtest"
)

// What is said at start. A case is settings, one a line, and the message.
func TestSettings(t *testing.T) {
	const (
		base  = "TAWK_SESSION=sql\nTAWK_SESSION_COOKIE=sid\n"
		dsn   = base + "TAWK_USER_DSN=mysql://u:p@h/d\n"
		query = "TAWK_SESSION_QUERY=SELECT uid AS id FROM s WHERE sid = :session"
		like  = "SELECT u.id, u.name FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.sid = :session is a question of the kind"
		loose = "TAWK_SESSION_QUERY: does not say column = :session among conditions that all must hold, so that a visitor might get a row of somebody else's; " +
			"write … WHERE s.sid = :session AND …; if that cannot be, add the column in which the table has the id: SELECT s.sid AS session, …"
	)
	for _, test := range [][2]string{
		{dsn + query, ""},
		{base + "TAWK_SESSION_STORE=postgres://u:p@h/d\n" + query, ""},
		{dsn + "TAWK_SESSION_STORE=sqlite:///srv/a.sqlite\n" + query, ""},
		{dsn + "TAWK_SESSION_STORE=database\n" + query, ""},
		{dsn + query + "\nTAWK_SESSION_ID=url base64 json:sessionid\nTAWK_USER_QUERY=SELECT name FROM u WHERE id = :id AND tk = :tk", ""},
		{dsn + "TAWK_SESSION_QUERY=SELECT data FROM s WHERE sid = :session\nTAWK_SESSION_RECORD=base64 php\nTAWK_USER_ID=user.id", ""},
		{dsn + "TAWK_SESSION_QUERY=SELECT uid AS id, sid AS session FROM s WHERE sid LIKE :session", ""},
		{base + query, "TAWK_USER_DSN: is required with TAWK_SESSION=sql but not set; write the address of the site's database: " +
			"mysql://user:password@host:3306/database, postgres://… or sqlite:///absolute/path"},
		{base + "TAWK_SESSION_STORE=redis://h\n" + query, "TAWK_SESSION_STORE: is not the address of a database, which TAWK_SESSION=sql asks; " +
			"write mysql://user:password@host:3306/database, postgres://… or sqlite:///absolute/path; or nothing if that is in TAWK_USER_DSN"},
		{dsn + query + "\nTAWK_SESSION_STORE=database\nTAWK_SESSION_TABLE=s", "TAWK_SESSION_TABLE: is not used with TAWK_SESSION=sql: TAWK_SESSION_QUERY names the table; remove it"},
		{dsn + query + "\nTAWK_SESSION_MAX_AGE=1h", "TAWK_SESSION_MAX_AGE: cannot be kept with TAWK_SESSION=sql, whose sessions do not say when they were made; remove it"},
		{dsn + query + "\nTAWK_SESSION_ID=sha256 base65", `TAWK_SESSION_ID: has a step "base65", which is not known; write steps with blanks between, such as url base64 json:sessionid`},
		{dsn + query + "\nTAWK_SESSION_ID=secret md5", "TAWK_SESSION_ID: has the step secret, but TAWK_SESSION_ID_SECRET is not set; write steps with blanks between, such as url base64 json:sessionid"},
		{dsn + query + "\nTAWK_SESSION_RECORD=php", "TAWK_USER_ID: is required with TAWK_SESSION_RECORD but not set; write the path to the user's id in the record, such as user.id\n" +
			"TAWK_SESSION_QUERY: asks for no column data, which TAWK_SESSION_RECORD is about; call the column with the record so: SELECT s.payload AS data FROM …, or remove TAWK_SESSION_RECORD"},
		{dsn + query + "\nTAWK_SESSION_RECORD=base64", `TAWK_SESSION_RECORD: "base64" is not known; write php, php_serialize, php_binary, igbinary, json, pickle, marshal or gob, and before it what is around it: base64, base64url, hex, zlib or gzip`},
		{dsn + query + "\nTAWK_SESSION_RECORD=rot13 php", `TAWK_SESSION_RECORD: "rot13" is not known; write php, php_serialize, php_binary, igbinary, json, pickle, marshal or gob, and before it what is around it: base64, base64url, hex, zlib or gzip`},
		{dsn + "TAWK_SESSION_QUERY=SELECT uid AS id FROM s", "TAWK_SESSION_QUERY: does not ask for :session, so that everybody would be the same user; write … WHERE sid = :session"},
		{dsn + "TAWK_SESSION_QUERY=SELECT uid AS id FROM s WHERE sid = ':session'", "TAWK_SESSION_QUERY: does not ask for :session, so that everybody would be the same user; write … WHERE sid = :session"},
		{dsn + "TAWK_SESSION_QUERY=SELECT uid AS id FROM s WHERE sid = ?", "TAWK_SESSION_QUERY: has a parameter without a name; write :session where the session's id belongs: … WHERE sid = :session"},
		{dsn + "TAWK_SESSION_QUERY=SELECT uid AS id FROM s WHERE sid = :sesion", `TAWK_SESSION_QUERY: has a parameter ":sesion", which is not known; known are :session, :now and :cookie_NAME`},
		{dsn + "TAWK_SESSION_QUERY=SELECT uid AS id FROM s WHERE sid = :session AND t = :cookie_", `TAWK_SESSION_QUERY: has a parameter ":cookie_", which is no cookie; write :cookie_NAME, or :cookie_"NAME" if there is more in it than letters, digits and underscores`},
		{dsn + "TAWK_SESSION_QUERY=DELETE FROM s WHERE sid = :session", "TAWK_SESSION_QUERY: does not begin with SELECT; " + like},
		{dsn + "TAWK_SESSION_QUERY=SELECT uid AS id FROM s WHERE sid = :session FOR UPDATE", "TAWK_SESSION_QUERY: does more than read: it says UPDATE; " + like},
		{dsn + "TAWK_SESSION_QUERY=SELECT uid AS id FROM s WHERE sid = :session OR 1 = 1", loose},
		{dsn + "TAWK_SESSION_QUERY=SELECT uid AS id FROM s WHERE sid LIKE :session", loose},
		{dsn + "TAWK_SESSION_QUERY=SELECT uid AS id FROM s WHERE left(sid, 4) = :session", loose},
		{dsn + "TAWK_SESSION_QUERY=SELECT u.id FROM u LEFT JOIN s ON s.sid = :session", loose},
		{dsn + "TAWK_SESSION_QUERY=SELECT uid AS id, :session AS sid FROM s WHERE sid = :session", "TAWK_SESSION_QUERY: has :session among the columns of the answer; ask for the column in which the table has it"},
	} {
		got := ""
		if _, err := kindtest.LoadSettings([]kind.Kind{SQL()}, strings.Split(test[0], "\n")...); err != nil {
			got = err.Error()
		}
		if got != test[1] {
			t.Errorf("%s:\n got %s\nwant %s", test[0], got, test[1])
		}
	}
}
