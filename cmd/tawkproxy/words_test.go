package main

import (
	"database/sql"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite"
)

// answeringAt is a site of ordinary pages that answers with something else at one path; "*": at all.
func answeringAt(t *testing.T, path string, answer http.HandlerFunc) string {
	t.Helper()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == path || path == "*" {
			answer(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "private")
		io.WriteString(w, "<!DOCTYPE html><html><head><title>Site</title></head><body>Site")
	}))
	t.Cleanup(site.Close)
	return site.URL
}

// sqliteWith makes a database.
func sqliteWith(t *testing.T, statements ...string) (dsn string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "site.sqlite")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range statements {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	return "sqlite://" + path
}

// A mistaken set-up is one in which something is wrong.
type mistaken struct {
	site     string
	settings []string
	cookie   string
	says     string // parts of one line of the log, which there is once, separated by " & "
}

// visited returns the log of some visits.
func (c mistaken) visited(t *testing.T) (log string) {
	t.Helper()
	p := front(t, c.site, append(c.settings, "TAWK_ADMIN_LISTEN=off")...)
	b := newBrowser(t, p.url)
	visits := fewVisits + 1
	if strings.Contains(c.says, "of nobody yet") {
		visits = lackingMany
	}
	for i := range visits {
		path := "/"
		if i == 0 {
			path = "/first"
		}
		b.read(b.open(path, "Cookie", c.cookie, "Sec-Fetch-Dest", "document", "Sec-Fetch-Site", "none", "X-Auth-User", "x"))
		b.asked("Cookie", c.cookie)
	}
	p.stop()
	return p.Log()
}

// linesWith counts the lines of visits that have all of these parts.
func linesWith(log string, parts []string) (found int) {
lines:
	for line := range strings.Lines(log) {
		if strings.Contains(line, "what visits are looked up in") { // at the start, before any of them
			continue
		}
		for _, part := range parts {
			if !strings.Contains(line, part) && !strings.Contains(line, strings.NewReplacer("<", `\u003c`, "&", `\u0026`).Replace(part)) {
				continue lines
			}
		}
		found++
	}
	return found
}

