package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alicebob/miniredis/v2"

	"tawkproxy/examples/shop"
	"tawkproxy/examples/testenv"
)

var updateCheck = flag.Bool("update", false, "write what check says into testdata/check")

// A checkedSite is a site as somebody may have set it up, and what check is told of it.
type checkedSite struct {
	t        *testing.T
	handler  http.Handler // the site; nil: one page
	header   http.Header  // of that page
	page     string       // its text; "": usual
	settings []string     // in place of the usual ones
	cookie   string       // of somebody who is logged in
	args     []string     // beside it

	names [][2]string // what differs from run to run, and what stands for it
}

const (
	usualPage = "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"csrf-token\" content=\"c4fe0a1b2c3d4e5f6a7b8c9d\">\n" +
		"<title>Teapots</title>\n<link rel=\"stylesheet\" href=\"/style.css\">\n</head>\n<body>\nTeapots.\n</body>\n</html>\n"
	checkPHPID    = "0123456789abcdefghijklmnop"
	checkSecret   = "the secret of the site's cookies"
	checkLaravel  = "../../session/kind/php/testdata/laravel/8.83-file/case.json"
	checkPHPUser  = `user|a:3:{s:2:"id";i:42;s:4:"name";s:12:"Ada Lovelace";s:5:"email";s:15:"ada@example.com";}`
	checkJSONUser = `{"cookie":{"originalMaxAge":null},"account":{"number":42,"name":"Ada Lovelace"}}`
)

func (s *checkedSite) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for name, values := range s.header {
		w.Header()[name] = values
	}
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
	}
	if s.page == "" {
		s.page = usualPage
	}
	fmt.Fprint(w, s.page)
}

// named has a name stand for a text in what check says.
func (s *checkedSite) named(name, text string) string {
	s.names = append(s.names, [2]string{name, text})
	return text
}

// folder makes a folder of files.
func (s *checkedSite) folder(files map[string]string) string {
	s.t.Helper()
	dir := s.named("FOLDER", s.t.TempDir())
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			s.t.Fatal(err)
		}
	}
	return dir
}

// php is a site whose sessions are in a folder, with one of Ada's.
func (s *checkedSite) php(settings ...string) {
	s.t.Helper()
	s.header = http.Header{"Set-Cookie": {"PHPSESSID=" + strings.Repeat("g", 26) + "; path=/; HttpOnly"}}
	dir := s.folder(map[string]string{"sess_" + checkPHPID: checkPHPUser})
	s.settings = append([]string{"TAWK_SESSION=php", "TAWK_PHP_SAVE_PATH=" + dir, "TAWK_USER_ID=user.id", "TAWK_USER_NAME=user.name",
		"TAWK_USER_EMAIL=user.email"}, settings...)
	s.cookie = "PHPSESSID=" + checkPHPID
}

// express is a site whose sessions are in Redis, under that prefix.
func (s *checkedSite) express(prefix string, settings ...string) *miniredis.Miniredis {
	s.t.Helper()
	server := miniredis.RunT(s.t)
	id := strings.Repeat("Ab3_", 8)
	if err := server.Set(prefix+id, checkJSONUser); err != nil {
		s.t.Fatal(err)
	}
	s.header = http.Header{"Set-Cookie": {"connect.sid=s%3Aguest; Path=/; HttpOnly"}}
	s.settings = append([]string{"TAWK_SESSION=express", "TAWK_EXPRESS_SECRET=" + checkSecret,
		"TAWK_SESSION_STORE=redis://" + s.named("REDIS", server.Addr()) + "/0", "TAWK_USER_ID=account.number", "TAWK_USER_NAME=account.name"}, settings...)
	mac := hmac.New(sha256.New, []byte(checkSecret))
	mac.Write([]byte(id))
	s.cookie = "connect.sid=" + url.QueryEscape("s:"+id+"."+base64.RawStdEncoding.EncodeToString(mac.Sum(nil)))
	return server
}

// sqlite makes a database of statements.
func (s *checkedSite) sqlite(statements ...string) string {
	s.t.Helper()
	file := filepath.Join(s.named("FOLDER", s.t.TempDir()), "site.sqlite")
	db, err := sql.Open("sqlite", "file:"+file)
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range append(statements, "CREATE TABLE unrelated (id TEXT)") {
		if _, err := db.Exec(statement); err != nil {
			s.t.Fatal(err)
		}
	}
	return "sqlite://" + file
}

