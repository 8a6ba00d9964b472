package store

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/redis/go-redis/v9"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"modernc.org/sqlite"
)

// A Fault is why a store or a database gave no answer, as far as somebody can mend it.
type Fault string

// The faults. All other errors have the empty one.
const (
	Missing     Fault = "missing"     // there is no such folder, file or socket
	Unopened    Fault = "unopened"    // a file is not there, or may not be opened
	Forbidden   Fault = "forbidden"   // the user of this process, or the account there, may not read it
	Refused     Fault = "refused"     // nothing listens there
	Unknown     Fault = "unknown"     // nobody knows a host of that name
	Late        Fault = "late"        // no answer in time
	Password    Fault = "password"    // user or password are wrong
	NoDatabase  Fault = "no_database" // there is no database of that name or number
	NoTable     Fault = "no_table"
	NoColumn    Fault = "no_column"
	NotDatabase Fault = "not_database" // the file is none

	NotMemcached Fault = "not_memcached" // what answers there is not, or speaks its binary protocol alone
)

// FaultOf finds the fault in an error of this package.
func FaultOf(err error) Fault {
	var (
		mysqlError    *mysql.MySQLError
		postgresError *pgconn.PgError
		sqliteError   *sqlite.Error
		redisError    redis.Error
		memcached     memcachedError
		mongoError    mongo.ServerError
		name          *net.DNSError
		network       net.Error
	)
	switch {
	case errors.As(err, &mysqlError):
		return faultOfMySQL(mysqlError.Number)
	case errors.As(err, &postgresError):
		return faultOfPostgres(postgresError.Code)
	case errors.As(err, &sqliteError):
		return faultOfSQLite(sqliteError)
	case redis.IsAuthError(err):
		return Password
	case redis.IsPermissionError(err):
		return Forbidden
	case errors.As(err, &redisError) && strings.Contains(err.Error(), "DB index"):
		return NoDatabase
	case errors.As(err, &memcached):
		return memcached.fault
	case errors.As(err, &mongoError):
		return faultOfMongo(mongoError)
	case errors.Is(err, fs.ErrNotExist):
		return Missing
	case errors.Is(err, fs.ErrPermission):
		return Forbidden
	case errors.Is(err, syscall.ECONNREFUSED):
		return Refused
	case errors.As(err, &name):
		return Unknown
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return Late
	}
	return ""
}

// faultOfMySQL goes by the numbers of MySQL's and MariaDB's error message reference.
func faultOfMySQL(number uint16) Fault {
	switch number {
	case 1045, 1698:
		return Password
	case 1044, 1142, 1143:
		return Forbidden
	case 1049, 1046:
		return NoDatabase
	case 1146:
		return NoTable
	case 1054:
		return NoColumn
	}
	return ""
}

// faultOfPostgres goes by PostgreSQL's SQLSTATE codes (appendix A of its manual).
func faultOfPostgres(code string) Fault {
	switch code {
	case "28P01", "28000":
		return Password
	case "42501":
		return Forbidden
	case "3D000":
		return NoDatabase
	case "42P01":
		return NoTable
	case "42703":
		return NoColumn
	}
	return ""
}

// faultOfSQLite goes by SQLite's result codes, and by its words, since tables and columns have no code of their own.
func faultOfSQLite(err *sqlite.Error) Fault {
	const cantOpen, notADB, primary = 14, 26, 0xff
	switch text := err.Error(); {
	case strings.Contains(text, "no such table"):
		return NoTable
	case strings.Contains(text, "no such column"):
		return NoColumn
	case err.Code()&primary == cantOpen:
		return Unopened
	case err.Code()&primary == notADB:
		return NotDatabase
	}
	return ""
}

// Misput tells whether a database has understood a question and can give no answer to it: there is no such table or column, or it is no SQL.
func Misput(err error) bool {
	var (
		mysqlError    *mysql.MySQLError
		postgresError *pgconn.PgError
		sqliteError   *sqlite.Error
	)
	const sqliteRefuses = 1 // SQLITE_ERROR
	switch FaultOf(err) {
	case NoTable, NoColumn:
		return true
	case "":
		return errors.As(err, &mysqlError) || errors.As(err, &postgresError) || errors.As(err, &sqliteError) && sqliteError.Code()&0xff == sqliteRefuses
	}
	return false
}

// faultOfMongo goes by the codes of MongoDB (src/mongo/base/error_codes.yml), and by that of Atlas, its makers' own service.
func faultOfMongo(err mongo.ServerError) Fault {
	const userNotFound, unauthorized, authenticationFailed, atlas = 11, 13, 18, 8000
	switch {
	case err.HasErrorCode(authenticationFailed), err.HasErrorCode(userNotFound), err.HasErrorCode(atlas):
		return Password
	case err.HasErrorCode(unauthorized):
		return Forbidden
	case mongo.IsTimeout(err):
		return Late
	}
	return ""
}

// A TableError is a question about a session to a table that the database did not answer.
type TableError struct {
	Table string
	Err   error
}

func (e *TableError) Error() string { return e.Err.Error() }

func (e *TableError) Unwrap() error { return e.Err }
