//go:build unix

package main

import (
	"crypto/md5"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"tawkproxy/examples/testenv"
	"tawkproxy/examples/widget"
)

// TestDokuWiki has the wiki that Debian packages, whose session cookie belongs to its folder alone. A member who comes by a link
// from another site stays logged in, and so does one who opens a page outside the wiki.
func TestDokuWiki(t *testing.T) {
	needFile(t, "dokuwiki", "/usr/share/dokuwiki/doku.php")
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Parallel()
	chromium := sharedChromium.Get(t)
	rel := md5.Sum([]byte("/dokuwiki/"))
	session := "DW" + hex.EncodeToString(rel[:]) + ".auth."
	for kind, settings := range map[string][]string{
		"php": {"TAWK_USER_ID=" + session + "user", "TAWK_USER_NAME=" + session + "info.name"},
		"site": {"TAWK_SESSION_URL=/dokuwiki/doku.php?do=index", "TAWK_SESSION_ANSWER=html",
			"TAWK_USER_ID=li.user bdi:nth-of-type(2)", "TAWK_USER_NAME=li.user bdi:nth-of-type(1)"},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			root, sessions := t.TempDir(), t.TempDir()
			if kind == "php" {
				settings = append(settings, "TAWK_PHP_SAVE_PATH="+sessions)
			}
			standin := &widget.Server{Key: demoKey}
			chat := httptest.NewServer(standin)
			t.Cleanup(chat.Close)
			program := front(t, dokuWiki(t, root, sessions), append(settings,
				"TAWK_SESSION="+kind, "TAWK_SESSION_COOKIE=DokuWiki", "TAWK_EMBED_ORIGIN="+chat.URL)...)
			t.Cleanup(func() {
				if t.Failed() {
					t.Log(program.Log())
				}
			})
			wiki := program.url + "/dokuwiki/doku.php"
			other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				w.Write([]byte("<!doctype html><title>Another site</title><a id=link href='" + wiki + "?id=start'>The wiki</a>"))
			}))
			t.Cleanup(other.Close)

			v := newVisit(t, chromium, &town{program: program, widget: standin})
			const ada = "Ada Lovelace \u2713 verified"
			v.open("/dokuwiki/doku.php?id=start&do=login").sees("visitor").told()
			v.Eval(`document.querySelector('#dokuwiki__content input[name=u]').value = 'ada';
				document.querySelector('#dokuwiki__content input[name=p]').value = 'secret';
				document.querySelector('#dokuwiki__content form [type=submit]').id = 'enter'`)
			v.click("enter").sees(ada).told("login ada")

			v.Open(strings.Replace(other.URL, "127.0.0.1", "localhost", 1))
			v.click("link").sees(ada).told("login ada")

			v.open("/").sees(ada).told()

			v.open("/dokuwiki/doku.php?id=start").sees(ada).told("login ada")
			v.Eval("document.querySelector('a.logout, .logout a').id = 'leave'")
			v.click("leave").sees("visitor").told("logout")
			v.quiet()
		})
	}
}

// dokuWiki serves the wiki under /dokuwiki/, and a page of its own at /. It has one member, ada, whose password is secret.
func dokuWiki(t *testing.T, root, sessions string) string {
	t.Helper()
	conf, data := t.TempDir(), t.TempDir()
	for to, from := range map[string]string{conf: "/etc/dokuwiki", data: "/var/lib/dokuwiki/data"} {
		if err := os.CopyFS(to, os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{
		"local.php":      "<?php $conf['savedir'] = '" + data + "'; $conf['useacl'] = 1; $conf['securecookie'] = 0; $conf['superuser'] = '@admin';",
		"users.auth.php": "ada:$2y$10$8ronIlESlEylRWyvCOgSfuXAD5dQTpqS8flb5Awh8C0VhwfZAKZpG:Ada Lovelace:ada@example.com:user\n",
		"acl.auth.php":   "* @ALL 1\n* @user 8\n",
		"where.php":      "<?php define('DOKU_CONF', '" + conf + "/');",
	} {
		os.Remove(conf + "/" + name)
		write(t, conf+"/"+name, text)
	}
	write(t, data+"/pages/start.txt", "====== Wiki ======\n")
	write(t, root+"/index.html", "<!doctype html><title>Site</title><p>Outside of the wiki.")
	if err := os.Symlink("/usr/share/dokuwiki", root+"/dokuwiki"); err != nil {
		t.Fatal(err)
	}
	settings := append(testenv.PHPExtensions(t, "xml", "dom", "simplexml", "ctype", "iconv", "gettext", "mbstring", "tokenizer"),
		"auto_prepend_file="+conf+"/where.php", "session.save_path="+sessions)
	return testenv.PHP(t, root, nil, settings...)
}
