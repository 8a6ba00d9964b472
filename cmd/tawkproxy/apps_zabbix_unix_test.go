//go:build unix

package main

import (
	"bufio"
	"compress/gzip"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"tawkproxy/examples/testenv"
)

// TestZabbix has the front end that Debian packages. Its cookie is JSON under a signature, and names a session of the table sessions.
// Visitors are logged in as the user guest, if the site lets them.
func TestZabbix(t *testing.T) {
	t.Parallel()
	server, p := testenv.MariaDB(t), newPlace(t)
	s := liveSite{
		settings: `TAWK_SESSION=sql
			TAWK_SESSION_COOKIE=zbx_session
			TAWK_SESSION_ID=url base64 json:sessionid
			TAWK_USER_DSN=$DATABASE
			TAWK_SESSION_QUERY=SELECT u.userid AS id, CONCAT_WS(' ', u.name, u.surname) AS name FROM sessions s JOIN users u ON u.userid = s.userid WHERE s.sessionid = :session AND s.status = 0 AND u.username <> 'guest' AND (u.autologout + 0 = 0 OR s.lastaccess + (u.autologout + 0) * CASE RIGHT(u.autologout, 1) WHEN 'm' THEN 60 WHEN 'h' THEN 3600 WHEN 'd' THEN 86400 ELSE 1 END > :now) AND NOT EXISTS (SELECT 1 FROM users_groups m JOIN usrgrp g ON g.usrgrpid = m.usrgrpid WHERE m.userid = u.userid AND (g.users_status = 1 OR g.gui_access = 3))`,
		ada: "42 Ada Lovelace", jose: `43 José "Pepe" O'Neil`, stored: true, renews: true,
		front: "/zabbix.php?action=dashboard.list",
		login: func(b *browser, member, password string) *http.Response {
			return b.post("/index.php", url.Values{"name": {member}, "password": {password}, "autologin": {"0"}, "enter": {"Sign in"}}.Encode())
		},
		logout:  link("/index.php?reconnect=1"),
		greeted: shows(`title="(ada|jose) \(`), // in the menu; that of guests is of the user guest
	}
	site := zabbix(t, server)
	p.reads(server, "sessions", "users", "usrgrp", "users_groups")
	documented(t, s.settings)
	d := s.open(p, site)
	d.journey()

	for name, end := range map[string]string{
		"disabled":      "INSERT INTO users_groups VALUES (50, 9, 43)",
		"no front end":  "INSERT INTO users_groups VALUES (50, 12, 43)",
		"away for long": "UPDATE users u JOIN sessions s USING (userid) SET autologout = '15m', lastaccess = lastaccess - 901 WHERE userid = 43",
	} {
		jose := d.visitor()
		jose.logsIn("jose", "secret", d.jose)
		server.Exec(end)
		jose.hears(d.stranger) // before the site itself ends the session
		jose.sees(d.stranger)
		server.Exec("DELETE FROM users_groups WHERE id = 50", "UPDATE users SET autologout = '0' WHERE userid = 43")
		if t.Failed() {
			t.Fatal(name)
		}
	}
}

// zabbix serves Debian's front end of Zabbix with two members, and lets guests in.
func zabbix(t *testing.T, server *testenv.DatabaseServer) string {
	t.Helper()
	const installed, statements = "/usr/share/zabbix", "/usr/share/zabbix-server-mysql/"
	needFile(t, "zabbix-frontend-php", installed+"/index.php")
	folder := t.TempDir()
	// Indexes and references take ten times as long as the tables, and the hosts and items that come with it longer still.
	var schema strings.Builder
	for _, name := range []string{"schema.sql.gz", "data.sql.gz"} {
		packed, err := os.Open(needFile(t, "zabbix-server-mysql", statements+name))
		if err != nil {
			t.Fatal(err)
		}
		defer packed.Close()
		file, err := gzip.NewReader(packed)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(file)
		for lines.Buffer(nil, 1<<20); lines.Scan(); {
			line := lines.Text()
			if strings.HasPrefix(line, "DELIMITER") {
				break
			}
			if name == "schema.sql.gz" && !strings.HasPrefix(line, "CREATE INDEX") && !strings.HasPrefix(line, "CREATE UNIQUE") || zabbixRows.MatchString(line) {
				schema.WriteString(line + "\n")
			}
		}
		if lines.Err() != nil {
			t.Fatal(lines.Err())
		}
	}
	write(t, folder+"/schema.sql", schema.String())
	server.Load(folder + "/schema.sql")
	server.Exec(`INSERT INTO users (userid, username, name, surname, passwd, roleid) VALUES
			(42, 'ada', 'Ada', 'Lovelace', '$2y$10$8ronIlESlEylRWyvCOgSfuXAD5dQTpqS8flb5Awh8C0VhwfZAKZpG', 1),
			(43, 'jose', 'José "Pepe"', 'O''Neil', '$2y$10$8ronIlESlEylRWyvCOgSfuXAD5dQTpqS8flb5Awh8C0VhwfZAKZpG', 1)`,
		"INSERT INTO users_groups VALUES (42, 11, 42), (43, 11, 43)",
		"DELETE FROM users_groups WHERE userid = 2 AND usrgrpid = 9")
	write(t, folder+"/zabbix.conf.php", `<?php
		$DB = ['TYPE' => 'MYSQL', 'SERVER' => 'localhost', 'PORT' => '0', 'DATABASE' => 'shop', 'USER' => 'root', 'PASSWORD' => '', 'SCHEMA' => '',
			'ENCRYPTION' => false, 'KEY_FILE' => '', 'CERT_FILE' => '', 'CA_FILE' => '', 'VERIFY_HOST' => false, 'CIPHER_LIST' => '',
			'VAULT_URL' => '', 'VAULT_DB_PATH' => '', 'VAULT_TOKEN' => '', 'DOUBLE_IEEE754' => true];
		$ZBX_SERVER_NAME = 'Shop'; $IMAGE_FORMAT_DEFAULT = 'PNG';`)
	// The place of its configuration is written in its code.
	write(t, folder+"/prepend.php", `<?php
		eval('?>' . str_replace('/etc/zabbix/zabbix.conf.php', '`+folder+`/zabbix.conf.php',
			file_get_contents('`+installed+`/include/classes/core/CConfigFile.php')));`)
	settings := append(testenv.PHPExtensions(t, "xml", "dom", "simplexml", "xmlreader", "xmlwriter", "ctype", "iconv", "gettext", "mbstring",
		"tokenizer", "bcmath", "gd", "sockets", "mysqlnd", "mysqli"), "zend_extension=opcache", "display_errors=0",
		"auto_prepend_file="+folder+"/prepend.php", "mysqli.default_socket="+server.Socket)
	return testenv.PHP(t, installed, nil, settings...)
}

// zabbixRows are those that people and what they may see are made of.
var zabbixRows = regexp.MustCompile("^INSERT INTO `(role|role_rule|usrgrp|users|users_groups|config|graph_theme|module)` ")