// What is wrong is said at the first visit that shows it, once, with the setting that was really used.
func TestWords(t *testing.T) {
	t.Parallel()
	reply := func(status int, kind, body string, header ...string) string {
		return answeringAt(t, "/me", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", kind)
			for i := 0; i < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(status)
			io.WriteString(w, body)
		})
	}
	ask := []string{"TAWK_SESSION=site", "TAWK_SESSION_URL=/me", "TAWK_USER_ID=user.id"}
	askPage := []string{"TAWK_SESSION=site", "TAWK_SESSION_URL=/me", "TAWK_SESSION_ANSWER=html", "TAWK_USER_ID=.user"}

	plain := answeringAt(t, "", nil)
	const id = "abcdefghijklmnopqrstuvwxyz"
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "sess_"+id), []byte(`uid|i:42;full-name|s:3:"Ada";`), 0o600); err != nil {
		t.Fatal(err)
	}
	php := func(more ...string) []string {
		return append([]string{"TAWK_SESSION=php", "TAWK_PHP_SAVE_PATH=" + folder, "TAWK_USER_ID=uid"}, more...)
	}
	if err := os.WriteFile(filepath.Join(folder, "notes"), []byte(strings.Repeat("not a database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	users := sqliteWith(t, "CREATE TABLE users (id integer, name text)", "INSERT INTO users VALUES (42, NULL)")
	django := func(dsn string, more ...string) []string {
		return append([]string{"TAWK_SESSION=django", "TAWK_DJANGO_SECRET_KEY=django-insecure-key", "TAWK_USER_DSN=" + dsn}, more...)
	}
	wordpress := "wordpress_logged_in_0123456789abcdef0123456789abcdef=ada%7C9999999999%7Cabc%7Cdef"

	for name, c := range map[string]mistaken{
		"a question is redirected to a login": {reply(302, "text/html", "", "Location", "/login"), ask, "s=1",
			"INFO & redirects the question to its login & TAWK_SESSION_URL"},
		"a question is redirected to a page about somebody": {reply(302, "text/html", "", "Location", "/users/ada"), ask, "s=1",
			"INFO & redirects the question to another page & in a browser in which you are logged in"},
		"a question lacks a slash": {reply(301, "text/html", "", "Location", "/me/"), ask, "s=1",
			"WARN & but for the slash at its end & write that path into TAWK_SESSION_URL: /me/"},
		"a question is redirected to another host": {reply(301, "text/html", "", "Location", "https://www.shop.example/me"), ask, "s=1",
			"WARN & redirects the question to another host & Host header"},
		"a question is redirected to https": {answeringAt(t, "/me", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://"+r.Host+"/me", http.StatusMovedPermanently)
		}), ask, "s=1", "redirects the question to https & X-Forwarded-Proto: https & TAWK_TRUSTED_PROXIES"},
		"an HTML page in the place of JSON": {reply(200, "text/html", "<!DOCTYPE html><p>app"), ask, "s=1",
			"INFO & an HTML page, not JSON & answers scripts with JSON & TAWK_SESSION_ANSWER=html"},
		"a form to log in in the place of JSON": {reply(200, "text/html", "<form><input type=password>"), ask, "s=1",
			"INFO & a page with a form to log in, not JSON"},
		"no such page to ask": {reply(404, "text/html", "<p>Not found"), ask, "s=1", "404 Not Found & is there such a page as TAWK_SESSION_URL"},
		"a cookie of another kind": {plain, php("TAWK_SESSION_COOKIE=laravel_session"), "laravel_session=eyJpdiI6IkFBQUEiLCJ2YWx1ZSI6IkFBQUEifQ==",
			"INFO & malformed & the cookie looks like one of TAWK_SESSION=laravel: choose that"},
		"no path to ask": {plain, []string{"TAWK_SESSION=response"}, "", "WARN & there is no path to ask & set TAWK_SESSION_URL"},
		"no header": {plain, []string{"TAWK_SESSION=header", "TAWK_USER_ID=Remote-User", "TAWK_TRUSTED_PROXIES=127.0.0.1"}, "",
			"INFO & no_user & does the proxy in front send the header of TAWK_USER_ID"},
		"another header": {plain, []string{"TAWK_SESSION=header", "TAWK_USER_ID=Remote-User", "TAWK_TRUSTED_PROXIES=127.0.0.1"}, "",
			"INFO & the proxy in front sends another header & \"request_has\":\"X-Auth-User\" & TAWK_USER_ID"},
		"another header of the site": {answeringAt(t, "*", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-User-Id", "42")
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, "<!DOCTYPE html><html><head></head>")
		}), []string{"TAWK_SESSION=response"}, "", "INFO & the site sends another header & \"site_sends\":\"X-User-Id\" & TAWK_USER_ID"},
		"a path of another language": {reply(200, "application/json", `{"user":{"id":42}}`),
			[]string{"TAWK_SESSION=site", "TAWK_SESSION_URL=/me", "TAWK_USER_ID=$.user.id"}, "s=1",
			"WARN & TAWK_USER_ID: is not written as a path into JSON & user.id or users.0.id"},
		"three elements": {reply(200, "text/html", "<b class=user>1</b><b class=user>2</b><b class=user>3</b>"), askPage, "s=1",
			"WARN & 3 elements match .user, one is needed & let TAWK_USER_ID match"},
		"two matches": {reply(200, "text/html", `<script>user:"1"</script><script>user:"2"</script>`),
			append(ask[:2:2], "TAWK_SESSION_ANSWER=html", `TAWK_USER_ID=script@/user:"(\d+)"/`), "s=1",
			"WARN & ambiguous: script@/ & finds 2 different texts on the page & let TAWK_USER_ID find nothing but the visitor's own id"},
		"a match that is cut": {reply(200, "text/html", `<script>user:"a\"b"</script>`),
			append(ask[:2:2], "TAWK_SESSION_ANSWER=html", `TAWK_USER_ID=script@/user:"([^"]+)"/`), "s=1",
			"WARN & in the middle of an escape & let the group be the whole text between the quotation marks"},
		"no match": {reply(200, "text/html", `<script>usr:"1"</script>`),
			append(ask[:2:2], "TAWK_SESSION_ANSWER=html", `TAWK_USER_ID=script@/user:"(\d+)"/`), "s=1",
			"a session has no user & its expression finds nothing there"},
		"an answer for scripts alone": {reply(200, "text/html", "<!DOCTYPE html><p>app"), ask, "s=1",
			"INFO & an HTML page, not JSON & TAWK_SESSION_HEADERS=X-Requested-With=XMLHttpRequest asks as they do"},
		"a question that is not welcome": {reply(406, "text/plain", ""), ask, "s=1",
			"INFO & 406 Not Acceptable & TAWK_SESSION_HEADERS sends such as Accept"},
		"no element": {reply(200, "text/html", "<b class=usr>1</b>"), askPage, "s=1",
			"a session has no user & no element of the page that has a text matches .user"},

		"a name that is never found": {plain, php("TAWK_USER_NAME=fullname"), "PHPSESSID=" + id,
			"INFO & somebody is recognised, but a detail is not found & \"path\":\"fullname\",\"setting\":\"TAWK_USER_NAME\""},
		"an e-mail address that is never found": {plain, php("TAWK_USER_EMAIL=mail"), "PHPSESSID=" + id,
			"WARN & a detail was found of nobody yet & \"path\":\"mail\",\"setting\":\"TAWK_USER_EMAIL\",\"visits\":20"},
		"columns of other names": {plain, php("TAWK_USER_DSN="+users, "TAWK_USER_QUERY=SELECT name AS full_name FROM users WHERE id = ?"), "PHPSESSID=" + id,
			"INFO & but a detail is not found & TAWK_USER_QUERY & SELECT full_name AS name"},

		"another cookie": {plain, php(), "shop_session=1", "request_has\":\"shop_session & TAWK_SESSION_COOKIE, which is not set"},
		"another cookie is set": {answeringAt(t, "/", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Set-Cookie", "shop_session=1; HttpOnly")
		}), php("TAWK_SESSION_COOKIE=sid"), "", "site_sets\":\"shop_session & TAWK_SESSION_COOKIE, which has another"},

		"a folder that is not there": {plain, php("TAWK_PHP_SAVE_PATH=" + folder + "/none"), "PHPSESSID=" + id,
			"no such file or directory & TAWK_PHP_SAVE_PATH names what is not here"},
		"another folder": {plain, php("TAWK_PHP_SAVE_PATH=" + t.TempDir()), "PHPSESSID=" + id,
			"INFO & no_record & is what TAWK_PHP_SAVE_PATH names where the site keeps its sessions"},
		"a store where nothing listens": {plain, php("TAWK_PHP_SAVE_PATH=tcp://127.0.0.1:1"), "PHPSESSID=" + id,
			"connection refused & nothing listens where TAWK_PHP_SAVE_PATH says"},
		"another way of writing": {plain, php("TAWK_PHP_SERIALIZE_HANDLER=php_serialize"), "PHPSESSID=" + id,
			"not of serialize handler php_serialize, but of php & are the sessions written as TAWK_PHP_SERIALIZE_HANDLER says"},

		"no table of sessions": {plain, django(users), "sessionid=" + id + "012345",
			"no such table: django_session & the table django_session (the usual one of TAWK_SESSION=django, as TAWK_SESSION_TABLE is not set) " +
				"in the database of TAWK_USER_DSN"},
		"another's table of sessions": {plain, django(users, "TAWK_SESSION_STORE=database", "TAWK_SESSION_TABLE=users"), "sessionid=" + id + "012345",
			"no such column: session_key & the table users (by TAWK_SESSION_TABLE) & of another framework"},
		"a table of sessions in a database of its own": {plain, django(users, "TAWK_SESSION_STORE="+sqliteWith(t, "CREATE TABLE x (y)")),
			"sessionid=" + id + "012345", "no such table: django_session & in the database of TAWK_SESSION_STORE"},
		"no file of a database": {plain, django("sqlite:///nonexistent/site.sqlite"), "sessionid=" + id + "012345",
			"unable to open database file & the file that TAWK_USER_DSN names is not here, or may not be opened by the user"},
		"another file": {plain, django("sqlite://" + filepath.Join(folder, "notes")), "sessionid=" + id + "012345",
			"cannot tell who is logged in & not a database & is the file that TAWK_USER_DSN names the site's database"},
		"a database where nothing listens": {plain, django("mysql://u:hidden@127.0.0.1:1/site"), "sessionid=" + id + "012345",
			"connection refused & nothing listens where TAWK_USER_DSN says"},
		"another prefix": {plain, []string{"TAWK_SESSION=wordpress", "TAWK_WORDPRESS_LOGGED_IN_KEY=key", "TAWK_WORDPRESS_LOGGED_IN_SALT=salt",
			"TAWK_USER_DSN=" + users}, wordpress, "no such table: wp_options & by TAWK_WORDPRESS_TABLE_PREFIX"},
		"a query about a column that is not there": {plain, php("TAWK_USER_DSN="+users, "TAWK_USER_QUERY=SELECT mail FROM users WHERE id = ?"), "PHPSESSID=" + id,
			"no such column: mail & TAWK_USER_QUERY asks for a column"},
		"a query about a table that is not there": {plain, php("TAWK_USER_DSN="+users, "TAWK_USER_QUERY=SELECT name FROM people WHERE id = ?"), "PHPSESSID=" + id,
			"no such table: people & TAWK_USER_QUERY asks for a table"},
		"a query that finds nobody": {plain, php("TAWK_USER_DSN="+users, "TAWK_USER_QUERY=SELECT name FROM users WHERE id = ? AND id <> 42"), "PHPSESSID=" + id,
			"the site's database does not know the user & TAWK_USER_QUERY"},

		"an endless redirect to https": {answeringAt(t, "/", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://"+r.Host+"/", http.StatusMovedPermanently)
		}), php(), "", "WARN & redirects a visitor to https again and again & X-Forwarded-Proto: https"},
		"a site of another name": {answeringAt(t, "/", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://www.shop.example/", http.StatusMovedPermanently)
		}), php(), "", "WARN & to another host, past tawkproxy & \"to\":\"www.shop.example\" & siteurl"},
		"a site that knows its own name alone": {answeringAt(t, "*", func(w http.ResponseWriter, r *http.Request) {
			http.Error(w, "DisallowedHost", http.StatusBadRequest)
		}), php(), "", "WARN & answered every page so far with an error & \"status\":400,\"pages\":5,\"host\":\"127.0.0.1\" & ALLOWED_HOSTS"},

		"keys beside": {plain, php("TAWK_USER_ID=user-id", "TAWK_LOG_LEVEL=debug"), "PHPSESSID=" + id,
			"DEBUG & there is no user at user-id, but full-name, uid & \"path\":\"/first\""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log, found := "", 0
			for range 10 {
				log = c.visited(t)
				found = linesWith(log, strings.Split(c.says, " & "))
				if found == 1 || !strings.Contains(log, "deadline exceeded") { // as on a busy machine
					break
				}
			}
			if found != 1 {
				t.Errorf("%d lines with %s:\n%s", found, c.says, log)
			}
			for _, private := range []string{"hidden", "Ada", "ada", id} {
				if strings.Contains(log, private) {
					t.Errorf("%s stands in the log:\n%s", private, log)
				}
			}
		})
	}
}
