package store_test

import (
	"strings"
	"testing"
	"time"

	"tawkproxy/session/store"
)

// A URL is read at start, without the database. What is wrong with it is told without the password.
func TestNewDatabase(t *testing.T) {
	for url, good := range map[string]bool{
		"mysql://u:s3cret@127.0.0.1:1/shop":                     true,
		"mariadb://u:s3cret@db/shop?tls=skip-verify":            true,
		"mysql://u:s3cret@/shop?socket=/run/mysqld/mysqld.sock": true,
		"postgres://u:s3cret@127.0.0.1:1/shop?sslmode=disable":  true,
		"postgresql://u:s3cret@/shop?host=/run/postgresql":      true,
		"sqlite:///var/lib/shop.sqlite":                         true,
		"mysql://u:s3cret@127.0.0.1:1/shop?tls=s3cret":          false,
		"mysql://u:s3cret@127.0.0.1:1/shop?parseTime=s3cret":    false,
		"mysql://u:s3cret/@127.0.0.1:1/shop":                    false,
		"postgres://u:s3cret@127.0.0.1:port/shop":               false,
		"postgres://u:s3cret@127.0.0.1/shop?sslmode=s3cret":     false,
		"sqlite://s3cret/shop.sqlite":                           false,
		"sqlite:s3cret":                                         false,
		"sqlserver://u:s3cret@host/shop":                        false,
		"u:s3cret@tcp(127.0.0.1:3306)/shop":                     false,
		"":                                                      false,
	} {
		database, err := store.NewDatabase(url, time.Second)
		if (err == nil) != good || err != nil && strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", url, err)
		}
		if err == nil {
			database.Close()
		}
	}
}
