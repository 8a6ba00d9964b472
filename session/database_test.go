package session

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// snapshotTables are the tables of a rows.json: lists of rows by name.
type snapshotTables map[string][]map[string]any

// serveSQLite makes a database of a snapshot in a file, and opens it as a site's.
func serveSQLite(t *testing.T, tables snapshotTables) *Database {
	t.Helper()
	file := filepath.Join(t.TempDir(), "shop?#%41.sqlite") // characters that a URL must not take for its own
	writer, err := sql.Open("sqlite", strings.NewReplacer("%", "%25", "?", "%3F", "#", "%23").Replace("file:"+file)+"?_pragma=synchronous(0)&_pragma=journal_mode(OFF)")
	if err != nil {
		t.Fatal(err)
	}
	tables.create(t, writer, sqliteDialect)
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return openDatabase(t, "sqlite://"+strings.NewReplacer("%", "%25", "?", "%3F", "#", "%23").Replace(file))
}

func openDatabase(t testing.TB, url string) *Database {
	t.Helper()
	database, err := NewDatabase(url, patience)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { database.Close() })
	return database
}

// create makes the tables anew, with columns of numbers where all values are numbers.
func (tables snapshotTables) create(t testing.TB, db *sql.DB, dialect dialect) {
	t.Helper()
	do := func(statement string, args ...any) {
		t.Helper()
		if _, err := db.Exec(dialect.numbered(statement), args...); err != nil {
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
