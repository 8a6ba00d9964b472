//go:build unix

package main

import (
	"encoding/base64"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tawkproxy/examples/testenv"
)

// TestPHPSite has PHP's own sessions, in files and in Redis, by each serializer.
func TestPHPSite(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: six sites in PHP take seconds")
	}
	t.Parallel()
	const redis = "tcp://$LOCKED_REDIS?auth=p%40ss&database=3&prefix=shop:"
	for _, test := range []struct {
		name, savePath, handler string
		depth                   int
		extensions              []string
	}{
		{name: "files", savePath: "$FOLDER"},
		{name: "files by php_serialize, in folders", savePath: "2;$FOLDER", depth: 2, handler: "php_serialize"},
		{name: "files by php_binary, in folders", savePath: "1;0600;$FOLDER", depth: 1, handler: "php_binary"},
		{name: "files by igbinary", savePath: "$FOLDER", handler: "igbinary", extensions: []string{"igbinary"}},
		{name: "Redis", savePath: redis, extensions: []string{"igbinary", "redis"}},
		{name: "Redis by igbinary", savePath: redis, handler: "igbinary", extensions: []string{"igbinary", "redis"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			s := liveSite{
				environ: `session.save_path="` + test.savePath + `"`,
				settings: "TAWK_SESSION=php\nTAWK_PHP_SAVE_PATH=" + test.savePath +
					"\nTAWK_USER_ID=user.id\nTAWK_USER_NAME=user.name\nTAWK_USER_EMAIL=user.email",
				ada: "42 Ada Lovelace ada@example.com", jose: `u-7f3 José "Pepe" O'Neil jose@example.com`, stored: true,
				login: form("/login.php", "login", "password"), logout: link("/logout.php"),
			}
			if test.handler != "" {
				s.environ += "\nsession.serialize_handler=" + test.handler
				s.settings += "\nTAWK_PHP_SERIALIZE_HANDLER=" + test.handler
			}
			if test.savePath == redis {
				s.environ += "\nsession.save_handler=redis"
			}
			makeFolders(t, p.find("FOLDER"), test.depth)
			settings := append(testenv.PHPExtensions(t, test.extensions...), p.lines(s.environ)...)
			s.open(p, testenv.PHP(t, "../../examples/php", nil, settings...)).journey()
		})
	}
}

// makeFolders makes the folders of a save path with depth, as the administrator of a PHP site must.
func makeFolders(t *testing.T, folder string, depth int) {
	t.Helper()
	if depth == 0 {
		return
	}
	for _, c := range "0123456789abcdef" {
		below := filepath.Join(folder, string(c))
		if err := os.Mkdir(below, 0o700); err != nil {
			t.Fatal(err)
		}
		makeFolders(t, below, depth-1)
	}
}

// TestSymfonySite has Symfony's login in each kind of store. To take on another member's account shows that member.
func TestSymfonySite(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: sites in a large framework take seconds")
	}
	t.Parallel()
	for i, s := range []liveSite{
		{name: "the files of php.ini", settings: "TAWK_PHP_SAVE_PATH=$FOLDER"},
		{name: "files", environ: "SESSION_HANDLER=file://$FOLDER", settings: "TAWK_SESSION_STORE=file://$FOLDER"},
		{name: "Redis", needs: []string{"igbinary", "redis"}, environ: "SESSION_HANDLER=redis://$REDIS",
			settings: "TAWK_SESSION_STORE=redis://$REDIS"},
		{name: "a table", needs: []string{"pdo", "pdo_sqlite"}, environ: "SESSION_HANDLER=sqlite:///$FOLDER/shop.sqlite",
			settings: "TAWK_USER_DSN=sqlite://$FOLDER/shop.sqlite\nTAWK_SESSION_STORE=database"},
	} {
		if !testenv.Sampled(i, 2) {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			s.settings += "\nTAWK_SESSION=symfony"
			s.ada, s.jose, s.stored = "42 Ada Lovelace ada@example.com", `u-7f3 José "Pepe" O'Neil jose@example.com`, true
			s.login, s.logout = form("/login", "_username", "_password"), link("/logout")
			if s.name == "a table" {
				inSQLite(t, p.find("FOLDER")+"/shop.sqlite", "CREATE TABLE sessions (sess_id TEXT NOT NULL PRIMARY KEY, "+
					"sess_data BLOB NOT NULL, sess_lifetime INTEGER NOT NULL, sess_time INTEGER NOT NULL)") // of PdoSessionHandler
			}
			d := s.open(p, runSymfony(t, p, s))
			d.journey()
			ada := d.visitor()
			ada.logsIn("ada", "secret", d.ada)
			ada.meets(ada.open("/?_switch_user=jose"), d.jose)
			ada.sees(d.jose)
			ada.meets(ada.open("/?_switch_user=_exit"), d.ada)
			ada.sees(d.ada)
		})
	}
}

