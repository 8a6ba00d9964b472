package testenv

import (
	"database/sql"
	"net"
	"net/url"
	"path/filepath"
	"syscall"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver pgx
)

// A PostgresServer is a real PostgreSQL with an empty database shop. A test may kill and start it again, on the same socket
// and port each time.
type PostgresServer struct {
	*server
	Addr  string  // loopback address
	Admin *sql.DB // the database as its administrator

	programs string // folder of its programs
}

// Postgres starts a server, and ends it with the test.
func Postgres(t testing.TB) *PostgresServer {
	t.Helper()
	s := &PostgresServer{Addr: FreeAddr(t)}
	// Debian keeps the server's programs out of the path, in a folder for each version.
	if found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres"); len(found) > 0 {
		s.programs = filepath.Dir(found[len(found)-1])
	} else {
		s.programs = filepath.Dir(Need(t, "postgres"))
	}
	s.server = newServer(t, "pg")
	s.prepare(filepath.Join(s.programs, "initdb"), "--no-sync", "--auth-local=trust", "--auth-host=scram-sha-256",
		"--username=root", "--encoding=UTF8", "--locale=C.UTF-8", "--pgdata="+filepath.Join(s.Dir, "data"))
	s.open("postgres")
	s.Start()
	if _, err := s.Admin.Exec("CREATE DATABASE shop"); err != nil {
		t.Fatal(err)
	}
	s.open("shop")
	return s
}

// open makes the administrator's handle of a database.
func (s *PostgresServer) open(database string) {
	s.t.Helper()
	_, port, _ := net.SplitHostPort(s.Addr)
	admin, err := sql.Open("pgx", "postgres://root@/"+database+"?host="+s.Dir+"&port="+port)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { admin.Close() })
	s.Admin = admin
}

// Start starts the server, if it is not running, and waits until it answers.
func (s *PostgresServer) Start() {
	s.t.Helper()
	host, port, _ := net.SplitHostPort(s.Addr)
	s.begin(func() bool { return s.Admin.Ping() == nil }, filepath.Join(s.programs, "postgres"),
		"-D", filepath.Join(s.Dir, "data"), "-k", s.Dir, "-h", host, "-p", port, "-c", "fsync=off")
}

// Kill ends the server at once, as a crash would, with all of its processes.
func (s *PostgresServer) Kill() { s.end(syscall.SIGQUIT) }

// URL names the database for a user, in the form of a setting.
func (s *PostgresServer) URL(user, password string) string {
	return (&url.URL{Scheme: "postgres", User: url.UserPassword(user, password), Host: s.Addr, Path: "/shop"}).String()
}
