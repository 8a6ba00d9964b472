//go:build unix

package main

import (
	"html"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tawkproxy/examples/testenv"
)

// TestWordPressSite has a real WordPress on a real MariaDB: with its keys in its settings and in its database, and with another
// table prefix.
func TestWordPressSite(t *testing.T) {
	t.Parallel()
	const password = "p@ss/w:rd?#%41&x"
	server := testenv.MariaDB(t)
	server.Exec("CREATE USER 'reader'@'%' IDENTIFIED BY '" + password + "'")
	for _, test := range []struct{ name, key, salt, prefix string }{
		{name: "keys in the settings", key: `k|e'y$\ %41`, salt: "s+a lt"},
		{name: "keys in the database", prefix: "shop1_"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			p.named["DATABASE"] = server.URL("reader", password)
			s := liveSite{
				settings: "TAWK_SESSION=wordpress\nTAWK_USER_DSN=$DATABASE",
				ada:      "42 Ada Lovelace ada@example.com", jose: `43 José "Pepe" O'Neil jose@example.com`,
				login: wordPressLogin, logout: wordPressLogout, greeted: howdy,
			}
			prefix := "wp_"
			if test.prefix != "" {
				prefix = test.prefix
				s.environ += "WORDPRESS_TABLE_PREFIX=" + prefix + "\n"
				s.settings += "\nTAWK_WORDPRESS_TABLE_PREFIX=" + prefix
			}
			if test.key != "" {
				s.environ += "WORDPRESS_LOGGED_IN_KEY=" + test.key + "\nWORDPRESS_LOGGED_IN_SALT=" + test.salt
				s.settings += "\nTAWK_WORDPRESS_LOGGED_IN_KEY=" + test.key + "\nTAWK_WORDPRESS_LOGGED_IN_SALT=" + test.salt
			}
			d := s.open(p, wordPress(t, server, p.lines(s.environ)...))
			d.installWordPress(server, prefix)
			for _, table := range []string{"users", "usermeta", "options"} {
				server.Exec("GRANT SELECT ON shop." + prefix + table + " TO 'reader'@'%'")
			}
			d.journey()

			jose := d.visitor()
			jose.logsIn("jose", "secret", d.jose)
			server.Exec("UPDATE " + prefix + "users SET user_pass = MD5('another') WHERE ID = 43")
			jose.hears(d.stranger)
			jose.sees(d.stranger)
		})
	}
}

// installWordPress goes through the famous five minutes, and makes the members.
func (d *door) installWordPress(server *testenv.DatabaseServer, prefix string) {
	d.t.Helper()
	owner := d.visitor()
	owner.read(owner.post("/wp-admin/install.php?step=2", wordPressInstall.Encode()))
	server.Exec("UPDATE "+prefix+"users SET ID = 42, display_name = 'Ada Lovelace'", "UPDATE "+prefix+"usermeta SET user_id = 42",
		"INSERT INTO "+prefix+"users (ID, user_login, user_pass, user_nicename, user_email, display_name)"+
			" VALUES (43, 'José P', MD5('secret'), 'jose', 'jose@example.com', 'José \"Pepe\" O''Neil')")
}

// wordPress serves the WordPress of Debian with the settings of the example.
func wordPress(t *testing.T, server *testenv.DatabaseServer, environ ...string) (address string) {
	t.Helper()
	folder := wordPressFolder(t)
	if err := os.CopyFS(folder, os.DirFS("../../examples/wordpress")); err != nil {
		t.Fatal(err)
	}
	environ = append(environ, "WORDPRESS_DB_NAME=shop", "WORDPRESS_DB_USER=root", "WORDPRESS_DB_HOST=localhost:"+server.Socket)
	return serveWordPress(t, folder, environ...)
}

// wordPressFolder is a folder with the WordPress of Debian, without its settings.
func wordPressFolder(t *testing.T) (folder string) {
	t.Helper()
	needFile(t, "wordpress", "/usr/share/wordpress/wp-load.php")
	needFile(t, "wordpress-theme-twentytwentythree", "/usr/share/wordpress/wp-content/themes/twentytwentythree")
	folder = t.TempDir()
	installed, err := filepath.Glob("/usr/share/wordpress/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range installed {
		if filepath.Base(file) == "wp-config.php" {
			continue
		}
		if err := os.Symlink(file, filepath.Join(folder, filepath.Base(file))); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// serveWordPress serves such a folder.
func serveWordPress(t *testing.T, folder string, environ ...string) (address string) {
	t.Helper()
	extensions := testenv.PHPExtensions(t, "xml", "dom", "simplexml", "ctype", "iconv", "mbstring", "tokenizer", "mysqlnd", "mysqli")
	settings := append(extensions, "zend_extension=opcache", "auto_prepend_file="+folder+"/prepend.php")
	return testenv.PHP(t, folder, environ, settings...)
}

// wordPressInstall is the form of those minutes.
var wordPressInstall = url.Values{"weblog_title": {"Ada's <shop>"}, "user_name": {"ada"}, "admin_password": {"secret"},
	"admin_password2": {"secret"}, "pw_weak": {"1"}, "admin_email": {"ada@example.com"}}

func wordPressLogin(b *browser, member, password string) *http.Response {
	name := strings.Replace(member, "jose", "José P", 1)
	return b.post("/wp-login.php", url.Values{"log": {name}, "pwd": {password}, "rememberme": {"forever"}}.Encode())
}

var wordPressWayOut = regexp.MustCompile(`href="[^"]*(/wp-login\.php\?action=logout[^"]*)"`)

// wordPressLogout follows the link in the question whether to log out.
func wordPressLogout(b *browser) *http.Response {
	b.t.Helper()
	page := b.read(b.open("/wp-login.php?action=logout"))
	link := wordPressWayOut.FindStringSubmatch(page)
	if link == nil {
		b.t.Fatalf("there is no link: %s", page)
	}
	return b.open(html.UnescapeString(link[1]))
}

var displayName = regexp.MustCompile(`<span class="display-name">([^<]*)</span>`)

// howdy is how WordPress greets its members.
func howdy(page string) string {
	if found := displayName.FindStringSubmatch(page); found != nil {
		return html.UnescapeString(found[1])
	}
	return "stranger"
}