// forum is a site with sessions in a table of its own.
func (s *checkedSite) forum(settings ...string) {
	s.t.Helper()
	s.header = http.Header{"Set-Cookie": {"forum_sid=guest; Path=/; HttpOnly"}}
	id := strings.Repeat("0123456789abcdef", 2)
	s.settings = append([]string{"TAWK_SESSION=sql", "TAWK_SESSION_COOKIE=forum_sid",
		"TAWK_USER_DSN=" + s.sqlite("CREATE TABLE members (id INTEGER, name TEXT, mail TEXT)", "INSERT INTO members VALUES (42, 'Ada Lovelace', 'ada@example.com'), (43, 'José', '')",
			"CREATE TABLE forum_sessions (sid TEXT, user_id INTEGER)", "INSERT INTO forum_sessions VALUES ('"+id+"', 42)"),
		"TAWK_SESSION_QUERY=SELECT u.id, u.name, u.mail AS email FROM forum_sessions s JOIN members u ON u.id = s.user_id WHERE s.sid = :session"}, settings...)
	s.cookie = "forum_sid=" + id
}

// laravel is a site whose cookie was captured, with settings in place of its own.
func (s *checkedSite) laravel(settings ...string) {
	s.t.Helper()
	var captured struct {
		Config struct {
			Key string `json:"app_key"`
		}
		Cases []struct{ Cookie string }
	}
	readJSON(s.t, checkLaravel, &captured)
	s.cookie = captured.Cases[0].Cookie
	s.settings = append([]string{"TAWK_SESSION=laravel", "TAWK_LARAVEL_APP_KEY=" + captured.Config.Key,
		"TAWK_SESSION_STORE=file://" + s.folder(nil)}, settings...)
}

// asked is a site that is asked, and answers guests by guest.
func (s *checkedSite) asked(guest http.HandlerFunc, settings ...string) {
	s.header = http.Header{"Set-Cookie": {"sid=guest; HttpOnly"}}
	mux := http.NewServeMux()
	mux.Handle("/", s)
	mux.HandleFunc("/api/me", func(w http.ResponseWriter, r *http.Request) {
		if sid, _ := r.Cookie("sid"); sid == nil || sid.Value != "ada" {
			guest(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"user":{"id":42,"name":"Ada Lovelace","mail":"ada@example.com"}}`)
	})
	s.handler, s.cookie = mux, "sid=ada"
	s.settings = append([]string{"TAWK_SESSION=site", "TAWK_SESSION_URL=/api/me", "TAWK_USER_ID=user.id", "TAWK_USER_NAME=user.name",
		"TAWK_USER_EMAIL=user.mail"}, settings...)
}

// forScripts is a site that answers its own scripts alone.
func (s *checkedSite) forScripts(settings ...string) {
	s.asked(status404, settings...)
	site := s.handler
	s.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/me" && r.Header.Get("X-Requested-With") != "XMLHttpRequest" {
			s.ServeHTTP(w, r)
			return
		}
		site.ServeHTTP(w, r)
	})
}

// inScript is a site whose pages name the visitor in a script.
func (s *checkedSite) inScript(id string) {
	s.asked(status404, "TAWK_SESSION_URL=/app", "TAWK_SESSION_ANSWER=html", "TAWK_USER_ID="+id,
		`TAWK_USER_NAME=script@/"name":"((?:[^"\\]|\\.)*)"/`, "TAWK_USER_EMAIL=")
	mux := s.handler.(*http.ServeMux)
	mux.HandleFunc("/app", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		user := "null"
		if sid, _ := r.Cookie("sid"); sid != nil && sid.Value == "ada" {
			user = `{"id":42,"name":"Ada \"Countess\" Lovelace","cart":7}`
		}
		fmt.Fprintf(w, "<!DOCTYPE html><title>App</title><script>start(%s)</script>", user)
	})
}

// without leaves no cookie of anybody's.
func (s *checkedSite) without() { s.cookie = "" }

func status404(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) }

