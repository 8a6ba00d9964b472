//go:build unix

package main

import (
	"testing"

	"tawkproxy/examples/testenv"
)

// The page that a member of a real PHP site sees names that member, from the session file alone.
func TestPHPSite(t *testing.T) {
	sessions := t.TempDir()
	site := testenv.PHP(t, "../../examples/php", "session.save_path="+sessions)
	program := front(t, site, "TAWK_SESSION=php", "TAWK_PHP_SAVE_PATH="+sessions, "TAWK_USER_ID=user.id",
		"TAWK_USER_NAME=user.name", "TAWK_USER_EMAIL=user.email")

	ada, jose := newBrowser(t, program.url), newBrowser(t, program.url)
	ada.page("/login.php", "nobody")
	ada.post("/login.php", "login=ada&password=wrong")
	ada.page("/login.php", "nobody")
	ada.post("/login.php", "login=ada&password=difference")
	ada.page("/index.php", "42")
	jose.page("/login.php", "nobody")
	jose.post("/login.php", "login=jose&password=tango")
	jose.page("/index.php", "u-7f3")
	ada.page("/index.php", "42")
	ada.asks("42")
	ada.open("/logout.php")
	ada.page("/login.php", "nobody")
	ada.asks("nobody")
	jose.page("/index.php", "u-7f3")
}

// The same with a real Symfony, of which nothing is set but where its sessions are. To take on another member's account shows
// that member.
func TestSymfonySite(t *testing.T) {
	sessions := t.TempDir()
	site := testenv.PHP(t, "../../examples/symfony", append(testenv.PHPExtensions(t, "ctype", "tokenizer"),
		"session.save_path="+sessions, "sys_temp_dir="+t.TempDir())...)
	program := front(t, site, "TAWK_SESSION=symfony", "TAWK_SESSION_STORE=file://"+sessions)

	ada := newBrowser(t, program.url)
	if ada.open("/").StatusCode != 200 {
		testenv.Missing(t, "php-symfony-framework-bundle and php-symfony-security-bundle are not installed")
	}
	ada.page("/login", "nobody")
	ada.post("/login", "_username=ada&_password=difference")
	ada.page("/", "42")
	ada.open("/?_switch_user=jose")
	ada.page("/", "u-7f3")
	ada.open("/?_switch_user=_exit")
	ada.page("/", "42")
	ada.open("/logout")
	ada.page("/", "nobody")
	newBrowser(t, program.url).page("/", "nobody")
}
