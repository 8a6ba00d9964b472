package testenv

import (
	"database/sql"
	"net"
	"net/url"
	"path/filepath"
	"syscall"
	"testing"

	_ "github.com/go-sql-driver/mysql" // registers the driver mysql
)

// A MariaDBServer is a real MariaDB with an empty database shop. A test may kill and start it again, on the same socket and
// port each time.
type MariaDBServer struct {
	*server
	Addr   string  // loopback address
	Socket string  // path of its Unix socket
	Admin  *sql.DB // the database as its administrator
}

// MariaDB starts a server, and ends it with the test.
func MariaDB(t testing.TB) *MariaDBServer {
	t.Helper()
	install := Need(t, "mariadb-install-db", "mysql_install_db")
	Need(t, "mariadbd", "mysqld")
	s := &MariaDBServer{server: newServer(t, "maria"), Addr: FreeAddr(t)}
	s.Socket = filepath.Join(s.Dir, "s")
	s.prepare(install, "--no-defaults", "--datadir="+filepath.Join(s.Dir, "data"),
		"--auth-root-authentication-method=normal", "--skip-test-db")
	s.open("")
	s.Start()
	if _, err := s.Admin.Exec("CREATE DATABASE shop"); err != nil {
		t.Fatal(err)
	}
	s.open("shop")
	return s
}

// open makes the administrator's handle of a database.
func (s *MariaDBServer) open(database string) {
	s.t.Helper()
	admin, err := sql.Open("mysql", "root@unix("+s.Socket+")/"+database)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { admin.Close() })
	s.Admin = admin
}

// Start starts the server, if it is not running, and waits until it answers.
func (s *MariaDBServer) Start() {
	s.t.Helper()
	host, port, _ := net.SplitHostPort(s.Addr)
	s.begin(func() bool { return s.Admin.Ping() == nil }, Need(s.t, "mariadbd", "mysqld"), "--no-defaults",
		"--datadir="+filepath.Join(s.Dir, "data"), "--socket="+s.Socket, "--bind-address="+host, "--port="+port,
		"--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=16M", "--character-set-server=utf8mb4",
		"--collation-server=utf8mb4_unicode_ci")
}

// Kill ends the server at once, as a crash would.
func (s *MariaDBServer) Kill() { s.end(syscall.SIGKILL) }

// URL names the database for a user, in the form of a setting.
func (s *MariaDBServer) URL(user, password string) string {
	return (&url.URL{Scheme: "mysql", User: url.UserPassword(user, password), Host: s.Addr, Path: "/shop"}).String()
}
