package sql

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tawkproxy/session"
	"tawkproxy/session/recipe"
	"tawkproxy/session/sessiontest"
	"tawkproxy/session/store"
	"tawkproxy/session/store/storetest"
)

const (
	adaID  = "0123456789abcdef0123456789abcdef"
	joseID = "fedcba9876543210fedcba9876543210"
)

var clock = time.Unix(1795354149, 0)

// open makes a source of a question.
func open(t testing.TB, database *store.Database, o Options) session.Source {
	t.Helper()
	o.Database = database
	if o.Cookie == "" {
		o.Cookie = "sid"
	}
	o.Now = func() time.Time { return clock }
	source, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return source
}

// said is what a source says, in short.
func said(u session.User, err error) string {
	reason, certain := session.NobodyReason(err)
	switch {
	case err == nil:
		text := strings.Join([]string{u.ID, u.Name, u.Email, u.Phone}, "|")
		if len(u.Attributes) > 0 {
			text += fmt.Sprint(u.Attributes)
		}
		return text
	case certain:
		return string(reason)
	}
	return "unknown"
}

// forum is a database as many applications have one, and a way to write to it.
func forum(t testing.TB) *store.Database {
	t.Helper()
	database, _ := storetest.OpenScratch(t,
		"CREATE TABLE users (id INTEGER, name TEXT, mail TEXT, plan TEXT, status INTEGER)",
		"INSERT INTO users VALUES (1, 'Ada', 'ada@example.com', 'gold', 1), (2, 'José', NULL, NULL, 1), (3, 'Eve', NULL, NULL, 0), (0, 'guest', NULL, NULL, 1)",
		"CREATE TABLE sessions (sid TEXT, uid INTEGER, token TEXT, ends INTEGER, data BLOB)",
		fmt.Sprintf(`INSERT INTO sessions VALUES ('%s', 1, 'tok0123456789abcdef', %d, 'user|a:2:{s:2:"id";i:1;s:4:"name";s:3:"Ada";}tk|s:3:"abc";'),
			('%s', 2, 'tok1123456789abcdef', %[2]d, NULL), ('ended000000000000000000000000000', 1, '', 1, ''),
			('locked00000000000000000000000000', 3, '', %[2]d, ''), ('guest000000000000000000000000000', 0, '', %[2]d, '')`, adaID, clock.Unix()+60, joseID))
	return database
}

const forumQuery = `SELECT u.id, u.name, u.mail AS email, u.plan AS plan_name FROM sessions s JOIN users u ON u.id = s.uid
	WHERE s.sid = :session AND s.ends > :now AND u.status = 1`

func TestColumns(t *testing.T) {
	source := open(t, forum(t), Options{Query: forumQuery})
	for value, want := range map[string]string{
		adaID:                               "1|Ada|ada@example.com|map[plan-name:gold]",
		joseID:                              "2|José||",
		"ended000000000000000000000000000":  "no_record",
		"locked00000000000000000000000000":  "no_record",
		"guest000000000000000000000000000":  "no_user",
		"00000000000000000000000000000000":  "no_record",
		strings.ToUpper(adaID):              "no_record",
		adaID + "%20":                       "no_record",
		adaID[:31] + "%66":                  "no_record",
		"1":                                 "malformed",
		"%":                                 "malformed",
		"ada@example.com.0123456789abcdef0": "malformed",
		adaID + "\xff":                      "malformed",
		"":                                  "no_cookie",
	} {
		if got := said(source.Identify(sessiontest.WithCookie("sid", value), nil)); got != want {
			t.Errorf("%q: got %s, want %s", value, got, want)
		}
	}
}

