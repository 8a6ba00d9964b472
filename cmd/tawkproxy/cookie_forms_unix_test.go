//go:build unix

package main

import (
	"encoding/base64"
	"net/http"
	"testing"

	"tawkproxy/examples/testenv"
)

// TestCookieFormsPHP has PHP's own sessions, Symfony's and Laravel's, which takes a second cookie, and WordPress' own.
func TestCookieFormsPHP(t *testing.T) {
	if testing.Short() {
		t.Skip("hundreds of pages from each of many sites")
	}
	t.Parallel()
	t.Run("php", func(t *testing.T) {
		t.Parallel()
		p := newPlace(t)
		s := liveSite{
			settings: "TAWK_SESSION=php\nTAWK_PHP_SAVE_PATH=$FOLDER\nTAWK_SESSION_COOKIE=my_shop\n" +
				"TAWK_USER_ID=user.id\nTAWK_USER_NAME=user.name\nTAWK_USER_EMAIL=user.email",
			ada: "42 Ada Lovelace ada@example.com", jose: `u-7f3 José "Pepe" O'Neil jose@example.com`, stored: true,
			login: form("/login.php", "login", "password"), logout: link("/logout.php"),
		}
		settings := p.lines("session.save_path=$FOLDER\nsession.name=my_shop")
		s.open(p, testenv.PHP(t, "../../examples/php", nil, settings...)).compareCookies(3)
	})
	t.Run("symfony", func(t *testing.T) {
		t.Parallel()
		p := newPlace(t)
		s := liveSite{
			settings: "TAWK_SESSION=symfony\nTAWK_PHP_SAVE_PATH=$FOLDER",
			ada:      "42 Ada Lovelace ada@example.com", jose: `u-7f3 José "Pepe" O'Neil jose@example.com`, stored: true,
			login: form("/login", "_username", "_password"), logout: link("/logout"),
		}
		s.open(p, runSymfony(t, p, s)).compareCookies(3)
	})
	t.Run("wordpress", func(t *testing.T) {
		t.Parallel()
		p := newPlace(t)
		server := testenv.MariaDB(t)
		p.named["DATABASE"] = server.URL("root", "")
		s := liveSite{
			settings: "TAWK_SESSION=wordpress\nTAWK_USER_DSN=$DATABASE\nTAWK_WORDPRESS_LOGGED_IN_KEY=a key\nTAWK_WORDPRESS_LOGGED_IN_SALT=salt",
			environ:  "WORDPRESS_LOGGED_IN_KEY=a key\nWORDPRESS_LOGGED_IN_SALT=salt",
			ada:      "42 Ada Lovelace ada@example.com", jose: `43 José "Pepe" O'Neil jose@example.com`,
			login: wordPressLogin, logout: wordPressLogout, greeted: howdy, slow: true,
		}
		d := s.open(p, wordPress(t, server, p.lines(s.environ)...))
		d.installWordPress(server, "wp_")
		d.compareCookies(3)
	})
	for _, driver := range []string{"file", "cookie"} {
		t.Run("laravel "+driver, func(t *testing.T) {
			t.Parallel()
			needFile(t, "php-laravel-framework", "/usr/share/php/Illuminate/Session/autoload.php")
			p := newPlace(t)
			key := "base64:" + base64.StdEncoding.EncodeToString([]byte("a key for trials, 32 bytes long."))
			store := "cookie"
			if driver == "file" {
				store = "file://$FOLDER/sessions"
			}
			s := liveSite{
				environ: "SITE_FOLDER=$FOLDER\nAPP_KEY=" + key + "\nSESSION_DRIVER=" + driver,
				settings: "TAWK_SESSION=laravel\nTAWK_LARAVEL_APP_KEY=" + key + "\nTAWK_SESSION_STORE=" + store +
					"\nTAWK_USER_DSN=sqlite://$FOLDER/site.sqlite",
				ada: "42 Ada Lovelace ada@example.com", jose: `43 José "Pepe" O'Neil jose@example.com`,
				stored: driver == "file", kept: driver == "cookie",
				login: func(b *browser, member, password string) *http.Response {
					return form("/login", "email", "password")(b, member+"@example.com", password)
				},
				logout: link("/logout"),
			}
			settings := append(testenv.PHPExtensions(t, "ctype", "mbstring", "pdo", "pdo_sqlite"), "zend_extension=opcache",
				"include_path=/usr/share/php")
			s.open(p, testenv.PHP(t, "../../examples/laravel", p.lines(s.environ), settings...)).compareCookies(30) // PHP passes over marks that are no base 64
		})
	}
}
