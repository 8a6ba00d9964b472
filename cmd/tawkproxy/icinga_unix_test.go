//go:build unix

package main

import (
	"database/sql"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"tawkproxy/examples/testenv"
	"tawkproxy/examples/widget"
)

// TestIcingaWeb has the Icinga Web 2 that Debian packages. Its session holds an object, its cookie belongs to its folder and is set
// anew with every page, and what a logout leaves is an empty session: one that could as well be in the middle of a write.
func TestIcingaWeb(t *testing.T) {
	needFile(t, "icingaweb2", "/usr/share/icingaweb2/public/index.php")
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Parallel()
	chromium := sharedChromium.Get(t)
	for kind, settings := range map[string][]string{
		"php": {"TAWK_USER_ID=user.localUsername"},
		"site": {"TAWK_SESSION_URL=/icingaweb2/account", "TAWK_SESSION_ANSWER=html",
			"TAWK_USER_ID=li.nav-item.user-nav-item > a"},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			sessions := t.TempDir()
			if kind == "php" {
				settings = append(settings, "TAWK_PHP_SAVE_PATH="+sessions)
			}
			standin := &widget.Server{Key: demoKey}
			chat := httptest.NewServer(standin)
			t.Cleanup(chat.Close)
			program := front(t, icingaWeb(t, sessions), append(settings,
				"TAWK_SESSION="+kind, "TAWK_SESSION_COOKIE=Icingaweb2", "TAWK_EMBED_ORIGIN="+chat.URL)...)
			t.Cleanup(func() {
				if t.Failed() {
					t.Log(program.Log())
				}
			})
			other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				w.Write([]byte("<!doctype html><title>Another site</title><a id=link href='" + program.url + "/icingaweb2/about'>Icinga</a>"))
			}))
			t.Cleanup(other.Close)

			const login = "/icingaweb2/authentication/login"
			v := &visit{Tab: chromium.Visitor(t), town: &town{program: program, widget: standin}, t: t}
			const ada = "ada \u2713 verified"
			v.open(login).sees("visitor").told()
			v.Eval(`document.querySelector('input[name=username]').value = 'ada';
				document.querySelector('input[name=password]').value = 'secret';
				document.querySelector('form [type=submit]').click()`) // its own script sends the form, and the page stays
			v.sees(ada).told("login ada")

			// A page that is left in the middle of what Icinga does behind a login throws.
			v.Until("Object.keys(icinga.loader.requests).length === 0")
			v.Eval("new Promise(function (resolve) { setTimeout(resolve); })")
			v.patient()
			v.Open(strings.Replace(other.URL, "127.0.0.1", "localhost", 1))
			v.click("link").sees(ada).told("login ada")

			v.open("/").sees(ada).told()

			v.open("/icingaweb2/authentication/logout").sees("visitor").toldAgain("logout") // seen twice on a busy machine
			v.quiet()
		})
	}
}

// icingaWeb serves Icinga Web 2 under /icingaweb2/, and a page of its own at /. It has one member, ada, whose password is secret.
func icingaWeb(t *testing.T, sessions string) string {
	t.Helper()
	root, conf := t.TempDir(), t.TempDir()
	for name, text := range map[string]string{
		"config.ini":         "[global]\nconfig_resource = users\nmodule_path = /usr/share/icingaweb2/modules\n[logging]\nlog = none\n",
		"resources.ini":      "[users]\ntype = db\ndb = sqlite\ndbname = \"" + conf + "/users\"\n",
		"authentication.ini": "[users]\nbackend = db\nresource = users\n",
		"roles.ini":          "[all]\nusers = ada\npermissions = \"*\"\n",
		"router.php": `<?php
			$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
			if (!str_starts_with($path, '/icingaweb2/') || is_file($_SERVER['DOCUMENT_ROOT'] . $path)) return false;
			$_SERVER['SERVER_SOFTWARE'] = ''; // where it finds PHP's own server, it takes the root for its folder
			$_SERVER['PHP_SELF'] = $_SERVER['SCRIPT_NAME'] = '/icingaweb2/index.php';
			$_SERVER['SCRIPT_FILENAME'] = $_SERVER['DOCUMENT_ROOT'] . '/icingaweb2/index.php';
			require $_SERVER['SCRIPT_FILENAME'];`,
	} {
		write(t, conf+"/"+name, text)
	}
	users, err := sql.Open("sqlite", conf+"/users")
	if err != nil {
		t.Fatal(err)
	}
	defer users.Close()
	if _, err := users.Exec(`CREATE TABLE icingaweb_user (name text, active int, password_hash text, ctime, mtime);
		CREATE TABLE icingaweb_group (id, name, parent, ctime, mtime);
		CREATE TABLE icingaweb_group_membership (group_id, username, ctime, mtime);
		CREATE TABLE icingaweb_user_preference (username, section, name, value, ctime, mtime);
		CREATE TABLE icingaweb_rememberme (id int, username text, passphrase, random_iv, http_user_agent, expires_at, ctime, mtime);
		INSERT INTO icingaweb_user VALUES ('ada', 1, '$2y$10$8ronIlESlEylRWyvCOgSfuXAD5dQTpqS8flb5Awh8C0VhwfZAKZpG', NULL, NULL);
	`); err != nil {
		t.Fatal(err)
	}
	write(t, root+"/index.html", "<!doctype html><title>Site</title><p>Outside of it.")
	if err := os.Symlink("/usr/share/icingaweb2/public", root+"/icingaweb2"); err != nil {
		t.Fatal(err)
	}
	settings := append(testenv.PHPExtensions(t, "xml", "dom", "simplexml", "ctype", "iconv", "gettext", "mbstring", "tokenizer", "intl",
		"curl", "pdo", "pdo_sqlite"), "session.save_path="+sessions)
	return testenv.PHPRouter(t, root, conf+"/router.php", []string{"ICINGAWEB_CONFIGDIR=" + conf, "ICINGAWEB_STORAGEDIR=" + t.TempDir()}, settings...)
}
