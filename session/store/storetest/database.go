package storetest

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tawkproxy/session/sessiontest"
	"tawkproxy/session/store"
	"tawkproxy/session/store/sqltext"
)

// SnapshotTables are the tables of a rows.json: lists of rows by name.
type SnapshotTables map[string][]map[string]any

// ServeSQLite makes a database of a snapshot in a file, and opens it as a site's.
func ServeSQLite(t *testing.T, tables SnapshotTables) *store.Database {
	t.Helper()
	file := filepath.Join(t.TempDir(), "shop?#%41.sqlite") // characters that a URL must not take for its own
	escaped := strings.NewReplacer("%", "%25", "?", "%3F", "#", "%23").Replace(file)
	writer, err := sql.Open("sqlite", "file:"+escaped+"?_pragma=synchronous(0)&_pragma=journal_mode(OFF)")
	if err != nil {
		t.Fatal(err)
	}
	tables.Create(t, writer, sqltext.SQLite)
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return OpenDatabase(t, "sqlite://"+escaped)
}

func OpenDatabase(t testing.TB, url string) *store.Database {
	t.Helper()
	database, err := store.NewDatabase(url, sessiontest.Patience)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { database.Close() })
	return database
}

// Create makes the tables anew, with columns of numbers where all values are numbers.
func (tables SnapshotTables) Create(t testing.TB, db *sql.DB, dialect sqltext.Dialect) {
	t.Helper()
	do := func(statement string, args ...any) {
		t.Helper()
		if _, err := db.Exec(dialect.Numbered(statement), args...); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	for name, rows := range tables {
		do("DROP TABLE IF EXISTS " + name)
		types := map[string]string{}
		for _, row := range rows {
			for column, value := range row {
				if _, number := value.(json.Number); number {
					types[column] = cmp.Or(types[column], "BIGINT")
				} else if value != nil {
					types[column] = "TEXT"
				} else {
					types[column] = types[column] + ""
				}
			}
		}
		if len(types) == 0 {
			types["id"] = "TEXT" // the table is there, but empty
		}
		columns := slices.Sorted(maps.Keys(types))
		var definitions []string
		for _, column := range columns {
			definitions = append(definitions, column+" "+cmp.Or(types[column], "TEXT"))
		}
		do("CREATE TABLE " + name + " (" + strings.Join(definitions, ", ") + ")")
		for _, row := range rows {
			var values []any
			for _, column := range columns {
				value := row[column]
				if number, ok := value.(json.Number); ok {
					value, _ = number.Int64()
				}
				values = append(values, value)
			}
			do("INSERT INTO "+name+" ("+strings.Join(columns, ", ")+") VALUES (?"+strings.Repeat(", ?", len(columns)-1)+")", values...)
		}
	}
}