// runSymfony serves the example with the Symfony of Debian. Its sessions are in $FOLDER unless it is told another place.
func runSymfony(t *testing.T, p *place, s liveSite) string {
	t.Helper()
	needFile(t, "php-symfony-framework-bundle", "/usr/share/php/Symfony/Bundle/FrameworkBundle")
	needFile(t, "php-symfony-security-bundle", "/usr/share/php/Symfony/Bundle/SecurityBundle")
	settings := append(testenv.PHPExtensions(t, append(s.needs, "ctype", "tokenizer")...), "zend_extension=opcache",
		"session.save_path="+p.find("FOLDER"), "sys_temp_dir="+t.TempDir())
	return testenv.PHP(t, "../../examples/symfony", p.lines(s.environ), settings...)
}

// TestLaravelSite has each place for Laravel's sessions, encrypted and not, by each cipher.
func TestLaravelSite(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: ten sites in a large framework take seconds")
	}
	t.Parallel()
	for i, test := range []struct {
		driver, store, cipher, encrypt string
		environ                        string
		extensions                     []string
		kept                           bool
	}{
		{driver: "file", store: "file://$FOLDER/sessions", cipher: "AES-256-CBC"},
		{driver: "file", store: "file://$FOLDER/sessions", cipher: "AES-256-GCM", encrypt: "true"},
		{driver: "database", store: "database", cipher: "AES-128-GCM"},
		{driver: "database", store: "database", cipher: "AES-128-CBC", encrypt: "true"},
		{driver: "redis", store: "redis://$REDIS", cipher: "AES-256-CBC", extensions: []string{"igbinary", "redis"}},
		{driver: "redis", store: "redis://$REDIS", cipher: "AES-256-GCM", encrypt: "true", extensions: []string{"igbinary", "redis"}},
		{driver: "mongodb", store: "$MONGO", cipher: "AES-256-CBC", environ: "MONGO=$MONGO", extensions: []string{"mongodb"}},
		{driver: "mongodb", store: "$MONGO", cipher: "AES-256-GCM", encrypt: "true", environ: "MONGO=$MONGO\nMONGO_FORM=symfony",
			extensions: []string{"mongodb"}},
		{driver: "cookie", store: "cookie", cipher: "AES-256-CBC", kept: true},
		{driver: "cookie", store: "cookie", cipher: "AES-256-GCM", encrypt: "true", kept: true},
	} {
		if !testenv.Sampled(i, 2) {
			continue
		}
		t.Run(test.driver+" "+test.cipher+" "+test.encrypt, func(t *testing.T) {
			t.Parallel()
			needFile(t, "php-laravel-framework", "/usr/share/php/Illuminate/Session/autoload.php")
			p := newPlace(t)
			key := "a key for trials, 32 bytes long."
			if strings.Contains(test.cipher, "128") {
				key = "of sixteen bytes"
			}
			key = "base64:" + base64.StdEncoding.EncodeToString([]byte(key))
			s := liveSite{
				environ: "SITE_FOLDER=$FOLDER\nAPP_KEY=" + key + "\nAPP_CIPHER=" + test.cipher + "\nSESSION_DRIVER=" + test.driver +
					"\nSESSION_ENCRYPT=" + test.encrypt + "\n" + test.environ,
				settings: "TAWK_SESSION=laravel\nTAWK_LARAVEL_APP_KEY=" + key + "\nTAWK_LARAVEL_CIPHER=" + test.cipher +
					"\nTAWK_SESSION_STORE=" + test.store + "\nTAWK_USER_DSN=sqlite://$FOLDER/site.sqlite",
				ada: "42 Ada Lovelace ada@example.com", jose: `43 José "Pepe" O'Neil jose@example.com`,
				stored: !test.kept, kept: test.kept,
				login: func(b *browser, member, password string) *http.Response {
					return form("/login", "email", "password")(b, member+"@example.com", password)
				},
				logout: link("/logout"),
			}
			if test.driver == "redis" {
				host, port, _ := strings.Cut(p.find("REDIS"), ":")
				s.environ += "\nREDIS_HOST=" + host + "\nREDIS_PORT=" + port
			}
			settings := testenv.PHPExtensions(t, append(test.extensions, "ctype", "mbstring", "pdo", "pdo_sqlite")...)
			settings = append(settings, "zend_extension=opcache", "include_path=/usr/share/php")
			s.open(p, testenv.PHP(t, "../../examples/laravel", p.lines(s.environ), settings...)).journey()
		})
	}
}
