package store

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"net"
	"net/url"
	"strings"
	"time"

	"tawkproxy/session/store/sqltext"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // registers the driver sqlite
)

// DialectOf returns the dialect of a database by its URL, as far as that names one.
func DialectOf(rawURL string) (d sqltext.Dialect, ok bool) {
	switch scheme, _, _ := strings.Cut(rawURL, ":"); scheme {
	case "mysql", "mariadb":
		return sqltext.MySQL, true
	case "postgres", "postgresql":
		return sqltext.Postgres, true
	case "sqlite":
		return sqltext.SQLite, true
	}
	return sqltext.Dialect{}, false
}

// openSQL makes the handle of a URL, and connects nothing. Errors do not repeat the URL, which holds a password.
func openSQL(rawURL string) (*sql.DB, sqltext.Dialect, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, sqltext.Dialect{}, errors.New("not a URL like mysql://user:password@host:3306/database; " +
			"characters such as / and @ in a password are written %2F and %40")
	}
	switch u.Scheme {
	case "mysql", "mariadb":
		connector, err := openMySQL(u)
		if err != nil {
			return nil, sqltext.Dialect{}, err
		}
		return sql.OpenDB(newDialer(connector)), sqltext.MySQL, nil
	case "postgres", "postgresql":
		config, err := pgx.ParseConfig(rawURL)
		if err != nil {
			return nil, sqltext.Dialect{}, errors.New("not a URL like postgres://user:password@host:5432/database?sslmode=require")
		}
		if !u.Query().Has("default_query_exec_mode") {
			// One round trip, and nothing that a pooler such as PgBouncer would have to remember.
			config.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
		}
		return sql.OpenDB(newDialer(stdlib.GetConnector(*config))), sqltext.Postgres, nil
	case "sqlite":
		if u.Host != "" || !strings.HasPrefix(u.Path, "/") {
			return nil, sqltext.Dialect{}, errors.New("an SQLite database is written sqlite:///absolute/path")
		}
		readOnly := url.URL{Scheme: "file", Path: u.Path, OmitHost: true, RawQuery: "mode=ro&_pragma=query_only(1)"}
		handle, err := sql.Open("sqlite", readOnly.String())
		return handle, sqltext.SQLite, err
	}
	return nil, sqltext.Dialect{}, errors.New("the URL of a database begins with mysql://, mariadb://, postgres:// or sqlite:///")
}

// openMySQL reads mysql://user:password@host:3306/database?parameter=value.
func openMySQL(u *url.URL) (driver.Connector, error) {
	query := u.Query()
	network, address := "tcp", net.JoinHostPort(cmp.Or(u.Hostname(), "localhost"), cmp.Or(u.Port(), "3306"))
	if socket := query.Get("socket"); socket != "" {
		network, address = "unix", socket
	}
	query.Del("socket")
	// The library's own reader knows the parameters. It is shown neither user nor password, so that no error repeats them.
	config, err := mysql.ParseDSN("/?" + query.Encode())
	if err != nil {
		return nil, errors.New("a parameter of the URL that the MySQL driver does not know")
	}
	config.User = u.User.Username()
	config.Passwd, _ = u.User.Password()
	config.Net, config.Addr, config.DBName = network, address, strings.TrimPrefix(u.Path, "/")
	config.Logger = &mysql.NopLogger{} // what fails is returned to the caller, who logs it once
	return mysql.NewConnector(config)
}

// A dialer connects beside the question that needs a connection: the question may run out of time, the connection is then the
// next one's. Without it, a database that needs longer to greet than a question may last would never be reached.
type dialer struct {
	driver.Connector
	dialing chan struct{} // a token for each connection in the making
	ready   chan driver.Conn
}

const (
	dialTime = 5 * time.Second // for a connection to be made
	waitTime = 5 * time.Second // that one is kept for whoever asks next
)

func newDialer(connector driver.Connector) *dialer {
	return &dialer{connector, make(chan struct{}, mostConnections), make(chan driver.Conn)}
}

// Connect implements [driver.Connector].
func (d *dialer) Connect(ctx context.Context) (driver.Conn, error) {
	failed := make(chan error, 1)
	select {
	case conn := <-d.ready:
		return conn, nil
	case d.dialing <- struct{}{}:
		go d.dial(failed)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	select {
	case conn := <-d.ready:
		return conn, nil
	case err := <-failed:
		return nil, err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// dial makes one connection and hands it to whoever waits for one.
func (d *dialer) dial(failed chan<- error) {
	ctx, cancel := context.WithTimeout(context.Background(), dialTime)
	defer cancel()
	conn, err := d.Connector.Connect(ctx)
	<-d.dialing
	if err != nil {
		failed <- err
		return
	}
	select {
	case d.ready <- conn:
	case <-time.After(waitTime):
		conn.Close()
	}
}
