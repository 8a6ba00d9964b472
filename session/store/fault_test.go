package store

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgconn"
)

func TestFaultOf(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	empty, text := filepath.Join(folder, "empty"), filepath.Join(folder, "text")
	for path, size := range map[string]int{empty: 0, text: 4096} {
		if err := os.WriteFile(path, make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ask := func(path, question string) error {
		db, err := NewDatabase("sqlite://"+path, 10*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		_, err = db.Query(t.Context(), question)
		return err
	}
	file := func(dir string) error {
		_, err := (&Files{Dir: dir}).Get(t.Context(), "sess_x")
		return err
	}
	dial := func(err error) error {
		return databaseError(&net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", err)}, nil)
	}
	for name, c := range map[string]struct {
		err  error
		want Fault
	}{
		"folder":           {file(filepath.Join(folder, "none")), Missing},
		"no answer":        {fmt.Errorf("session file: %w", context.DeadlineExceeded), Late},
		"refused":          {dial(syscall.ECONNREFUSED), Refused},
		"no such socket":   {dial(syscall.ENOENT), Missing},
		"socket":           {dial(syscall.EACCES), Forbidden},
		"no such host":     {databaseError(&net.DNSError{Err: "no such host", IsNotFound: true}, nil), Unknown},
		"SQLite, no file":  {ask(filepath.Join(folder, "none"), "SELECT 1 FROM x"), Unopened},
		"SQLite, no table": {ask(empty, "SELECT 1 FROM x"), NoTable},
		"SQLite, column":   {ask(empty, "SELECT x FROM sqlite_master"), NoColumn},
		"SQLite, text":     {ask(text, "SELECT 1 FROM x"), NotDatabase},
		"MySQL, password":  {databaseError(&mysql.MySQLError{Number: 1045}, nil), Password},
		"MySQL, rights":    {databaseError(&mysql.MySQLError{Number: 1142}, nil), Forbidden},
		"MySQL, name":      {databaseError(&mysql.MySQLError{Number: 1049}, nil), NoDatabase},
		"MySQL, table":     {&TableError{"x", databaseError(&mysql.MySQLError{Number: 1146}, nil)}, NoTable},
		"MySQL, column":    {databaseError(&mysql.MySQLError{Number: 1054}, nil), NoColumn},
		"MySQL, other":     {databaseError(&mysql.MySQLError{Number: 1205}, nil), ""},
		"PostgreSQL, user": {databaseError(&pgconn.PgError{Code: "28P01"}, nil), Password},
		"PostgreSQL, name": {databaseError(&pgconn.PgError{Code: "3D000"}, nil), NoDatabase},
		"PostgreSQL, role": {databaseError(&pgconn.PgError{Code: "42501"}, nil), Forbidden},
		"PostgreSQL":       {databaseError(&pgconn.PgError{Code: "42P01"}, nil), NoTable},
		"other":            {errors.New("x"), ""},
	} {
		if got := FaultOf(c.err); got != c.want {
			t.Errorf("%s: %v is %q, want %q", name, c.err, got, c.want)
		}
	}
}
