package sql

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"tawkproxy/config"
	"tawkproxy/session"
	"tawkproxy/session/kind"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/sessiontest"
	"tawkproxy/session/store"
	"tawkproxy/session/store/storetest"
)

// A sqlRecipe is what docs/sites/sql.md says of an application, its tables as its own schema makes them, and cookies as it makes them.
type sqlRecipe struct {
	cookie  string // by which the recipe is found on the page
	tables  []string
	cookies map[string]string // value → who that is
}

// recipesOfPage reads the settings of the page, by the cookie's name.
func recipesOfPage(t *testing.T) map[string][]string {
	t.Helper()
	page, err := os.ReadFile("../../../docs/sites/sql.md")
	if err != nil {
		t.Fatal(err)
	}
	recipes := map[string][]string{}
	for block := range strings.SplitSeq(string(page), "\n\n") {
		var settings []string
		cookie := ""
		for _, found := range regexp.MustCompile(`(TAWK_\w+)=('[^']*'|"[^"]*"|\S*)`).FindAllStringSubmatch(block, -1) {
			value := strings.ReplaceAll(found[2], "…", "x")
			if strings.ContainsAny(value[:1], `'"`) {
				value = value[1 : len(value)-1]
			}
			settings = append(settings, found[1]+"="+value)
			if found[1] == "TAWK_SESSION_COOKIE" {
				cookie = value
			}
		}
		if cookie != "" && strings.HasPrefix(block, "    export TAWK_SESSION=sql") {
			recipes[cookie] = settings
		}
	}
	return recipes
}

// openRecipe opens a source by settings, on another database.
func openRecipe(t *testing.T, settings []string, database *store.Database) session.Source {
	t.Helper()
	cfg, err := kindtest.LoadSettings([]kind.Kind{SQL()}, settings...)
	if err != nil {
		t.Fatal(err)
	}
	own := cfg.Chosen().Own.(*Options)
	source, err := own.Open(kind.Site{Cookie: cfg.Session.Cookie, Mapping: mappingOf(cfg), Database: database})
	if err != nil {
		t.Fatal(err)
	}
	return source
}

func mappingOf(cfg *config.Config) session.Mapping {
	m := session.Mapping{ID: cfg.User.ID, Name: cfg.User.Name, Email: cfg.User.Email}
	for _, c := range cfg.Session.Require {
		m.Require = append(m.Require, session.Condition{Path: c.Name, Value: c.Value})
	}
	return m
}

func run(t *testing.T, recipes map[string][]string, r sqlRecipe, database *store.Database) {
	t.Helper()
	if recipes[r.cookie] == nil {
		t.Fatalf("the page has no recipe with the cookie %s", r.cookie)
	}
	source := openRecipe(t, recipes[r.cookie], database)
	for _, trial := range source.About().Try(t.Context(), true) {
		if trial.Err != nil {
			t.Errorf("%s: %v", r.cookie, trial.Err)
		}
	}
	for value, want := range r.cookies {
		if got := said(source.Identify(sessiontest.WithCookie(r.cookie, value), nil)); got != want {
			t.Errorf("%s=%s: got %s, want %s", r.cookie, value, got, want)
		}
	}
}

const (
	phpID   = "q9ivjvbe8rd,rltsk4fbq-n7u0kdkq" // of session.sid_bits_per_character 6
	guestID = "aaaaaaaaaaaaaaaa0000000000000000"
	oldID   = "bbbbbbbbbbbbbbbb0000000000000000"
	blockID = "cccccccccccccccc0000000000000000"
)

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func TestRecipesOnMariaDB(t *testing.T) {
	server := startMariaDB(t)
	database := storetest.OpenDatabase(t, server.URL("reader", readerPassword))
	recipes, now := recipesOfPage(t), time.Now().Unix()
	for _, r := range []sqlRecipe{
		{"SSESS0123456789abcdef0123456789abcdef", []string{
			"CREATE TABLE sessions (uid INT UNSIGNED NOT NULL, sid VARCHAR(128) CHARACTER SET ascii COLLATE ascii_general_ci PRIMARY KEY, hostname VARCHAR(128), timestamp INT, session LONGBLOB)",
			"CREATE TABLE users_field_data (uid INT UNSIGNED, langcode VARCHAR(12) CHARACTER SET ascii, name VARCHAR(60), mail VARCHAR(254), status TINYINT, default_langcode TINYINT)",
			"INSERT INTO users_field_data VALUES (0, 'en', '', NULL, 0, 1), (7, 'en', 'ada', 'ada@example.com', 1, 1), (7, 'de', 'ada', 'ada@example.com', 1, 0), (8, 'en', 'eve', NULL, 0, 1)",
			fmt.Sprintf("INSERT INTO sessions VALUES (7, '%s', '', 1, ''), (0, '%s', '', 1, ''), (8, '%s', '', 1, '')", digest(phpID), digest(guestID), digest(blockID))},
			map[string]string{url.QueryEscape(phpID): "7|ada|ada@example.com|", guestID: "no_record", blockID: "no_record", oldID: "no_record", digest(phpID): "no_record"}},
		{"phpbb3_abcde_sid", []string{
			"CREATE TABLE phpbb_sessions (session_id CHAR(32) PRIMARY KEY, session_user_id INT UNSIGNED, session_time INT UNSIGNED, session_autologin TINYINT)",
			"CREATE TABLE phpbb_users (user_id INT UNSIGNED, user_type TINYINT, username VARCHAR(255), user_email VARCHAR(100))",
			"INSERT INTO phpbb_users VALUES (1, 2, 'Anonymous', ''), (2, 3, 'ada', 'ada@example.com'), (54, 0, 'José', ''), (55, 1, 'eve', '')",
			fmt.Sprintf("INSERT INTO phpbb_sessions VALUES ('%[1]s', 2, %[2]d, 0), ('%[3]s', 54, 1, 1), ('%[4]s', 1, %[2]d, 0), ('%[5]s', 54, 1, 0), ('%[6]s', 55, %[2]d, 0)", adaID, now, joseID, guestID, oldID, blockID)},
			map[string]string{adaID: "2|ada|ada@example.com|", joseID: "54|José||", guestID: "no_record", oldID: "no_record", blockID: "no_record"}},
	} {
		for _, statement := range r.tables {
			server.Exec(statement)
		}
		run(t, recipes, r, database)
	}
}

