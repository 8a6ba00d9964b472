//go:build unix

package session

import (
	"bufio"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
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
		{name: "Redis", extensions: []string{"igbinary", "redis"}},
		{name: "Redis by igbinary", handler: "igbinary", extensions: []string{"igbinary", "redis"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			savePath := test.depth + t.TempDir()
			settings := testenv.PHPExtensions(t, test.extensions...)
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
			site := testenv.PHP(t, "../examples/php", settings...)

			path, err := ParsePHPSavePath(savePath)
			if err != nil {
				t.Fatal(err)
			}
			store, err := OpenStore(path.Store, patience)
			if err != nil {
				t.Fatal(err)
			}
			mapping := Mapping{ID: "user.id", Name: "user.name", Email: "user.email"}
			source, err := PHP(PHPOptions{Setup: Setup{Store: store, Mapping: mapping},
				SerializeHandler: test.handler, Depth: path.Depth, Prefix: path.Prefix})
			if err != nil {
				t.Fatal(err)
			}
			logInAndOut(t, site, source)
		})
	}
}

// While a real PHP writes a session again and again, its user is never taken for nobody. At worst it is unknown who that is.
func TestPHPWhileItWrites(t *testing.T) {
	dir, identify := phpSite(t, nil)
	php := exec.Command(testenv.Need(t, "php"), "testdata/php/rewrite.php", dir)
	out, err := php.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := php.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- php.Wait() }()
	for reads, unknown := 0, 0; ; reads++ {
		select {
		case err := <-ended:
			t.Logf("%d readings, %d of them unknown: %v", reads, unknown, err)
			return
		default:
		}
		u, err := identify("abcdefghijklmnopqrstuv")
		if _, certain := NobodyReason(err); certain {
			t.Fatalf("reading %d: %v", reads, err)
		} else if err != nil {
			unknown++
		} else if u.ID != "42" {
			t.Fatalf("reading %d: %q", reads, u.ID)
		}
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

// logInAndOut is two members and a stranger on the site in examples/php.
func logInAndOut(t *testing.T, site string, source Source) {
	t.Helper()
	const adaName, joseName = "Ada Lovelace", `José "Pepe" O'Neil`
	ada, jose, stranger := siteVisitorOf(t, site, source), siteVisitorOf(t, site, source), siteVisitorOf(t, site, source)

	ada.sees("/login.php", "", "")
	ada.sees("/login.php", "", "")
	ada.posts("/login.php", url.Values{"login": {"ada"}, "password": {"wrong"}})
	ada.sees("/index.php", "", "")
	ada.posts("/login.php", url.Values{"login": {"ada"}, "password": {"difference"}})
	ada.sees("/index.php", adaName, adaName)
	stranger.sees("/index.php", "", "")
	jose.posts("/login.php", url.Values{"login": {"jose"}, "password": {"tango"}})
	jose.sees("/index.php", joseName, joseName)
	ada.sees("/index.php", adaName, adaName)
	ada.sees("/logout.php", adaName, "")
	ada.sees("/index.php", "", "")
	jose.sees("/index.php", joseName, joseName)
}

// The application in examples/symfony, on a real Symfony.
func TestSymfonySite(t *testing.T) {
	sessions := t.TempDir()
	site := testenv.PHP(t, "../examples/symfony", append(testenv.PHPExtensions(t, "ctype", "tokenizer"),
		"session.save_path="+sessions, "sys_temp_dir="+t.TempDir())...)
	if page := get(t, site); !strings.Contains(page, "You are nobody.") {
		testenv.Missing(t, "php-symfony-framework-bundle and php-symfony-security-bundle are not installed")
	}
	source, err := Symfony(SymfonyOptions{PHPOptions: PHPOptions{Setup: Setup{Store: &Files{Dir: sessions, Timeout: patience}}}})
	if err != nil {
		t.Fatal(err)
	}
	const ada, jose = "Ada Lovelace", `José "Pepe" O'Neil`
	v := siteVisitorOf(t, site, source)
	stranger := siteVisitorOf(t, site, source)
	v.sees("/", "", "")
	v.posts("/login", url.Values{"_username": {"ada"}, "_password": {"wrong"}})
	v.sees("/", "", "")
	v.posts("/login", url.Values{"_username": {"ada"}, "_password": {"difference"}})
	v.sees("/", ada, ada)
	stranger.sees("/", "", "")
	v.sees("/?_switch_user=jose", ada, jose)
	v.sees("/", jose, jose)
	v.sees("/?_switch_user=_exit", jose, ada)
	v.sees("/", ada, ada)
	v.sees("/logout", ada, "")
	v.sees("/", "", "")
}

// siteVisitorOf is a visitor of the site at that URL.
func siteVisitorOf(t *testing.T, site string, source Source) *siteVisitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &siteVisitor{t: t, client: &http.Client{Jar: jar}, base: site, source: source}
}

// posts sends a form and follows where the answer leads. When that ends, PHP has written the session.
func (v *siteVisitor) posts(path string, form url.Values) {
	v.t.Helper()
	answer, err := v.client.PostForm(v.base+path, form)
	if err != nil {
		v.t.Fatal(err)
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		v.t.Fatal(err)
	}
}

func get(t *testing.T, url string) string {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
