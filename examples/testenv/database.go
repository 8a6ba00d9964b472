package testenv

import (
	"database/sql"
	"net"
	"net/url"
	"os"
	"os/exec"
)

// A DatabaseServer is a real server with an empty database shop. A test may kill and start it again, on the same socket and port
// each time.
type DatabaseServer struct {
	*server
	Addr   string  // loopback address
	Socket string  // path of its Unix socket, or for PostgreSQL of the folder in which that is
	Admin  *sql.DB // the database as its administrator

	scheme string    // in addresses
	run    []string  // the program and its arguments
	crash  os.Signal // ends it at once, with all of its processes
}

// create starts the server for the first time, and makes the database. Open is the administrator's way to a database; the
// server comes with one called first.
func (s *DatabaseServer) create(open func(database string) (*sql.DB, error), first string) *DatabaseServer {
	s.t.Helper()
	connect := func(database string) {
		admin, err := open(database)
		if err != nil {
			s.t.Fatal(err)
		}
		s.t.Cleanup(func() { admin.Close() })
		s.Admin = admin
	}
	connect(first)
	s.Start()
	s.Exec("CREATE DATABASE shop")
	connect("shop")
	return s
}

// Exec runs statements as the administrator.
func (s *DatabaseServer) Exec(statements ...string) {
	s.t.Helper()
	for _, statement := range statements {
		if _, err := s.Admin.Exec(statement); err != nil {
			s.t.Fatalf("%s: %v", statement, err)
		}
	}
}

// Load runs the statements of files as the administrator, by the server's own client.
func (s *DatabaseServer) Load(files ...string) {
	s.t.Helper()
	client := []string{Need(s.t, "mariadb", "mysql"), "--no-defaults", "--socket=" + s.Socket, "--user=root", "shop"}
	if s.scheme == "postgres" {
		_, port, _ := net.SplitHostPort(s.Addr)
		client = []string{Need(s.t, "psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--host=" + s.Socket, "--port=" + port,
			"--username=root", "shop"}
	}
	for _, name := range files {
		file, err := os.Open(name)
		if err != nil {
			Missing(s.t, "%v", err)
		}
		defer file.Close()
		load := exec.Command(client[0], client[1:]...)
		load.Stdin = file
		if said, err := load.CombinedOutput(); err != nil {
			s.t.Fatalf("%s: %v\n%s", name, err, said)
		}
	}
}

// Start starts the server, if it is not running, and waits until it answers.
func (s *DatabaseServer) Start() {
	s.t.Helper()
	s.begin(func() bool { return s.Admin.Ping() == nil }, s.run[0], s.run[1:]...)
}

// Kill ends the server at once, as a crash would.
func (s *DatabaseServer) Kill() { s.end(s.crash) }

// URL names the database for a user, in the form of a setting.
func (s *DatabaseServer) URL(user, password string) string {
	return (&url.URL{Scheme: s.scheme, User: url.UserPassword(user, password), Host: s.Addr, Path: "/shop"}).String()
}
