//go:build unix

package session

import (
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tawkproxy/examples/testenv"
)

// A real WordPress on a real MariaDB: members log in and out by its own form, with its keys in its settings and in its
// database, and with another table prefix.
func TestWordPressSite(t *testing.T) {
	server := testenv.MariaDB(t)
	mustExec(t, server.Admin, "CREATE USER 'reader'@'%' IDENTIFIED BY '"+password+"'")
	for _, test := range []struct{ name, key, salt, prefix string }{
		{name: "keys in the settings", key: `k|e'y$\ %41`, salt: "s+a lt", prefix: "wp_"},
		{name: "keys in the database", prefix: "shop1_"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("WORDPRESS_DB_NAME", "shop")
			t.Setenv("WORDPRESS_DB_USER", "root")
			t.Setenv("WORDPRESS_DB_HOST", "localhost:"+server.Socket)
			t.Setenv("WORDPRESS_TABLE_PREFIX", test.prefix)
			t.Setenv("WORDPRESS_LOGGED_IN_KEY", test.key)
			t.Setenv("WORDPRESS_LOGGED_IN_SALT", test.salt)
			folder := linkWordPress(t)
			site := testenv.PHP(t, folder, append(testenv.PHPExtensions(t, "mysqlnd", "mysqli", "ctype", "mbstring"),
				"auto_prepend_file="+filepath.Join(folder, "prepend.php"))...)
			installWordPress(t, site)
			mustExec(t, server.Admin, "UPDATE "+test.prefix+"users SET display_name = 'Ada Lovelace'",
				"INSERT INTO "+test.prefix+"users (ID, user_login, user_pass, user_nicename, user_email, display_name)"+
					" VALUES (43, 'José P', MD5('tango'), 'jose', 'jose@example.com', 'José \"Pepe\" O''Neil </script>')")
			for _, table := range []string{"users", "usermeta", "options"} {
				mustExec(t, server.Admin, "GRANT SELECT ON shop."+test.prefix+table+" TO 'reader'@'%'")
			}
			source, err := WordPress(WordPressOptions{Database: openDatabase(t, server.URL("reader", password)),
				TablePrefix: test.prefix, LoggedInKey: test.key, LoggedInSalt: test.salt})
			if err != nil {
				t.Fatal(err)
			}

			const adaName, joseName = "Ada Lovelace", `José "Pepe" O'Neil </script>`
			ada, jose, stranger := siteVisitorOf(t, site, source), siteVisitorOf(t, site, source), siteVisitorOf(t, site, source)
			logIn := func(v *siteVisitor, name, password string) {
				v.posts("/wp-login.php", url.Values{"log": {name}, "pwd": {password}, "rememberme": {"forever"}})
			}
			ada.sees("/wp-login.php", "", "")
			logIn(ada, "ada", "wrong")
			ada.sees("/wp-login.php", "", "")
			logIn(ada, "ada", "difference engine")
			ada.sees("/wp-admin/profile.php", adaName, adaName)
			stranger.sees("/wp-login.php", "", "")
			logIn(jose, "José P", "tango")
			jose.sees("/wp-admin/profile.php", joseName, joseName)

			before := ada.client.Jar.Cookies(mustURL(t, site))
			ada.sees(logoutLink(t, ada), adaName, "")
			ada.sees("/wp-login.php", "", "")
			jose.sees("/wp-admin/profile.php", joseName, joseName)
			replay := httptest.NewRequest("GET", site, nil)
			for _, c := range before {
				replay.AddCookie(c)
			}
			_, err = source.Identify(replay, nil)
			if reason, _ := NobodyReason(err); reason != Expired {
				t.Errorf("the cookie of before the logout: %v", err)
			}
			mustExec(t, server.Admin, "UPDATE "+test.prefix+"users SET user_pass = MD5('another') WHERE ID = 43")
			jose.sees("/wp-login.php", "", "")
		})
	}
}

// linkWordPress makes a folder that serves the WordPress of Debian with the settings of the example.
func linkWordPress(t *testing.T) string {
	t.Helper()
	installed, _ := filepath.Glob("/usr/share/wordpress/*")
	if len(installed) == 0 {
		testenv.Missing(t, "WordPress is not installed")
	}
	folder := t.TempDir()
	for _, file := range installed {
		if filepath.Base(file) == "wp-config.php" {
			continue
		}
		if err := os.Symlink(file, filepath.Join(folder, filepath.Base(file))); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.CopyFS(folder, os.DirFS("../examples/wordpress")); err != nil {
		t.Fatal(err)
	}
	return folder
}

// installWordPress fills in the form of the famous five minutes.
func installWordPress(t *testing.T, site string) {
	t.Helper()
	answer, err := http.PostForm(site+"/wp-admin/install.php?step=2", url.Values{"weblog_title": {"Shop"}, "user_name": {"ada"},
		"admin_password": {"difference engine"}, "admin_password2": {"difference engine"}, "admin_email": {"ada@example.com"},
		"blog_public": {"0"}})
	if err != nil {
		t.Fatal(err)
	}
	page := readAll(t, answer)
	if !strings.Contains(page, `href="`+site+`/wp-login.php"`) {
		t.Fatalf("WordPress did not install itself: %s", page)
	}
}

func readAll(t *testing.T, answer *http.Response) string {
	t.Helper()
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// logoutLink is where a visitor's question whether to log out leads.
func logoutLink(t *testing.T, v *siteVisitor) string {
	t.Helper()
	answer, err := v.client.Get(v.base + "/wp-login.php?action=logout")
	if err != nil {
		t.Fatal(err)
	}
	page := readAll(t, answer)
	link := regexp.MustCompile(`href="[^"]*(/wp-login\.php\?action=logout[^"]*)"`).FindStringSubmatch(page)
	if link == nil {
		t.Fatalf("there is no link: %s", page)
	}
	return html.UnescapeString(link[1])
}

func mustURL(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
