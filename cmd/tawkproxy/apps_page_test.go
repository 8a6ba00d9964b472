package main

import (
	"database/sql"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tawkproxy/config"
	"tawkproxy/examples/testenv"
	"tawkproxy/session"
	"tawkproxy/session/kind"
	"tawkproxy/session/kinds"
	"tawkproxy/session/sessiontest"
)

// An app is an application of docs/apps.md that did not stand behind tawkproxy here: tables as its own schema has them, of the columns that
// matter, with rows as it writes them, or what it answers with. Ada and José are logged in at the same time.
//
// In statements {now-60} is a time in Unix seconds, and {utc+60} one as text.
type app struct {
	heading string // on that page
	block   int    // which of the blocks of settings under it
	tables  []string
	rows    []string
	files   map[string]string // PHP's sessions, by the cookie's value
	answers map[string]string // what it answers to whom, by the cookie's value; "": to everybody else

	settings []string // in the place of what the page leaves to the reader

	ada, jose     string // cookies' values
	adaIs, joseIs string // id, name, e-mail address and phone number

	nobody map[string]string // what somebody else is, and their cookie's value
	ends   map[string]string // what ends Ada's session, and how; for files, what is there then

	mysql   bool // the question is of MySQL's own language
	trailer bool // the end of the cookie is of no account to the table: with another, it is nobody's or still Ada's
}

// The lines of docs/apps.md name who is logged in, and nobody else: not whose session has ended, not a guest, and nobody by a cookie that is
// almost somebody's.
func TestAppsPage(t *testing.T) {
	t.Parallel()
	for _, a := range slices.Concat(communityApps(), businessApps(), askedApps()) {
		t.Run(a.heading+" "+strconv.Itoa(a.block), func(t *testing.T) {
			if a.mysql {
				t.Skip("its question is of MySQL's own language: see TestAppsPageInMariaDB")
			}
			a.try(t, inOneFile)
		})
	}
}

// TestAppsPageInMariaDB is TestAppsPage with types and collations as most of the applications have them.
func TestAppsPageInMariaDB(t *testing.T) {
	t.Parallel()
	database := inMariaDB(testenv.MariaDB(t))
	for _, a := range slices.Concat(communityApps(), businessApps()) {
		t.Run(a.heading+" "+strconv.Itoa(a.block), func(t *testing.T) { a.try(t, database) })
	}
}

// Lines of docs/apps.md that stand in the test with the real application, word by word, but for where things are and their secrets.
func TestAppsPageRuns(t *testing.T) {
	for file, at := range map[string]struct {
		heading string
		block   int
	}{
		"apps_cacti_unix_test.go": {"Cacti 1.2", 1}, "apps_roundcube_unix_test.go": {"Roundcube 1.6", 0}, "apps_ttrss_unix_test.go": {"Tiny Tiny RSS 21", 0},
		"apps_zabbix_unix_test.go": {"Zabbix 6", 0}, "guests_phpmyadmin_unix_test.go": {"phpMyAdmin 5.2", 0},
	} {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range appLines(t, at.heading, at.block) {
			name, value, _ := strings.Cut(line, "=")
			if name == "TAWK_USER_DSN" || name == "TAWK_SESSION_COOKIE" && at.heading == "phpMyAdmin 5.2" {
				continue
			}
			if !strings.Contains(string(source), name+"="+value) {
				t.Errorf("%s was not run with %s", at.heading, line)
			}
		}
	}
}

// A makeDatabase makes a database, and returns the driver's name, its address for that, and its address as a setting.
type makeDatabase func(t *testing.T) (driver, source, dsn string)

func inOneFile(t *testing.T) (driver, source, dsn string) {
	file := filepath.Join(t.TempDir(), "app.sqlite")
	return "sqlite", "file:" + file, "sqlite://" + file
}

func inMariaDB(server *testenv.DatabaseServer) makeDatabase {
	made := 0
	return func(t *testing.T) (driver, source, dsn string) {
		made++
		name := "app" + strconv.Itoa(made)
		server.Exec("CREATE DATABASE " + name)
		return "mysql", "root@unix(" + server.Socket + ")/" + name, "mysql://root@/" + name + "?socket=" + server.Socket
	}
}

