//go:build unix

package main

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"tawkproxy/examples/testenv"
)

var tokenField = regexp.MustCompile(`name="token" value="([^"]+)"`)

// TestGuestsOfPHPMyAdmin: phpMyAdmin gives guests a new session with every answer, and the form to log in belongs to one of them.
// Whatever the script asks while the form is open, it can be sent.
func TestGuestsOfPHPMyAdmin(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a MariaDB")
	}
	t.Parallel()
	needFile(t, "phpmyadmin", "/usr/share/phpmyadmin/index.php")
	database := testenv.MariaDB(t)
	database.Exec("ALTER USER root@localhost IDENTIFIED BY 'secret'")
	settings := append(testenv.PHPExtensions(t, "xml", "dom", "simplexml", "ctype", "iconv", "gettext", "mbstring", "tokenizer",
		"mysqlnd", "mysqli"), "zend_extension=opcache", "mysqli.default_socket="+database.Socket)
	site := testenv.PHP(t, "/usr/share/phpmyadmin", nil, settings...)
	// Only who is logged in has a pmaAuth-1.
	for cookie, guest := range map[string]string{"phpMyAdmin": "nothing", "pmaAuth-1": "nobody", "": "nothing"} {
		t.Run("by the cookie "+cookie, func(t *testing.T) {
			program := front(t, site, "TAWK_SESSION=site", "TAWK_SESSION_URL=/index.php", "TAWK_SESSION_ANSWER=html",
				"TAWK_SESSION_COOKIE="+cookie, `TAWK_USER_ID=script@/\buser:"((?:[^"\\]|\\.)+)"/`,
				`TAWK_SESSION_REQUIRE=script@/\blogged_in:(true|false)/=true`, // its form to log in has the last account's name
				"TAWK_LOG_LEVEL=debug")
			t.Cleanup(func() {
				if t.Failed() {
					t.Log(program.Log())
				}
			})
			b := newBrowser(t, program.url)
			b.asks("nobody")
			form := b.read(b.open("/index.php"))
			token := tokenField.FindStringSubmatch(form)
			if token == nil {
				t.Fatalf("no form to log in: %s", form)
			}
			for _, path := range []string{"/.tawkproxy/user", "/.tawkproxy/user?form"} {
				answer := b.open(path, "Sec-Fetch-Site", "same-origin")
				if got := b.heard(b.read(answer)); got != guest || len(answer.Cookies()) > 0 {
					t.Errorf("a guest's script hears of %s, with the cookies %v", got, answer.Cookies())
				}
			}
			answer := b.post("/index.php", url.Values{"pma_username": {"root"}, "pma_password": {"secret"}, "server": {"1"},
				"token": {html.UnescapeString(token[1])}}.Encode())
			if answer.StatusCode != http.StatusFound {
				t.Fatalf("the login failed: %s", answer.Status)
			}
			b.open(strings.TrimPrefix(answer.Header.Get("Location"), program.url))
			b.asks("root")
			b.asks("root")
			home := b.read(b.open("/index.php"))
			if token = tokenField.FindStringSubmatch(home); token == nil {
				t.Fatalf("not logged in: %s", home)
			}
			b.post("/index.php?route=/logout", url.Values{"token": {html.UnescapeString(token[1])}}.Encode())
			b.asks("nobody")
		})
	}
}
