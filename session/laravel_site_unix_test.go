//go:build unix

package session

import (
	"encoding/base64"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"tawkproxy/examples/testenv"
)

// The site in examples/laravel, on the components of a real Laravel: members log in and out, with every place for sessions that
// needs no server, encrypted and not, by each kind of cipher.
func TestLaravelSite(t *testing.T) {
	if _, err := os.Stat("/usr/share/php/Illuminate/Session/autoload.php"); err != nil {
		testenv.Missing(t, "Laravel is not installed")
	}
	extensions := testenv.PHPExtensions(t, "ctype", "mbstring", "pdo", "pdo_sqlite")
	for _, test := range []struct{ name, driver, cipher, key, encrypt string }{
		{"files", "file", "AES-256-CBC", "a key for trials, 32 bytes long.", ""},
		{"files, encrypted", "file", "AES-256-GCM", "a key for trials, 32 bytes long.", "true"},
		{"a table", "database", "AES-128-GCM", "of sixteen bytes", ""},
		{"a table, encrypted", "database", "AES-128-CBC", "of sixteen bytes", "true"},
		{"a second cookie", "cookie", "AES-256-CBC", "a key for trials, 32 bytes long.", ""},
		{"a second cookie, encrypted", "cookie", "AES-256-GCM", "a key for trials, 32 bytes long.", "true"},
	} {
		t.Run(test.name, func(t *testing.T) {
			folder := t.TempDir()
			t.Setenv("SITE_FOLDER", folder)
			t.Setenv("APP_KEY", "base64:"+base64.StdEncoding.EncodeToString([]byte(test.key)))
			t.Setenv("APP_CIPHER", test.cipher)
			t.Setenv("SESSION_DRIVER", test.driver)
			t.Setenv("SESSION_ENCRYPT", test.encrypt)
			site := testenv.PHP(t, "../examples/laravel", append(extensions, "include_path=/usr/share/php")...)
			get(t, site) // makes its tables

			database := openDatabase(t, "sqlite://"+filepath.Join(folder, "site.sqlite"))
			o := LaravelOptions{Keys: [][]byte{[]byte(test.key)}, Cipher: test.cipher, Database: database}
			switch test.driver {
			case "file":
				o.Store = &Files{Dir: filepath.Join(folder, "sessions"), Timeout: patience}
			case "database":
				o.Store = &Table{Database: database}
			}
			source, err := Laravel(o)
			if err != nil {
				t.Fatal(err)
			}
			const adaName, joseName = "Ada Lovelace", `José "Pepe" O'Neil`
			ada, jose, stranger := siteVisitorOf(t, site, source), siteVisitorOf(t, site, source), siteVisitorOf(t, site, source)
			ada.sees("/", "", "")
			ada.posts("/login", url.Values{"email": {"ada@example.com"}, "password": {"wrong"}})
			ada.sees("/", "", "")
			ada.posts("/login", url.Values{"email": {"ada@example.com"}, "password": {"difference"}})
			ada.sees("/", adaName, adaName)
			stranger.sees("/", "", "")
			jose.posts("/login", url.Values{"email": {"jose@example.com"}, "password": {"tango"}})
			jose.sees("/", joseName, joseName)
			before := ada.client.Jar.Cookies(mustURL(t, site))
			ada.sees("/logout", adaName, "")
			ada.sees("/", "", "")
			jose.sees("/", joseName, joseName)

			replay := httptest.NewRequest("GET", site, nil)
			for _, c := range before {
				replay.AddCookie(c)
			}
			_, err = source.Identify(replay, nil)
			if reason, _ := NobodyReason(err); reason != NoRecord && test.driver != "cookie" {
				t.Errorf("the cookie of before the logout: %v", err) // the driver cookie cannot take a login back
			}
		})
	}
}
