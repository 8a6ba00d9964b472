package testenv

import (
	"database/sql"
	"net"
	"path/filepath"
	"syscall"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver pgx
)

// Postgres starts a real PostgreSQL, and ends it with the test.
func Postgres(t testing.TB) *DatabaseServer {
	t.Helper()
	Slow(t, "PostgreSQL")
	// Debian keeps the server's programs out of the path, in a folder for each version.
	programs := ""
	if found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres"); len(found) > 0 {
		programs = filepath.Dir(found[len(found)-1])
	} else {
		programs = filepath.Dir(Need(t, "postgres"))
	}
	s := &DatabaseServer{server: newServer(t, "pg"), Addr: FreeAddr(t), scheme: "postgres", crash: syscall.SIGQUIT}
	s.Socket = s.Dir
	data := filepath.Join(s.Dir, "data")
	s.fill("data", filepath.Join(programs, "postgres"), filepath.Join(programs, "initdb"), "--no-sync", "--auth-local=trust",
		"--auth-host=scram-sha-256", "--username=root", "--encoding=UTF8", "--locale=C.UTF-8", "--pgdata=")
	host, port, _ := net.SplitHostPort(s.Addr)
	s.run = []string{filepath.Join(programs, "postgres"), "-D", data, "-k", s.Socket, "-h", host, "-p", port, "-c", "fsync=off"}
	return s.create(func(database string) (*sql.DB, error) {
		return sql.Open("pgx", "postgres://root@/"+database+"?host="+s.Socket+"&port="+port)
	}, "postgres")
}
