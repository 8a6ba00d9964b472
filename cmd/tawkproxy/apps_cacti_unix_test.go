//go:build unix

package main

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"tawkproxy/examples/testenv"
)

// TestCacti has the graphs that Debian packages, with sessions in its table sessions. Cacti itself lets members go on who are
// disabled while they are logged in.
func TestCacti(t *testing.T) {
	t.Parallel()
	server, p := testenv.MariaDB(t), newPlace(t)
	const token = `var csrfMagicToken = "([^"]+)"`
	s := liveSite{
		settings: `TAWK_SESSION=sql
			TAWK_SESSION_COOKIE=Cacti
			TAWK_SESSION_QUERY=SELECT data FROM sessions WHERE id = :session
			TAWK_SESSION_RECORD=php
			TAWK_USER_ID=sess_user_id
			TAWK_USER_DSN=$DATABASE
			TAWK_USER_QUERY=SELECT full_name AS name, email_address AS email FROM user_auth u WHERE id = :id AND enabled = 'on' AND locked = '' AND NOT EXISTS (SELECT 1 FROM settings WHERE settings.name = 'guest_user' AND (settings.value = u.username OR settings.value = u.id))`,
		ada: "42 Ada Lovelace ada@example.com", jose: `43 José "Pepe" O'Neil jose@example.com`, stored: true, quiet: true, front: "/index.php",
		login: func(b *browser, member, password string) *http.Response {
			return b.post("/index.php", url.Values{"action": {"login"}, "login_username": {member}, "login_password": {password}, "realm": {"1"},
				"__csrf_magic": {b.token("/index.php", token)}}.Encode())
		},
		logout:  link("/logout.php"),
		greeted: shows(`>Logged in as (ada|jose)<`),
	}
	site := cacti(t, server)
	p.reads(server, "sessions", "user_auth (id, username, full_name, email_address, enabled, locked)", "settings")
	documented(t, s.settings)
	d := s.open(p, site)
	d.journey()

	// Guests who are let in have a session of the account for guests.
	server.Exec("REPLACE INTO settings VALUES ('guest_user', '3')", "UPDATE user_auth SET enabled = 'on' WHERE id = 3")
	guest := d.visitor()
	guest.read(guest.open("/graph_view.php"))
	guest.hears(d.stranger)
	var sessions int
	if err := server.Admin.QueryRow("SELECT COUNT(*) FROM sessions WHERE data LIKE '%sess_user_id|s:1:\"3\"%' OR data LIKE '%sess_user_id|i:3;%'").Scan(&sessions); err != nil || sessions != 1 {
		t.Errorf("guests have %d sessions, %v", sessions, err)
	}

	jose := d.visitor()
	jose.logsIn("jose", "secret", d.jose)
	server.Exec("UPDATE user_auth SET enabled = '' WHERE id = 43")
	jose.inTime(func() bool { return jose.asked() == "nobody" })
}

// cacti serves Debian's Cacti with two members.
func cacti(t *testing.T, server *testenv.DatabaseServer) string {
	t.Helper()
	const installed = "/usr/share/cacti/site"
	needFile(t, "cacti", installed+"/include/global.php")
	folder := t.TempDir()
	linkAll(t, folder, installed, "include", "log", "cache")
	linkAll(t, folder+"/include", installed+"/include", "config.php", "auth.php", "global.php")
	write(t, folder+"/log/none", "")
	write(t, folder+"/cache/none", "")
	// These look for the configuration beside themselves.
	for _, name := range []string{"auth.php", "global.php"} {
		code, err := os.ReadFile(installed + "/include/" + name)
		if err != nil {
			t.Fatal(err)
		}
		write(t, folder+"/include/"+name, string(code))
	}
	write(t, folder+"/include/config.php", `<?php
		$database_type = 'mysql'; $database_default = 'shop'; $database_hostname = '`+server.Socket+`'; $database_username = 'root';
		$database_password = ''; $database_port = '3306'; $database_retries = 5; $database_ssl = false; $database_ssl_key = '';
		$database_ssl_cert = ''; $database_ssl_ca = ''; $database_persist = false;
		$poller_id = 1; $url_path = '/'; $cacti_session_name = 'Cacti'; $cacti_db_session = true; $disable_log_rotation = true;
		$path_csrf_secret = '`+folder+`/csrf-secret.php';`)
	version, err := os.ReadFile(filepath.Join(installed, "include/cacti_version"))
	if err != nil {
		t.Fatal(err)
	}
	server.Load("/usr/share/dbconfig-common/data/cacti/install/mysql")
	server.Exec("UPDATE version SET cacti = '"+string(version[:len(version)-1])+"'",
		`INSERT INTO user_auth (id, username, password, full_name, email_address) VALUES
			(42, 'ada', '$2y$10$8ronIlESlEylRWyvCOgSfuXAD5dQTpqS8flb5Awh8C0VhwfZAKZpG', 'Ada Lovelace', 'ada@example.com'),
			(43, 'jose', '$2y$10$8ronIlESlEylRWyvCOgSfuXAD5dQTpqS8flb5Awh8C0VhwfZAKZpG', 'José "Pepe" O''Neil', 'jose@example.com')`,
		`INSERT INTO settings VALUES ('content_security_alternate_sources',
			'https://*.tawk.to https://tawk.link https://cdn.jsdelivr.net https://s3.amazonaws.com https://fonts.googleapis.com blob:')`,
		"INSERT INTO user_auth_realm (realm_id, user_id) VALUES (7, 42), (8, 42), (7, 43), (8, 43)")
	settings := append(testenv.PHPExtensions(t, "xml", "dom", "simplexml", "ctype", "iconv", "gettext", "mbstring", "tokenizer", "intl",
		"gd", "gmp", "ldap", "snmp", "sockets", "posix", "mysqlnd", "pdo", "pdo_mysql"),
		"zend_extension=opcache", "display_errors=0", "pdo_mysql.default_socket="+server.Socket)
	return testenv.PHP(t, folder, nil, settings...)
}
