//go:build unix

package main

import (
	"net/http"
	"net/url"
	"testing"

	"tawkproxy/examples/testenv"
)

// TestTinyTinyRSS has the reader that Debian packages, whose sessions are in its table ttrss_sessions. It has no page that says who
// is logged in; but each member may have a style sheet of their own.
func TestTinyTinyRSS(t *testing.T) {
	t.Parallel()
	server, p := testenv.MariaDB(t), newPlace(t)
	s := liveSite{
		settings: `TAWK_SESSION=sql
			TAWK_SESSION_COOKIE=ttrss_sid
			TAWK_SESSION_QUERY=SELECT data, expire AS expires FROM ttrss_sessions WHERE id = :session
			TAWK_SESSION_RECORD=base64 php
			TAWK_USER_ID=uid
			TAWK_USER_DSN=$DATABASE
			TAWK_USER_QUERY=SELECT login AS name, email FROM ttrss_users WHERE id = :id AND pwd_hash = :pwd_hash`,
		ada: "42 ada ada@example.com", jose: "43 jose jose@example.com", stored: true, bound: true, front: "/index.php",
		login: func(b *browser, member, password string) *http.Response {
			return b.post("/public.php?return="+url.QueryEscape(b.base+"/index.php"),
				url.Values{"op": {"login"}, "login": {member}, "password": {password}}.Encode())
		},
		logout: func(b *browser) *http.Response {
			return b.post("/public.php", url.Values{"op": {"logout"}, "csrf_token": {b.token("/index.php", `__csrf_token = "([^"]+)"`)}}.Encode())
		},
		greeted: shows(`<style type='text/css' id='user_css_style'>/\* (.*) \*/`),
	}
	site := tinyTinyRSS(t, server)
	p.reads(server, "ttrss_sessions", "ttrss_users (id, login, email, pwd_hash)")
	documented(t, s.settings)
	d := s.open(p, site)
	d.journey()

	// Whoever gets another password is logged out everywhere.
	jose := d.visitor()
	jose.logsIn("jose", "secret", d.jose)
	server.Exec("UPDATE ttrss_users SET pwd_hash = 'another' WHERE id = 43")
	jose.forgotten()
}

// tinyTinyRSS serves Debian's Tiny Tiny RSS with two members.
func tinyTinyRSS(t *testing.T, server *testenv.DatabaseServer) string {
	t.Helper()
	const installed = "/usr/share/tt-rss/www"
	needFile(t, "tt-rss", installed+"/index.php")
	folder, data := t.TempDir(), t.TempDir()
	linkAll(t, folder, installed, "config.php", "feed-icons")
	for _, name := range []string{"images", "upload", "export"} {
		write(t, data+"/"+name+"/none", "")
	}
	// What is defined first holds.
	write(t, folder+"/config.php", `<?php
		define('DB_TYPE', 'mysql'); define('DB_HOST', 'localhost'); define('DB_PORT', ''); define('DB_USER', 'root');
		define('DB_NAME', 'shop'); define('DB_PASS', '');
		define('SELF_URL_PATH', 'http://' . $_SERVER['HTTP_HOST'] . '/');
		define('LOCK_DIRECTORY', '`+data+`'); define('CACHE_DIR', '`+data+`'); define('ICONS_DIR', '`+data+`');
		define('LOG_DESTINATION', '');
		require_once '/etc/tt-rss/config.php';`)
	server.Load("/usr/share/dbconfig-common/data/tt-rss/install/mysql")
	server.Exec(`INSERT INTO ttrss_users (id, login, email, salt, pwd_hash) VALUES
			(42, 'ada', 'ada@example.com', 'pepper', CONCAT('MODE2:', SHA2('peppersecret', 256))),
			(43, 'jose', 'jose@example.com', 'salt', CONCAT('MODE2:', SHA2('saltsecret', 256)))`,
		`INSERT INTO ttrss_user_prefs (owner_uid, pref_name, value) VALUES
			(42, 'USER_STYLESHEET', '/* ada */'), (43, 'USER_STYLESHEET', '/* jose */')`)
	settings := append(testenv.PHPExtensions(t, "xml", "dom", "simplexml", "ctype", "iconv", "gettext", "mbstring", "tokenizer", "intl",
		"fileinfo", "mysqlnd", "mysqli", "pdo", "pdo_mysql"), "zend_extension=opcache", "display_errors=0", "pdo_mysql.default_socket="+server.Socket)
	return testenv.PHP(t, folder, nil, settings...)
}