// TestCheck compares what check says of sites, most of them badly set up, with testdata/check.
func TestCheck(t *testing.T) {
	for _, test := range []struct {
		name string
		code int
		site func(*checkedSite)
	}{
		// Where all is well.
		{"good_php", exitOK, func(s *checkedSite) { s.php() }},
		{"good_express", exitOK, func(s *checkedSite) { s.express("sess:") }},
		{"good_site", exitOK, func(s *checkedSite) { s.asked(status404) }},
		{"good_table", exitOK, func(s *checkedSite) {
			s.express("sess:")
			s.settings = append(s.settings, "TAWK_USER_DSN="+s.sqlite("CREATE TABLE members (number INTEGER, mail TEXT)",
				"INSERT INTO members VALUES (42, 'ada@example.com')"), "TAWK_USER_QUERY=SELECT mail AS email FROM members WHERE number = ?")
		}},
		{"good_guest", exitOK, func(s *checkedSite) { s.php(); s.without() }},
		{"good_sql", exitOK, func(s *checkedSite) { s.forum() }},
		{"good_named_value", exitOK, func(s *checkedSite) {
			s.php("TAWK_USER_QUERY=SELECT mail AS email FROM members WHERE number = :id AND name = :who", "TAWK_USER_QUERY_VALUES=who=user.name",
				"TAWK_USER_DSN="+s.sqlite("CREATE TABLE members (number INTEGER, name TEXT, mail TEXT)", "INSERT INTO members VALUES (42, 'Ada Lovelace', 'ada@example.com')"))
		}},

		// Settings.
		{"settings_missing", exitUsage, func(s *checkedSite) { s.settings = []string{"TAWK_SESSION=php"} }},
		{"key_list_with_blanks", exitFailure, func(s *checkedSite) {
			s.express("sess:", "TAWK_EXPRESS_SECRET="+checkSecret+", the older one")
			s.without()
		}},
		{"key_list_of_short_keys", exitUsage, func(s *checkedSite) { s.express("sess:", "TAWK_EXPRESS_SECRET=first, second, third") }},
		{"cipher_of_another_length", exitUsage, func(s *checkedSite) { s.laravel("TAWK_LARAVEL_CIPHER=AES-128-CBC") }},
		{"switched_off", exitFailure, func(s *checkedSite) { s.php("TAWK_ENABLED=false") }},

		// The site and its pages.
		{"site_down", exitUsage, func(s *checkedSite) {
			s.php("TAWK_UPSTREAM=http://" + s.named("NOBODY", testenv.FreeAddr(s.t)))
			s.without()
		}},
		{"site_500", exitUsage, func(s *checkedSite) {
			s.php()
			s.without()
			s.handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500); fmt.Fprint(w, "oops") })
		}},
		{"no_head", exitUsage, func(s *checkedSite) { s.php(); s.without(); s.page = "Teapots.\n" }},
		{"no_transform", exitUsage, func(s *checkedSite) {
			s.php()
			s.without()
			s.header.Set("Cache-Control", "no-transform")
		}},
		{"not_a_page", exitFailure, func(s *checkedSite) {
			s.php()
			s.without()
			s.args = []string{"/feed"}
			s.header.Set("Content-Type", "application/json")
			s.page = `{"teapots":3}`
		}},
		{"csp_blocks", exitUsage, func(s *checkedSite) {
			s.php()
			s.without()
			s.header.Set("Content-Security-Policy", "default-src 'self'")
		}},
		{"csp_extended", exitOK, func(s *checkedSite) {
			s.php("TAWK_CSP=extend")
			s.without()
			s.header.Set("Content-Security-Policy", "default-src 'self'")
		}},
		{"publicly_cached", exitFailure, func(s *checkedSite) {
			s.php()
			s.header = http.Header{"Cache-Control": {"public, max-age=600"}}
		}},
		{"publicly_cached_greeting", exitUsage, func(s *checkedSite) {
			s.php()
			s.header = http.Header{"Cache-Control": {"public, max-age=600"}}
			s.page = strings.Replace(usualPage, "Teapots.", "Hello, Ada Lovelace.", 1)
		}},
		{"chat_nowhere", exitFailure, func(s *checkedSite) { s.php("TAWK_EMBED=never"); s.without() }},
		{"good_response", exitOK, func(s *checkedSite) {
			s.settings = []string{"TAWK_SESSION=response"}
			s.cookie = "sid=ada"
			s.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Cookie") == "sid=ada" {
					w.Header().Set("X-Tawk-User-Id", "42")
				}
				s.ServeHTTP(w, r)
			})
		}},
		{"another_address", exitFailure, func(s *checkedSite) {
			s.php()
			s.without()
			s.handler = http.RedirectHandler("https://www.example.com/?token=secret", http.StatusMovedPermanently)
		}},
		{"known_by_its_address", exitOK, func(s *checkedSite) {
			s.php()
			s.args = []string{"https://www.example.com/shop"}
			s.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Host != "www.example.com" || r.Header.Get("X-Forwarded-Proto") != "https" {
					http.Redirect(w, r, "https://www.example.com/", http.StatusMovedPermanently)
					return
				}
				s.ServeHTTP(w, r)
			})
		}},
		{"redirects", exitOK, func(s *checkedSite) {
			s.php()
			s.without()
			mux := http.NewServeMux()
			mux.Handle("/{$}", http.RedirectHandler("/en/?session=secret", http.StatusFound))
			mux.Handle("/en/", s)
			s.handler = mux
		}},

		// Cookies, keys, paths.
		{"another_cookie", exitUsage, func(s *checkedSite) {
			s.php("TAWK_SESSION_COOKIE=TEAPOTS")
			s.header.Set("Set-Cookie", "PHPSESSID=guest; HttpOnly")
		}},
		{"another_cookie_for_guests", exitFailure, func(s *checkedSite) { s.php("TAWK_SESSION_COOKIE=TEAPOTS"); s.without() }},
		{"wrong_key", exitUsage, func(s *checkedSite) { s.express("sess:", "TAWK_EXPRESS_SECRET=keyboard cat") }},
		{"wrong_cipher", exitUsage, func(s *checkedSite) { s.laravel("TAWK_LARAVEL_CIPHER=AES-256-GCM") }},
		{"wrong_path", exitUsage, func(s *checkedSite) { s.php("TAWK_USER_ID=user.uid") }},
		{"wrong_email", exitFailure, func(s *checkedSite) { s.php("TAWK_USER_EMAIL=user.mail") }},
		{"session_ended", exitUsage, func(s *checkedSite) { s.php(); s.cookie = "PHPSESSID=" + strings.Repeat("z", 26) }},

		// Where sessions and users are.
		{"folder_missing", exitUsage, func(s *checkedSite) {
			s.php("TAWK_PHP_SAVE_PATH=" + s.named("MISSING", filepath.Join(s.t.TempDir(), "sessions")))
		}},
		{"folder_empty", exitUsage, func(s *checkedSite) {
			s.php("TAWK_PHP_SAVE_PATH=" + s.named("EMPTY", s.t.TempDir()))
		}},
		{"store_down", exitUsage, func(s *checkedSite) { s.express("sess:").Close() }},
		{"wrong_database_number", exitUsage, func(s *checkedSite) {
			redis := s.express("sess:")
			s.settings = append(s.settings, "TAWK_SESSION_STORE=redis://"+redis.Addr()+"/3")
		}},
		{"wrong_prefix", exitUsage, func(s *checkedSite) { s.express("shop:") }},
		{"redis_wants_a_password", exitUsage, func(s *checkedSite) { s.express("sess:").RequireAuth("pepper and salt") }},
		{"table_missing", exitUsage, func(s *checkedSite) {
			s.express("sess:")
			s.settings = append(s.settings, "TAWK_SESSION_STORE=database",
				"TAWK_USER_DSN="+s.sqlite("CREATE TABLE shop_sessions (sid TEXT)"))
		}},
		{"column_missing", exitUsage, func(s *checkedSite) {
			s.express("sess:")
			s.settings = append(s.settings, "TAWK_SESSION_STORE=database", "TAWK_USER_DSN="+s.sqlite("CREATE TABLE session (id TEXT, data TEXT)"))
		}},
		{"users_missing", exitUsage, func(s *checkedSite) {
			s.express("sess:")
			s.settings = append(s.settings, "TAWK_USER_DSN="+s.sqlite(), "TAWK_USER_QUERY=SELECT name FROM users WHERE id = ?")
		}},
		{"database_missing", exitUsage, func(s *checkedSite) {
			s.express("sess:")
			s.settings = append(s.settings, "TAWK_SESSION_STORE=database",
				"TAWK_USER_DSN=sqlite://"+s.named("MISSING", filepath.Join(s.t.TempDir(), "site.sqlite")))
		}},
		{"named_value_missing", exitUsage, func(s *checkedSite) {
			s.php("TAWK_USER_QUERY=SELECT mail AS email FROM members WHERE number = :id AND token = :tk",
				"TAWK_USER_DSN="+s.sqlite("CREATE TABLE members (number INTEGER, token TEXT, mail TEXT)", "INSERT INTO members VALUES (42, 'x', 'ada@example.com')"))
		}},
		{"sql_step", exitUsage, func(s *checkedSite) { s.forum("TAWK_SESSION_ID=base64 json:sid") }},
		{"sql_short", exitUsage, func(s *checkedSite) { s.forum("TAWK_SESSION_COOKIE=forum_u"); s.cookie = "forum_u=42" }},
		{"sql_other_id", exitUsage, func(s *checkedSite) { s.forum("TAWK_SESSION_ID=md5") }},
		{"sql_table", exitUsage, func(s *checkedSite) {
			s.forum("TAWK_SESSION_QUERY=SELECT user_id AS id FROM session WHERE sid = :session")
		}},
		{"sql_column", exitUsage, func(s *checkedSite) {
			s.forum("TAWK_SESSION_QUERY=SELECT user_id AS id FROM forum_sessions WHERE session_id = :session")
		}},
		{"sql_no_id", exitUsage, func(s *checkedSite) {
			s.forum("TAWK_SESSION_QUERY=SELECT user_id FROM forum_sessions WHERE sid = :session")
		}},
		{"sql_several", exitUsage, func(s *checkedSite) {
			s.forum("TAWK_SESSION_QUERY=SELECT u.id, u.name FROM forum_sessions s, members u WHERE s.sid = :session")
		}},
		{"sql_no_sql", exitUsage, func(s *checkedSite) {
			s.forum("TAWK_SESSION_QUERY=SELECT user_id AS id FRM forum_sessions WHERE sid = :session")
		}},
		{"sql_chooses", exitUsage, func(s *checkedSite) {
			s.forum("TAWK_SESSION_QUERY=SELECT id, name FROM members WHERE id = 42 OR name = :session")
		}},
		{"wordpress_prefix", exitUsage, func(s *checkedSite) {
			dsn := s.sqlite("CREATE TABLE wp_options (option_name TEXT, option_value TEXT)", "CREATE TABLE wp_users (ID INTEGER)",
				"CREATE TABLE wp_usermeta (user_id INTEGER)")
			s.settings = []string{"TAWK_SESSION=wordpress", "TAWK_USER_DSN=" + dsn, "TAWK_WORDPRESS_TABLE_PREFIX=shop_"}
		}},

		// The question to the site.
		{"question_redirects", exitFailure, func(s *checkedSite) {
			s.asked(func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "/login?token=secret", http.StatusFound)
			})
		}},
		{"question_for_scripts", exitUsage, func(s *checkedSite) { s.forScripts() }},
		{"question_with_headers", exitOK, func(s *checkedSite) { s.forScripts("TAWK_SESSION_HEADERS=X-Requested-With=XMLHttpRequest") }},
		{"question_refused_header", exitUsage, func(s *checkedSite) { s.forScripts("TAWK_SESSION_HEADERS=Cookie=sid=ada") }},
		{"question_in_a_script", exitOK, func(s *checkedSite) { s.inScript(`script@/"id":(\d+)/`) }},
		{"question_in_two_scripts", exitUsage, func(s *checkedSite) { s.inScript(`script@/(?:id|cart)":(\d+)/`) }},
		{"question_finds_nothing", exitUsage, func(s *checkedSite) { s.inScript(`script@/"uid":(\d+)/`) }},
		{"question_without_group", exitUsage, func(s *checkedSite) { s.inScript(`script@/"id":\d+/`) }},
		{"question_new_session", exitFailure, func(s *checkedSite) {
			s.asked(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Set-Cookie", "sid=another; HttpOnly")
				w.WriteHeader(http.StatusUnauthorized)
			})
		}},
		{"question_login_form", exitUsage, func(s *checkedSite) {
			s.asked(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				fmt.Fprint(w, `<form action="/login"><input name="user"><input type="password" name="password"></form>`)
			})
		}},
		{"question_fails", exitUsage, func(s *checkedSite) {
			s.asked(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
		}},
		{"question_many_sessions", exitFailure, func(s *checkedSite) {
			s.asked(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Set-Cookie", "sid=fresh; HttpOnly")
				w.WriteHeader(http.StatusUnauthorized)
			})
			s.header = http.Header{"Set-Cookie": {"theme=dark"}}
		}},
		{"question_names_guests", exitUsage, func(s *checkedSite) {
			s.asked(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"user":{"id":"guest-7"}}`) })
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := &checkedSite{t: t}
			test.site(s)
			code, out := s.check()
			if code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			golden := filepath.Join("testdata", "check", test.name+".txt")
			if *updateCheck {
				if err := os.WriteFile(golden, []byte(out), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if out != string(want) {
				t.Errorf("check says\n%s\nand not, as %s has it,\n%s", out, golden, want)
			}
		})
	}
}

// check runs the command, and returns what it says, with names in the place of what differs from run to run.
func (s *checkedSite) check() (code int, out string) {
	s.t.Helper()
	handler := s.handler
	if handler == nil {
		handler = s
	}
	server := httptest.NewServer(handler)
	s.t.Cleanup(server.Close)
	s.named("SITE", server.URL)
	s.names = append(s.names, [2]string{"the user of tawkproxy", self()})
	environ := append([]string{"TAWK_UPSTREAM=" + server.URL, "TAWK_PROPERTY_ID=" + demoProperty, "TAWK_SECRET_KEY=" + demoKey}, s.settings...)
	args := append([]string{"check"}, s.args...)
	if s.cookie != "" {
		args = append(args, "--cookie", s.cookie)
	}
	for range 10 {
		var stdout, stderr strings.Builder
		code = run(s.t.Context(), args, environ, &stdout, &stderr)
		if out = stdout.String() + stderr.String(); !strings.Contains(out, "a page waits no longer than") { // as on a busy machine
			break
		}
	}
	s.saysNothingSecret(environ, out)
	for _, name := range s.names {
		out = strings.ReplaceAll(out, name[1], name[0])
	}
	return code, out
}

// saysNothingSecret looks for what check was told, and what the site has sent.
func (s *checkedSite) saysNothingSecret(environ []string, out string) {
	s.t.Helper()
	secrets := []string{"c4fe0a1b2c3d4e5f", "token=secret", "session=secret", "salt"}
	for _, line := range environ {
		name, value, _ := strings.Cut(line, "=")
		if strings.Contains(name, "SECRET") || strings.Contains(name, "KEY") {
			secrets = append(secrets, value)
		}
	}
	if _, value, ok := strings.Cut(s.cookie, "="); ok && len(value) > 8 {
		decoded, _ := url.QueryUnescape(value)
		secrets = append(secrets, value, decoded)
	}
	for _, secret := range secrets {
		if strings.Contains(out, secret) {
			s.t.Errorf("check says %q:\n%s", secret, out)
		}
	}
}

// TestCheckOfTheShop asks the real shop of the demo about somebody who has logged in there.
func TestCheckOfTheShop(t *testing.T) {
	t.Parallel()
	site := httptest.NewServer(shop.New(shop.Options{}))
	t.Cleanup(site.Close)
	browser := newBrowser(t, site.URL)
	browser.post("/login", "person=ada")
	var cookies []string
	for _, cookie := range browser.client.Jar.Cookies(browser.at("/")) {
		cookies = append(cookies, cookie.Name+"="+cookie.Value)
	}
	file := filepath.Join(t.TempDir(), "cookies")
	if err := os.WriteFile(file, []byte(strings.Join(cookies, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, stderr strings.Builder
	code := run(t.Context(), []string{"check", "--json", "--cookie-file", file, "/"}, demoSettings(site.URL, "https://embed.tawk.to"), &out, &stderr)
	var said struct {
		State string
		Steps []struct{ Step, State, Says string }
	}
	if err := json.Unmarshal([]byte(out.String()), &said); err != nil {
		t.Fatalf("%v: %s%s", err, out.String(), stderr.String())
	}
	last := said.Steps[len(said.Steps)-1]
	if code != exitOK || said.State != "ok" || last.Step != "visitor" || !strings.Contains(last.Says, "Ada Lovelace") {
		t.Errorf("exit code %d: %s", code, out.String())
	}
}

func TestCheckArguments(t *testing.T) {
	for _, test := range []struct {
		args string
		want string // in what is said; "": the arguments are right
	}{
		{"/ /shop --json", ""},
		{"--cookie a=b /shop --cookie c=d", ""},
		{"shop", "a page is written as a path"},
		{"ftp://example.com/", "a page is written as a path"},
		{"--cookie abc", "a cookie is written name=value"},
		{"--cookie-file /nonexistent", "no such file"},
		{"--verbose", "its options are"},
	} {
		if _, err := parseCheck(strings.Fields(test.args)); (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.args, err, test.want)
		}
	}
}

func TestCookiesIn(t *testing.T) {
	const want = "sid=1; theme=dark"
	for _, text := range []string{
		"sid=1\ntheme=dark\n",
		"Cookie: sid=1; theme=dark\r\n",
		"# Netscape HTTP Cookie File\n#HttpOnly_example.com\tFALSE\t/\tTRUE\t0\tsid\t1\nexample.com\tFALSE\t/\tFALSE\t0\ttheme\tdark\n",
	} {
		if got := cookiesIn(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
