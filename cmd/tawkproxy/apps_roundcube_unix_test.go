//go:build unix

package main

import (
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"tawkproxy/examples/testenv"
)

// TestRoundcube has the web mail that Debian packages, before a real IMAP server. Its sessions are in its table session, and count
// only with the second cookie, roundcube_sessauth, which holds a secret of the session and the time.
func TestRoundcube(t *testing.T) {
	t.Parallel()
	server, p := testenv.MariaDB(t), newPlace(t)
	s := liveSite{
		settings: `TAWK_SESSION=sql
			TAWK_SESSION_COOKIE=roundcube_sessid
			TAWK_SESSION_QUERY=SELECT vars AS data FROM session WHERE sess_id = :session AND changed > now() - INTERVAL 10 MINUTE AND LOCATE(CONCAT('auth_secret|s:', LENGTH(SUBSTRING_INDEX(:cookie_roundcube_sessauth, '-', 1)), ':', CHAR(34), SUBSTRING_INDEX(:cookie_roundcube_sessauth, '-', 1), CHAR(34)), FROM_BASE64(vars)) > 0 AND CAST(SUBSTRING_INDEX(:cookie_roundcube_sessauth, '-', -1) AS SIGNED) > :now - 900
			TAWK_SESSION_RECORD=base64 php
			TAWK_USER_ID=user_id
			TAWK_USER_DSN=$DATABASE
			TAWK_USER_QUERY=SELECT i.name, i.email FROM users u LEFT JOIN identities i ON i.user_id = u.user_id AND i.standard = 1 AND i.del = 0 WHERE u.user_id = :id`,
		ada: "42 Ada Lovelace ada@example.com", jose: `43 José "Pepe" O'Neil jose@example.com`, stored: true, quiet: true,
		login: func(b *browser, member, password string) *http.Response {
			return b.post("/?_task=login", url.Values{"_task": {"login"}, "_action": {"login"}, "_timezone": {"Europe/London"}, "_url": {""},
				"_token": {b.token("/?_task=login", `name="_token" value="([^"]+)"`)}, "_user": {member}, "_pass": {password}}.Encode())
		},
		logout: func(b *browser) *http.Response {
			return b.open("/?_task=logout&_token=" + b.token("/?_task=mail", `"request_token":"([^"]+)"`))
		},
		greeted: shows(`header-title username">(.*)@example.com<`),
	}
	site := roundcube(t, server)
	p.reads(server, "session", "users (user_id)", "identities")
	documented(t, s.settings)
	d := s.open(p, site)
	d.journey()

	jose := d.visitor()
	jose.logsIn("jose", "secret", d.jose)
	for _, second := range []func(value string) string{
		func(string) string { return "" },
		func(value string) string { return "x" + value[1:] },
		strings.ToLower,
		func(value string) string {
			return value[:strings.Index(value, "-")] + "-" + strconv.FormatInt(time.Now().Unix()-2000, 10)
		},
		func(value string) string { return value[strings.Index(value, "-"):] + strings.Repeat("0", 20) },
	} {
		thief := d.visitor()
		for _, cookie := range jose.cookies() {
			if cookie.Name == "roundcube_sessauth" {
				cookie.Value = second(cookie.Value)
			}
			thief.client.Jar.SetCookies(thief.address(), []*http.Cookie{cookie})
		}
		thief.hears(d.stranger) // and opens no page, for which Roundcube would end the session
	}
	jose.sees(d.jose)
	server.Exec("DELETE FROM users WHERE user_id = 43")
	jose.forgotten()
}

// roundcube serves Debian's Roundcube with two members.
func roundcube(t *testing.T, server *testenv.DatabaseServer) string {
	t.Helper()
	const installed = "/var/lib/roundcube"
	needFile(t, "roundcube-core", installed+"/public_html/index.php")
	conf, data := t.TempDir(), t.TempDir()
	for _, name := range []string{"defaults.inc.php", "mimetypes.php"} {
		if err := os.Symlink("/etc/roundcube/"+name, conf+"/"+name); err != nil {
			t.Fatal(err)
		}
	}
	write(t, conf+"/config.inc.php", `<?php
		$config['db_dsnw'] = 'mysql://root@unix(`+server.Socket+`)/shop';
		$config['imap_host'] = '`+testenv.Dovecot(t)+`';
		$config['smtp_host'] = '127.0.0.1:1';
		$config['temp_dir'] = $config['log_dir'] = '`+data+`';
		$config['des_key'] = 'twenty-four bytes of it.';
		$config['plugins'] = [];
		$config['login_username_maxlen'] = 100;`)
	server.Load("/usr/share/dbconfig-common/data/roundcube/install/mysql")
	server.Exec(`INSERT INTO users (user_id, username, mail_host) VALUES (42, 'ada', '127.0.0.1'), (43, 'jose', '127.0.0.1')`,
		`INSERT INTO identities (user_id, changed, standard, name, organization, email) VALUES
			(42, now(), 1, 'Ada Lovelace', '', 'ada@example.com'), (43, now(), 1, 'José "Pepe" O''Neil', '', 'jose@example.com')`)
	settings := append(testenv.PHPExtensions(t, "xml", "dom", "simplexml", "ctype", "iconv", "mbstring", "tokenizer", "intl",
		"fileinfo", "exif", "mysqlnd", "pdo", "pdo_mysql"), "zend_extension=opcache", "display_errors=0")
	return testenv.PHP(t, installed+"/public_html", []string{"ROUNDCUBE_CONFIG_DIR=" + conf}, settings...)
}