// What the answer has beside the user.
func TestColumnsThatAreNotTheUser(t *testing.T) {
	database := forum(t)
	for query, want := range map[string]string{
		"SELECT uid AS id, ends AS expires FROM sessions WHERE sid = :session":                                  "1|||",
		"SELECT uid AS id, sid AS session FROM sessions WHERE sid LIKE :session":                                "1|||",
		"SELECT uid AS id, token AS session FROM sessions WHERE sid = :session":                                 "no_record",
		"SELECT uid AS id, 1 AS expires FROM sessions WHERE sid = :session":                                     "expired",
		"SELECT uid AS id, NULL AS expires FROM sessions WHERE sid = :session":                                  "expired",
		"SELECT uid AS id, ends * 1000 AS expires FROM sessions WHERE sid = :session":                           "1|||",
		"SELECT uid AS id, '2026-11-22 23:59:59' AS expires FROM sessions WHERE sid = :session":                 "1|||",
		"SELECT uid AS id, 'soon' AS expires FROM sessions WHERE sid = :session":                                "unknown",
		"SELECT uid AS user_id FROM sessions WHERE sid = :session":                                              "unknown",
		"SELECT uid AS id, data FROM sessions WHERE sid = :session":                                             "unknown",
		"SELECT s.uid AS id FROM sessions s, users WHERE s.sid = :session":                                      "ambiguous",
		"SELECT uid AS id FROM nowhere WHERE sid = :session":                                                    "unknown",
		"SELECT uid AS id FROM sessions WHERE sid = :session AND token = :cookie_token":                         "1|||",
		"SELECT uid AS id FROM sessions WHERE sid = :session AND token = :cookie_other":                         "no_cookie",
		"SELECT uid AS id FROM sessions WHERE sid = :session AND uid = :cookie_uid":                             "malformed",
		`SELECT uid AS id FROM sessions WHERE sid = :session AND token = :cookie_"the-token.1"`:                 "1|||",
		"WITH x AS (SELECT 1) SELECT id FROM users WHERE id IN (SELECT uid FROM sessions WHERE sid = :session)": "1|||",
	} {
		source := open(t, database, Options{Query: query})
		r := sessiontest.WithCookie("sid", adaID+"; token=tok0123456789abcdef; the-token.1=tok0123456789abcdef; uid=1")
		if got := said(source.Identify(r, nil)); got != want {
			t.Errorf("%s: got %s, want %s", query, got, want)
		}
	}
}

func TestRecord(t *testing.T) {
	database := forum(t)
	paths := session.Mapping{ID: "user.id", Name: "user.name"}
	for _, test := range []struct {
		form, query string
		mapping     session.Mapping
		want        string
	}{
		{"php", "SELECT data FROM sessions WHERE sid = :session", paths, "1|Ada||"},
		{"php", "SELECT data, 7 AS user FROM sessions WHERE sid = :session", paths, "no_user"},
		{"php", "SELECT data, uid FROM sessions WHERE sid = :session", session.Mapping{ID: "uid", Require: []session.Condition{{Path: "tk", Value: "abc"}}}, "1|||"},
		{"php", "SELECT data, uid FROM sessions WHERE sid = :session", session.Mapping{ID: "uid", Require: []session.Condition{{Path: "tk", Value: "x"}}}, "unmet"},
		{"json", "SELECT data FROM sessions WHERE sid = :session", paths, "malformed"},
		{"php_serialize", "SELECT data FROM sessions WHERE sid = :session", paths, "unknown"},
		{"base64 php", "SELECT 'dXNlcnxhOjE6e3M6MjoiaWQiO2k6MTt9' AS data FROM sessions WHERE sid = :session", paths, "1|||"},
		{"hex json", "SELECT '7b2275736572223a7b226964223a317d7d' AS data FROM sessions WHERE sid = :session", paths, "1|||"},
		{"json", "SELECT NULL AS data FROM sessions WHERE sid = :session", paths, "no_user"},
		{"json", "SELECT uid AS id FROM sessions WHERE sid = :session", paths, "refused"},
	} {
		got := "refused"
		if _, err := New(Options{Setup: recipe.Setup{Cookie: "sid", Mapping: test.mapping}, Query: test.query, Form: test.form, Database: database}); err == nil {
			source := open(t, database, Options{Setup: recipe.Setup{Mapping: test.mapping}, Query: test.query, Form: test.form})
			got = said(source.Identify(sessiontest.WithCookie("sid", adaID), nil))
		}
		if got != test.want {
			t.Errorf("%s, %s: got %s, want %s", test.form, test.query, got, test.want)
		}
	}
}
