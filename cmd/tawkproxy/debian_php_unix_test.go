//go:build unix

package main

import (
	"html"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"tawkproxy/examples/testenv"
	"tawkproxy/inject"
)

// TestPHPPrograms follows the links of programs in PHP that Debian has.
func TestPHPPrograms(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: hundreds of pages of large programs take seconds")
	}
	t.Parallel()
	extensions := []string{"xml", "dom", "simplexml", "ctype", "iconv", "gettext", "mbstring", "tokenizer", "mysqlnd", "mysqli"}

	t.Run("DokuWiki", func(t *testing.T) {
		t.Parallel()
		needFile(t, "dokuwiki", "/usr/share/dokuwiki/doku.php")
		folder := t.TempDir()
		if err := os.CopyFS(folder+"/data", os.DirFS("/var/lib/dokuwiki/data")); err != nil {
			t.Fatal(err)
		}
		write(t, folder+"/conf/local.php", "<?php $conf['savedir'] = '"+folder+"/data'; $conf['gzip_output'] = 1;")
		write(t, folder+"/where.php", "<?php define('DOKU_CONF', '"+folder+"/conf/');")
		write(t, folder+"/data/pages/start.txt", "====== Wiki ======\n[[wiki:syntax]] [[wiki:dokuwiki]] [[playground:playground]]\n")
		settings := append(testenv.PHPExtensions(t, extensions...), "zend_extension=opcache", "auto_prepend_file="+folder+"/where.php")
		newCrawl(t, behind(t, testenv.PHP(t, "/usr/share/dokuwiki", nil, settings...))).from(60, "/doku.php", "/doku.php?id=wiki:syntax",
			"/doku.php?id=wiki:syntax&do=edit", "/doku.php?id=nowhere", "/doku.php?do=index", "/feed.php",
			"/lib/exe/mediamanager.php", "/nowhere.php").explain(40)
	})
	t.Run("WordPress", func(t *testing.T) {
		t.Parallel()
		crawl := newCrawl(t, behind(t, wordPress(t, testenv.MariaDB(t))))
		crawl.visit("/wp-admin/install.php")
		crawl.post("/wp-admin/install.php?step=2", wordPressInstall)
		crawl.from(20, "/", "/wp-login.php", "/?p=1", "/?s=hello", "/?p=99", "/?feed=rss2", "/wp-login.php?action=lostpassword")
		crawl.post("/wp-login.php", url.Values{"log": {"ada"}, "pwd": {"wrong"}})
		crawl.post("/wp-login.php", url.Values{"log": {"ada"}, "pwd": {"secret"}})
		crawl.shows("/wp-admin/", `id="wpadminbar"`)
		crawl.from(45, "/", "/wp-admin/").explain(35)
	})
	t.Run("phpMyAdmin", func(t *testing.T) {
		t.Parallel()
		needFile(t, "phpmyadmin", "/usr/share/phpmyadmin/index.php")
		database := testenv.MariaDB(t)
		database.Exec("ALTER USER root@localhost IDENTIFIED BY 'secret'", "CREATE TABLE shop.people (id INT PRIMARY KEY, name TEXT)",
			"INSERT INTO shop.people VALUES (1, '</head><script>'), (2, 'José')")
		settings := append(testenv.PHPExtensions(t, extensions...), "zend_extension=opcache", "mysqli.default_socket="+database.Socket)
		crawl := newCrawl(t, behind(t, testenv.PHP(t, "/usr/share/phpmyadmin", nil, settings...)))
		var doors []string
		for _, language := range languages {
			doors = append(doors, "/index.php?lang="+strings.ReplaceAll(strings.ToLower(language), "-", "_"))
		}
		crawl.from(20, append(doors, "/index.php?route=/database/sql", "/url.php")...)
		token := regexp.MustCompile(`name="token" value="([^"]+)"`).FindSubmatch(crawl.visit("/index.php"))
		if token == nil {
			t.Fatal("no form to log in")
		}
		form := url.Values{"pma_username": {"root"}, "server": {"1"}, "token": {html.UnescapeString(string(token[1]))}}
		form.Set("pma_password", "secret")
		crawl.post("/index.php", form)
		crawl.shows("/index.php?route=/sql&db=shop&table=people", "José")
		crawl.from(60, "/index.php", "/index.php?route=/database/structure&db=shop",
			"/index.php?route=/table/structure&db=shop&table=people", "/index.php?route=/server/variables").explain(45, inject.Status)
	})
	t.Run("phpSysInfo", func(t *testing.T) {
		t.Parallel()
		needFile(t, "phpsysinfo", "/usr/share/phpsysinfo/index.php")
		newCrawl(t, behind(t, testenv.PHP(t, "/usr/share/phpsysinfo", nil, testenv.PHPExtensions(t, extensions...)...))).from(20,
			"/index.php?disp=static", "/index.php?disp=bootstrap", "/index.php?disp=dynamic", "/xml.php", "/nowhere").explain(3)
	})
}
