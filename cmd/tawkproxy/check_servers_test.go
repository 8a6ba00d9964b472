package main

import (
	"strings"
	"testing"

	"tawkproxy/examples/testenv"
)

// says runs check, and looks for texts in what it says of the step.
func (s *checkedSite) says(step string, code int, want ...string) {
	s.t.Helper()
	got, out := s.check()
	_, of, _ := strings.Cut(out, step)
	for _, text := range want {
		if !strings.Contains(of, text) {
			s.t.Errorf("the step %s does not say %q:\n%s", step, text, out)
		}
	}
	if got != code {
		s.t.Errorf("exit code %d, want %d:\n%s", got, code, out)
	}
}

// TestCheckOfDatabases has real servers refuse what a site's owner may have got wrong.
func TestCheckOfDatabases(t *testing.T) {
	for _, test := range []struct {
		name    string
		start   func(testing.TB) *testenv.DatabaseServer
		account []string // statements
		grant   string
		missing string // what the server says to this account of a table that is not there
	}{
		{"MariaDB", testenv.MariaDB, []string{"CREATE USER reader@'%' IDENTIFIED BY 'right'", "GRANT SELECT ON shop.web_sessions TO reader@'%'"},
			"GRANT SELECT ON shop.sessions TO reader@'%'", "denied"},
		{"PostgreSQL", testenv.Postgres, []string{"CREATE ROLE reader LOGIN PASSWORD 'right'", "GRANT SELECT ON web_sessions TO reader"},
			"GRANT SELECT ON sessions TO reader", "TAWK_SESSION_TABLE is not set"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := test.start(t)
			server.Exec("CREATE TABLE web_sessions (token VARCHAR(64), data VARCHAR(1000), expiry TIMESTAMP)")
			server.Exec(test.account...)
			check := func(dsn string, code int, want ...string) {
				t.Helper()
				s := &checkedSite{t: t, settings: []string{"TAWK_SESSION=scs", "TAWK_SESSION_COOKIE=session", "TAWK_SESSION_STORE=database",
					"TAWK_USER_DSN=" + dsn, "TAWK_USER_ID=id"}}
				s.says("store ", code, want...)
			}
			right := server.URL("reader", "right")
			check(right, exitUsage, "TAWK_USER_DSN", "sessions", "there is web_sessions", test.missing)
			check(server.URL("reader", "wrong"), exitUsage, "are the user and the password in TAWK_USER_DSN right?")
			check(strings.Replace(right, "/shop", "/shoq", 1), exitUsage, "TAWK_USER_DSN")
			server.Exec("CREATE TABLE sessions (token VARCHAR(64), data VARCHAR(1000), expiry TIMESTAMP)")
			check(right, exitUsage, "TAWK_USER_DSN", "denied", "may not be read")
			server.Exec(test.grant)
			check(right, exitOK, "the database's table sessions: can be read")
			server.Kill()
			check(right, exitUsage, "nothing listens where TAWK_USER_DSN says")
		})
	}
}

// TestCheckOfRedis does the same with accounts of a real Redis that may do little.
func TestCheckOfRedis(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: starts Redis")
	}
	t.Parallel()
	server := testenv.Redis(t)
	server.Do("SET", "shop:"+checkPHPID, "x")
	server.Do("ACL", "SETUSER", "reader", "on", ">right", "~*", "+getrange", "+select")
	server.Do("ACL", "SETUSER", "lister", "on", ">right", "~*", "+getrange", "+select", "+scan")
	server.Do("ACL", "SETUSER", "blind", "on", ">right", "~*", "+select")
	check := func(account string, code int, want ...string) {
		t.Helper()
		s := &checkedSite{t: t}
		s.express("sess:", "TAWK_SESSION_STORE=redis://"+account+"@"+server.Addr+"/0")
		s.without()
		s.says("store ", code, want...)
	}
	check("reader:right", exitOK, "can be read")
	check("lister:right", exitFailure, "there is shop:…", "TAWK_EXPRESS_PREFIX")
	check("blind:right", exitUsage, "TAWK_SESSION_STORE", "may not be read")
	check("reader:wrong", exitUsage, "are the user and the password in TAWK_SESSION_STORE right?")
}

// TestCheckOfMemcached looks for sessions under the wrong name, on the wrong port, and on servers that are away.
func TestCheckOfMemcached(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: starts memcached")
	}
	t.Parallel()
	server, right, empty, redis := testenv.Memcached(t), testenv.Memcached(t), testenv.Memcached(t), testenv.Redis(t)
	right.Set("memc.sess.key."+checkPHPID, 0, "x")
	server.Set("shop.sess.key."+checkPHPID, 0, "x")
	server.Set("user:42:"+checkPHPID, 0, "x")
	check := func(path string, code int, want ...string) {
		t.Helper()
		s := &checkedSite{t: t, settings: []string{"TAWK_SESSION=php", "TAWK_USER_ID=id", "TAWK_PHP_SAVE_PATH=" + path}}
		s.says("store ", code, want...)
	}
	check(right.Addr, exitOK, "memc.sess.key.… in memcached at "+right.Addr+": can be read")
	check(server.Addr, exitFailure, "TAWK_PHP_SAVE_PATH: memc.sess.key.…", "there is nothing of that name yet; there is shop.sess.key.…, user:…",
		"its servers in the site's own order", "TAWK_PHP_KEY_PREFIX")
	check(empty.Addr, exitFailure, "there is nothing of that name yet; there is nothing at all")
	check(server.Addr+","+testenv.FreeAddr(t), exitUsage, "refused", "nothing listens where TAWK_PHP_SAVE_PATH says")
	check(redis.Addr, exitUsage, "does not speak the text protocol of memcached", "is what listens where TAWK_PHP_SAVE_PATH says memcached")
}
