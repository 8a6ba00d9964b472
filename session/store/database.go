package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgconn"

	"tawkproxy/session"
	"tawkproxy/session/record"
	"tawkproxy/session/store/sqltext"
)

// A Database is an SQL database of the site, asked one question at a time and never written to. Let it sign in as a user who
// may SELECT from the tables that are named, and nothing else.
type Database struct {
	sql     *sql.DB
	Dialect sqltext.Dialect
	timeout time.Duration
	Down    Breaker
}

// Bounds of what the site's database has to bear, and of how much one question may bring.
const (
	mostConnections = 8
	idleConnections = 4
	connectionAge   = 3 * time.Minute
	mostRows        = 16
)

// A Row is the values of one row by the name of their column, in lower case: nil, bool, int64, float64, string, []byte or
// time.Time.
type Row map[string]any

// NewDatabase makes the database of a URL. Nothing is connected yet: a database that is down now may be up when the first
// visitor comes. Each question is bounded by timeout; the first connection may take longer, and serves the visitors after.
//
//	mysql://user:password@host:3306/shop            also mariadb://; ?tls=true, ?socket=/run/mysqld/mysqld.sock
//	postgres://user:password@host:5432/shop         also postgresql://; ?sslmode=require, ?host=/run/postgresql
//	sqlite:///absolute/path/shop.sqlite             opened for reading only
//
// Further parameters are those of the drivers go-sql-driver/mysql and jackc/pgx.
func NewDatabase(rawURL string, timeout time.Duration) (*Database, error) {
	handle, dialect, err := openSQL(rawURL)
	if err != nil {
		return nil, err
	}
	handle.SetMaxOpenConns(mostConnections)
	handle.SetMaxIdleConns(idleConnections)
	handle.SetConnMaxLifetime(connectionAge)
	return &Database{sql: handle, Dialect: dialect, timeout: timeout}, nil
}

// Close ends the connections.
func (d *Database) Close() error { return d.sql.Close() }

// Query returns the rows of one question, which has a ? for each argument. More than mostRows are an error.
func (d *Database) Query(ctx context.Context, question string, args ...any) ([]Row, error) {
	return d.Ask(ctx, d.Dialect.Numbered(question), args...)
}

// Ask is query for a question that is written in the database's own way already.
func (d *Database) Ask(ctx context.Context, question string, args ...any) ([]Row, error) {
	rows, _, err := d.AskAll(ctx, question, args...)
	return rows, err
}

// AskAll is [Database.Ask], and tells the names of the columns, in lower case, also where there is no row.
func (d *Database) AskAll(ctx context.Context, question string, args ...any) (rows []Row, columns []string, err error) {
	if !d.Down.Allow(time.Now()) {
		return nil, nil, errors.New("database: left alone for a moment, since it failed again and again")
	}
	bounded, cancel := within(ctx, d.timeout)
	defer cancel()
	rows, columns, err = d.rows(bounded, question, args)
	if left := ctx.Err() != nil; !left {
		d.Down.Report(answered(err), time.Now())
	}
	if err != nil {
		return nil, nil, databaseError(err, args)
	}
	return rows, columns, nil
}

func (d *Database) rows(ctx context.Context, question string, args []any) (all []Row, columns []string, err error) {
	answer, err := d.sql.QueryContext(ctx, question, args...)
	if err != nil {
		return nil, nil, err
	}
	defer answer.Close()
	if columns, err = answer.Columns(); err != nil {
		return nil, nil, err
	}
	for i, column := range columns {
		columns[i] = strings.ToLower(column)
	}
	values, places := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		places[i] = &values[i]
	}
	for answer.Next() {
		if len(all) == mostRows {
			return nil, nil, ErrTooMany
		}
		if err := answer.Scan(places...); err != nil {
			return nil, nil, err
		}
		r := make(Row, len(columns))
		for i, column := range columns {
			r[column] = values[i]
		}
		all = append(all, r)
	}
	return all, columns, answer.Err()
}

// ErrTooMany is in the chain of the error of a question that has more answers than are read.
var ErrTooMany = fmt.Errorf("more than %d rows", mostRows)

// answered tells whether the database was there, if only to say no.
func answered(err error) bool {
	var refusedMySQL *mysql.MySQLError
	var refusedPostgres *pgconn.PgError
	return err == nil || errors.Is(err, ErrTooMany) || errors.As(err, &refusedMySQL) || errors.As(err, &refusedPostgres)
}

// databaseError makes the error of a driver presentable. Databases refuse a text where a number or a date belongs, and would quote it: no
// row has such an id (SQLSTATE class 22, data exception). What repeats an argument otherwise is not told at all.
func databaseError(err error, args []any) error {
	var refusedPostgres *pgconn.PgError
	var refusedMySQL *mysql.MySQLError
	state := ""
	switch {
	case errors.As(err, &refusedPostgres):
		state = refusedPostgres.Code
	case errors.As(err, &refusedMySQL):
		state = string(refusedMySQL.SQLState[:])
	}
	if strings.HasPrefix(state, "22") {
		return &session.Nobody{Reason: session.NoUser, Err: DataError{state}}
	}
	for _, arg := range args {
		if text := record.Text(arg); len(text) >= leastTold && strings.Contains(err.Error(), text) {
			return fmt.Errorf("database: an error that repeats what it was asked (SQLSTATE %s)", state)
		}
	}
	return fmt.Errorf("database: %w", err)
}

// leastTold is how long an argument is at least that no error may repeat: shorter ones may be part of any word.
const leastTold = 8

// A DataError is a value with which a database cannot do what a question says: a text in the place of a number.
type DataError struct{ state string }

func (e DataError) Error() string {
	return fmt.Sprintf("database: an id that no row can have (SQLSTATE %s)", e.state)
}
