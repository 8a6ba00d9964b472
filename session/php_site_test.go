package session

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tawkproxy/examples/testenv"
)

// The site in examples/php, served by a real PHP, with its sessions in files and in a real Redis.
func TestPHPSite(t *testing.T) {
	tests := []struct {
		name, handler string
		depth         string
		extensions    []string
	}{
		{name: "files"},
		{name: "files by php_serialize, in folders", handler: "php_serialize", depth: "2;"},
		{name: "files by php_binary, in folders", handler: "php_binary", depth: "1;0600;"},
		{name: "files by igbinary", handler: "igbinary", extensions: []string{"igbinary"}},
		{name: "Redis", extensions: []string{"redis"}},
		{name: "Redis by igbinary", handler: "igbinary", extensions: []string{"redis", "igbinary"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			savePath := test.depth + t.TempDir()
			settings := []string{"session.sid_bits_per_character=4"}
			if strings.HasPrefix(test.name, "Redis") {
				server := testenv.Redis(t)
				server.Do("CONFIG", "SET", "requirepass", "p@ss")
				savePath = "tcp://" + server.Addr + "?auth=p%40ss&database=3&prefix=shop:"
				settings = append(settings, "session.save_handler=redis")
			} else {
				makeFolders(t, savePath)
			}
			if test.handler != "" {
				settings = append(settings, "session.serialize_handler="+test.handler)
			}
			settings = append(settings, `session.save_path="`+savePath+`"`)
			site := testenv.PHP(t, "../examples/php", settings, test.extensions...)

			path, err := ParsePHPSavePath(savePath)
			if err != nil {
				t.Fatal(err)
			}
			store, err := OpenStore(path.Store, patience)
			if err != nil {
				t.Fatal(err)
			}
			source, err := PHP(PHPOptions{Setup: Setup{Store: store, Mapping: Mapping{ID: "user.id", Name: "user.name", Email: "user.email"}},
				SerializeHandler: test.handler, Depth: path.Depth, Prefix: path.Prefix})
			if err != nil {
				t.Fatal(err)
			}
			logInAndOut(t, site, source)
		})
	}
}

// makeFolders makes the folders of a save path with depth, as the administrator of a PHP site must.
func makeFolders(t *testing.T, savePath string) {
	t.Helper()
	path, err := ParsePHPSavePath(savePath)
	if err != nil {
		t.Fatal(err)
	}
	dirs := []string{strings.TrimPrefix(path.Store, "file://")}
	for range path.Depth {
		var below []string
		for _, dir := range dirs {
			for _, c := range "0123456789abcdef" {
				below = append(below, filepath.Join(dir, string(c)))
			}
		}
		dirs = below
	}
	for _, dir := range dirs {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
}

// logInAndOut is two members and a stranger on a site that has login.php, index.php and logout.php.
func logInAndOut(t *testing.T, site string, source Source) {
	t.Helper()
	visitor := func() *siteVisitor {
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		return &siteVisitor{t: t, client: &http.Client{Jar: jar}, base: site, source: source}
	}
	logIn := func(v *siteVisitor, login, password string) {
		answer, err := v.client.PostForm(site+"/login.php", url.Values{"login": {login}, "password": {password}})
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
	}
	ada, jose, stranger := visitor(), visitor(), visitor()

	ada.sees("/login.php", "", "")
	ada.sees("/login.php", "", "")
	logIn(ada, "ada", "wrong")
	ada.sees("/index.php", "", "")
	logIn(ada, "ada", "difference")
	ada.sees("/index.php", "Ada Lovelace", "Ada Lovelace")
	stranger.sees("/index.php", "", "")
	logIn(jose, "jose", "tango")
	jose.sees("/index.php", `José "Pepe" O'Neil`, `José "Pepe" O'Neil`)
	ada.sees("/index.php", "Ada Lovelace", "Ada Lovelace")
	ada.sees("/logout.php", "Ada Lovelace", "")
	ada.sees("/index.php", "", "")
	jose.sees("/index.php", `José "Pepe" O'Neil`, `José "Pepe" O'Neil`)
}
