//go:build unix

package main

import (
	"encoding/base64"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"tawkproxy/examples/testenv"
)

// TestInitSites has init find the settings of real sites, set up as their owners do, and opens the program with nothing but the lines that
// it has written: members log in, and are known.
func TestInitSites(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: six sites take seconds")
	}
	t.Parallel()
	const (
		ada  = "42 Ada Lovelace ada@example.com"
		jose = `43 José "Pepe" O'Neil jose@example.com`
	)
	for _, s := range []struct {
		liveSite
		kind  string
		build func(*testing.T) builtSite
		asks  string // beside property and key
	}{
		{kind: "php", build: builtPHP, asks: "TAWK_USER_ID", liveSite: liveSite{ada: "42", jose: "u-7f3", stored: true,
			login: form("/login.php", "login", "password"), logout: link("/logout.php")}},
		{kind: "wordpress", build: builtWordPress, liveSite: liveSite{ada: ada, jose: jose, login: wordPressLogin, logout: wordPressLogout,
			greeted: howdy}},
		{kind: "laravel", build: builtLaravel, liveSite: liveSite{ada: ada, jose: jose, stored: true, logout: link("/logout"),
			login: func(b *browser, member, password string) *http.Response {
				return form("/login", "email", "password")(b, member+"@example.com", password)
			}}},
		{kind: "symfony", build: builtSymfony, liveSite: liveSite{ada: ada, jose: `u-7f3 José "Pepe" O'Neil jose@example.com`, stored: true,
			login: form("/login", "_username", "_password"), logout: link("/logout")}},
		{kind: "rails", build: builtRails, liveSite: liveSite{ada: "42 ada@example.com", jose: "43 jose@example.com", kept: true}},
		{kind: "django", build: builtDjango, liveSite: liveSite{ada: ada, jose: jose, stored: true}},
	} {
		t.Run(s.kind, func(t *testing.T) {
			t.Parallel()
			site := s.build(t)
			person := &script{t: t, answers: map[string][]string{"TAWK_PROPERTY_ID": {demoProperty}, "TAWK_SECRET_KEY": {demoKey}, "TAWK_USER_ID": {""}}}
			r := initRun{person: person, machine: site.machine, environ: site.environ}
			began := time.Now()
			r.do(t, "--site", site.url, "--folder", site.folder)
			took := time.Since(began)
			asked := strings.Join(person.asked, " ")
			if want := strings.TrimSpace("TAWK_PROPERTY_ID TAWK_SECRET_KEY " + s.asks); asked != want {
				t.Errorf("asked for %s, want %s", asked, want)
			}
			if r.code != exitOK || !strings.Contains(r.out, "TAWK_SESSION="+s.kind) {
				t.Fatalf("exit code %d: %s%s", r.code, r.out, r.errors)
			}
			if strings.Contains(r.out+r.errors, demoKey) || site.secret != "" && strings.Contains(r.out+r.errors, site.secret) {
				t.Errorf("a secret was shown: %s", r.out)
			}
			t.Logf("%s: %d questions, %v", s.kind, len(person.asked), took.Round(time.Millisecond))
			s.settings = strings.Join(r.lines(t), "\n")
			d := s.open(newPlace(t), site.url)
			if site.opened != nil {
				site.opened(d.program.url)
			}
			d.journey()
		})
	}
}

// A builtSite is a site in a folder of its own.
type builtSite struct {
	url, folder string
	machine     fs.FS
	environ     []string         // of the site, where init is told
	secret      string           // never to be shown
	opened      func(url string) // what its owner does when visitors come by another address
}

// builtPHP is the example, with its sessions where the web server's php.ini says.
func builtPHP(t *testing.T) builtSite {
	sessions := t.TempDir()
	return builtSite{folder: "../../examples/php", url: testenv.PHP(t, "../../examples/php", nil, "session.save_path="+sessions),
		machine: fstest.MapFS{"etc/php/8.2/apache2/php.ini": {Data: fmt.Appendf(nil, "[Session]\nsession.save_path = \"%s\"\n", sessions)},
			"etc/php/8.2/cli/php.ini": {Data: []byte(";session.save_path = \"/tmp\"\n")}}}
}

