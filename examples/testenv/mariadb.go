package testenv

import (
	"database/sql"
	"net"
	"path/filepath"
	"syscall"
	"testing"

	_ "github.com/go-sql-driver/mysql" // registers the driver mysql
)

// MariaDB starts a real MariaDB, and ends it with the test.
func MariaDB(t testing.TB) *DatabaseServer {
	t.Helper()
	Slow(t, "MariaDB")
	install, program := Need(t, "mariadb-install-db", "mysql_install_db"), Need(t, "mariadbd", "mysqld")
	s := &DatabaseServer{server: newServer(t, "maria"), Addr: FreeAddr(t), scheme: "mysql", crash: syscall.SIGKILL}
	s.Socket = filepath.Join(s.Dir, "s")
	data, small := "--datadir="+filepath.Join(s.Dir, "data"), "--innodb-log-file-size=4M" // for copies
	s.fill("data", program, install, "--no-defaults", small, "--auth-root-authentication-method=normal", "--skip-test-db", "--datadir=")
	host, port, _ := net.SplitHostPort(s.Addr)
	s.run = []string{program, "--no-defaults", data, small, "--socket=" + s.Socket, "--bind-address=" + host, "--port=" + port,
		"--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=16M", "--character-set-server=utf8mb4",
		"--collation-server=utf8mb4_unicode_ci"}
	return s.create(func(database string) (*sql.DB, error) {
		return sql.Open("mysql", "root@unix("+s.Socket+")/"+database)
	}, "")
}