func (a app) try(t *testing.T, database makeDatabase) {
	source := a.open(t, database, "")
	a.says(t, source, "Ada", a.ada, a.adaIs)
	a.says(t, source, "José", a.jose, a.joseIs)
	for who, cookie := range a.nobody {
		a.says(t, source, who, cookie, "nobody")
	}
	for what, cookie := range almost(a.ada) {
		if !a.trailer || !strings.HasPrefix(cookie, a.ada[:len(a.ada)-1]) {
			a.says(t, source, what, cookie, "nobody")
		}
	}
	for what, how := range a.ends {
		source := a.open(t, database, how)
		a.says(t, source, "Ada, "+what, a.ada, "nobody")
		a.says(t, source, "José, "+what+" of Ada", a.jose, a.joseIs)
	}
}

// almost is what is not quite a cookie's value.
func almost(value string) map[string]string {
	last := byte('0')
	if value[len(value)-1] == last {
		last = '1'
	}
	all := map[string]string{"nothing": "", "a beginning": value[:len(value)/2], "another end": value[:len(value)-1] + string(last), "longer": value + "0",
		"a wildcard": "%", "with a wildcard": value[:len(value)-1] + "%", "with another": value[:len(value)-1] + "_", "a quotation mark": value + "'"}
	if upper := strings.ToUpper(value); upper != value {
		all["in capitals"] = upper
	}
	return all
}

func (a app) says(t *testing.T, source session.Source, who, value, want string) {
	t.Helper()
	r := sessiontest.Visitor(source.About().Cookie + "=" + value)
	u, err := source.Identify(r, nil)
	got := strings.Join(strings.Fields(strings.Join([]string{u.ID, u.Name, u.Email, u.Phone}, " ")), " ")
	if _, certain := session.NobodyReason(err); certain {
		got = "nobody"
	} else if err != nil {
		got = "unknown"
	}
	if got != want {
		t.Errorf("%s: got %s (%v), want %s", who, got, err, want)
	}
}

// open is the application with the lines of its page, after something has ended Ada's session.
func (a app) open(t *testing.T, database makeDatabase, end string) session.Source {
	t.Helper()
	settings := append(appLines(t, a.heading, a.block), a.settings...)
	if len(a.tables) > 0 {
		driver, address, dsn := database(t)
		db, err := sql.Open(driver, address)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		statements := append(slices.Clone(a.tables), a.rows...)
		if len(a.files) == 0 || strings.HasPrefix(end, "UPDATE ") {
			statements = append(statements, end)
		}
		for _, statement := range statements {
			if statement == "" {
				continue
			}
			if _, err := db.Exec(atTimes(statement)); err != nil {
				t.Fatalf("%s: %v", statement, err)
			}
		}
		settings = append(settings, "TAWK_USER_DSN="+dsn)
	}
	if len(a.files) > 0 {
		folder := t.TempDir()
		for id, text := range a.files {
			if id == a.ada && end != "" && !strings.HasPrefix(end, "UPDATE ") {
				text = end
			}
			if err := os.WriteFile(filepath.Join(folder, "sess_"+id), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		settings = append(settings, "TAWK_PHP_SAVE_PATH="+folder)
	}
	environ := append([]string{"TAWK_UPSTREAM=http://app:3000", "TAWK_PROPERTY_ID=64b0c0ffee64b0c0ffee64b0", "TAWK_SECRET_KEY=" + demoKey}, settings...)
	cfg, err := config.Load(environ, kinds.Variants())
	if err != nil {
		t.Fatal(err)
	}
	opened := new(openStores)
	t.Cleanup(opened.close)
	const patience = 30 * time.Second // the machine may be busy
	source, err := openSource(cfg, waits{patience, patience}, a.answering(t, cfg.Session.Cookie), func(kind.Harm) {}, opened.add, nil)
	if err != nil {
		t.Fatal(err)
	}
	return source
}

// answering is the application as a site that is asked.
func (a app) answering(t *testing.T, cookie string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := a.answers[""]
		if c, err := r.Cookie(cookie); err == nil && a.answers[c.Value] != "" {
			answer = a.answers[c.Value]
		}
		head, body, _ := strings.Cut(answer, "\n")
		fields := strings.Fields(head) // status, type, and headers that the application demands
		for _, demanded := range fields[2:] {
			name, value, _ := strings.Cut(demanded, "=")
			if r.Header.Get(name) != value {
				http.Error(w, "{}", http.StatusPreconditionFailed)
				return
			}
		}
		w.Header().Set("Content-Type", fields[1])
		status, err := strconv.Atoi(fields[0])
		if err != nil {
			t.Error(err)
		}
		w.WriteHeader(status)
		io.WriteString(w, body)
	})
}