// builtWordPress has the wp-config.php of WordPress' own sample, filled in.
func builtWordPress(t *testing.T) builtSite {
	const password, key = `p@ss'w\rd/#$%41&x`, `k|e'y$\ %41 "q" #`
	server := testenv.MariaDB(t)
	quoted := strings.NewReplacer(`\`, `\\`, `'`, `\'`)
	server.Exec("CREATE USER 'shop'@'localhost' IDENTIFIED BY '"+quoted.Replace(password)+"'", "GRANT ALL ON shop.* TO 'shop'@'localhost'")
	folder := wordPressFolder(t)
	sample, err := os.ReadFile(filepath.Join(folder, "wp-config-sample.php"))
	if err != nil {
		t.Fatal(err)
	}
	config := string(sample)
	for _, change := range [][2]string{
		{"'database_name_here'", "'shop'"}, {"'username_here'", "'shop'"}, {"'password_here'", "'" + quoted.Replace(password) + "'"},
		{"'localhost'", "'localhost:" + server.Socket + "'"}, {"'wp_'", "'shop7_'"},
		{"'LOGGED_IN_KEY',    'put your unique phrase here'", "'LOGGED_IN_KEY', '" + quoted.Replace(key) + "'"},
		{"'LOGGED_IN_SALT',   'put your unique phrase here'", "'LOGGED_IN_SALT', 's+a lt`'"},
		{"define( 'WP_DEBUG', false );", "define( 'WP_DEBUG', false );\ndefine( 'WP_HTTP_BLOCK_EXTERNAL', true );\ndefine( 'DISABLE_WP_CRON', true );"},
	} {
		if !strings.Contains(config, change[0]) {
			t.Fatalf("the sample has no %s", change[0])
		}
		config = strings.Replace(config, change[0], change[1], 1)
	}
	prepend, err := os.ReadFile("../../examples/wordpress/prepend.php")
	if err != nil {
		t.Fatal(err)
	}
	writeFiles(t, folder, map[string]string{"wp-config.php": config, "prepend.php": string(prepend)})
	url := serveWordPress(t, folder)
	(&door{t: t, program: &program{url: url}}).installWordPress(server, "shop7_")
	return builtSite{url: url, folder: folder, secret: key, opened: func(url string) {
		server.Exec("UPDATE shop7_options SET option_value = '" + url + "' WHERE option_name IN ('siteurl', 'home')")
	}}
}

// builtLaravel is the example with the folder config of an application, and .env.
func builtLaravel(t *testing.T) builtSite {
	needFile(t, "php-laravel-framework", "/usr/share/php/Illuminate/Session/autoload.php")
	folder := t.TempDir()
	copyFiles(t, folder, "testdata/init/laravel", "../../examples/laravel")
	key := "base64:" + base64.StdEncoding.EncodeToString([]byte("a key for trials, 32 bytes long."))
	writeFiles(t, folder, map[string]string{
		".env":                                  "APP_NAME=\"Ada's Shop\"\nAPP_KEY=" + key + "\nSESSION_DRIVER=file\nSESSION_LIFETIME=60\n",
		"composer.lock":                         `{"packages": [{"name": "laravel/framework", "version": "v8.83.26"}]}`,
		"storage/framework/sessions/.gitignore": "*\n", "database/.gitignore": "*.sqlite\n",
	})
	settings := append(testenv.PHPExtensions(t, "ctype", "mbstring", "pdo", "pdo_sqlite"), "zend_extension=opcache", "include_path=/usr/share/php")
	return builtSite{folder: folder, secret: key, url: testenv.PHP(t, folder, nil, settings...)}
}

// builtSymfony is the example with config/packages, and .env.
func builtSymfony(t *testing.T) builtSite {
	needFile(t, "php-symfony-yaml", "/usr/share/php/Symfony/Component/Yaml/Yaml.php")
	p := newPlace(t)
	folder := p.find("FOLDER")
	copyFiles(t, folder, "testdata/init/symfony", "../../examples/symfony")
	writeFiles(t, folder, map[string]string{".env": "APP_ENV=prod\nAPP_SECRET=not-one\nSESSION_HANDLER=\"file://" + folder + "/var/sessions\"\n",
		"var/sessions/.gitignore": "*\n"})
	settings := append(testenv.PHPExtensions(t, "ctype", "tokenizer"), "zend_extension=opcache", "sys_temp_dir="+t.TempDir())
	environ := []string{"APP_SECRET=not-one", "SESSION_HANDLER=file://" + folder + "/var/sessions"} // as Symfony's Dotenv would set them
	return builtSite{folder: folder, url: testenv.PHP(t, folder, environ, settings...)}
}

// builtRails is what rails new makes, with Devise.
func builtRails(t *testing.T) builtSite {
	ruby := testenv.Ruby(t, "devise", "sqlite3", "puma", "railties")
	folder := filepath.Join(t.TempDir(), "shop")
	runs(t, testenv.Need(t, "rails"), "new", folder, "--minimal", "--skip-bundle", "--skip-git", "--skip-sprockets", "-q")
	copyFiles(t, folder, "testdata/init/rails")
	return builtSite{folder: folder, url: testenv.Site(t, ruby, filepath.Join(folder, "serve.rb"), "RAILS_ENV=production")}
}

// builtDjango is what django-admin startproject makes.
func builtDjango(t *testing.T) builtSite {
	python := testenv.Python(t, "django")
	folder := t.TempDir()
	runs(t, python, "-m", "django", "startproject", "shop", folder)
	copyFiles(t, folder, "testdata/init/django")
	return builtSite{folder: folder, url: testenv.Site(t, python, filepath.Join(folder, "serve.py"))}
}

// runs runs a program to its end.
func runs(t *testing.T, program string, args ...string) {
	t.Helper()
	if out, err := exec.Command(program, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", program, err, out)
	}
}

// copyFiles copies what is in folders, over what is there already.
func copyFiles(t *testing.T, to string, from ...string) {
	t.Helper()
	for _, folder := range from {
		files := map[string]string{}
		err := fs.WalkDir(os.DirFS(folder), ".", func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			text, err := os.ReadFile(filepath.Join(folder, name))
			files[name] = string(text)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		writeFiles(t, to, files)
	}
}

func writeFiles(t *testing.T, folder string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		name = filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