func TestRecipesOnPostgres(t *testing.T) {
	server := startPostgres(t)
	database := storetest.OpenDatabase(t, server.URL("reader", readerPassword))
	recipes, now := recipesOfPage(t), time.Now().Unix()
	zabbix := func(id string) string {
		return url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(`{"sessionid":"` + id + `","serverCheckResult":true,"serverCheckTime":1,"sign":"00"}`)))
	}
	for _, r := range []sqlRecipe{
		{"zbx_session", []string{
			"CREATE TABLE users (userid bigint, username varchar(100), name varchar(100), surname varchar(100))",
			"CREATE TABLE sessions (sessionid varchar(32) PRIMARY KEY, userid bigint, lastaccess integer, status integer)",
			"INSERT INTO users VALUES (1, 'Admin', 'Zabbix', 'Administrator'), (2, 'guest', '', '')",
			fmt.Sprintf("INSERT INTO sessions VALUES ('%s', 1, 0, 0), ('%s', 2, 0, 0), ('%s', 1, 0, 1)", adaID, guestID, oldID)},
			map[string]string{zabbix(adaID): "1|Admin||", zabbix(guestID): "no_record", zabbix(oldID): "no_record", zabbix("1"): "malformed", adaID: "malformed",
				zabbix(joseID): "no_record", zabbix(`' OR '1'='1' --0123456789`): "malformed"}},
		{"ttrss_sid", []string{
			"CREATE TABLE ttrss_sessions (id varchar(250) PRIMARY KEY, data text, expire integer NOT NULL)",
			fmt.Sprintf("INSERT INTO ttrss_sessions VALUES ('%[1]s', '%[2]s', %[3]d), ('%[4]s', '%[5]s', %[3]d), ('%[6]s', '%[2]s', 1)", phpID,
				base64.StdEncoding.EncodeToString([]byte(`uid|i:2;name|s:3:"ada";auth_module|s:8:"internal";`)), now+3600, guestID,
				base64.StdEncoding.EncodeToString([]byte(`login_error_msg|s:0:"";`)), oldID)},
			map[string]string{url.QueryEscape(phpID): "2|ada||", guestID: "no_user", oldID: "no_record"}},
	} {
		for _, statement := range r.tables {
			server.Exec(statement)
		}
		run(t, recipes, r, database)
	}
}

func TestRecipesOnSQLite(t *testing.T) {
	const secret = "SW2YcwTIb9zpOOhoPsMm"
	recipes, now := recipesOfPage(t), time.Now().Unix()
	hashed := func(token string) string {
		sum := sha256.Sum256([]byte(token + secret))
		return hex.EncodeToString(sum[:])
	}
	tables := []string{
		"CREATE TABLE user_auth_token (id INTEGER PRIMARY KEY, user_id INTEGER, auth_token TEXT, prev_auth_token TEXT, rotated_at INTEGER, created_at INTEGER, revoked_at INTEGER)",
		"CREATE TABLE user (id INTEGER PRIMARY KEY, login TEXT, email TEXT, name TEXT, is_disabled INTEGER)",
		"INSERT INTO user VALUES (1, 'ada', 'ada@example.com', 'Ada', 0), (2, 'eve', '', '', 1)",
		fmt.Sprintf("INSERT INTO user_auth_token VALUES (1, 1, '%[1]s', '%[2]s', %[3]d, %[3]d, 0), (2, 2, '%[4]s', '', %[3]d, %[3]d, 0), (3, 1, '%[5]s', '', 1, 1, 0)",
			hashed(adaID), hashed(joseID), now, hashed(blockID), hashed(oldID)),
	}
	database, _ := storetest.OpenScratch(t, tables...)
	for i, setting := range recipes["grafana_session"] {
		if strings.HasPrefix(setting, "TAWK_SESSION_ID_SECRET=") {
			recipes["grafana_session"][i] = "TAWK_SESSION_ID_SECRET=" + secret
		}
	}
	run(t, recipes, sqlRecipe{"grafana_session", tables, map[string]string{adaID: "1|Ada|ada@example.com|", joseID: "1|Ada|ada@example.com|", blockID: "no_record",
		oldID: "no_record", hashed(adaID): "no_record"}}, database)
}
