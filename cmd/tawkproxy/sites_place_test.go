package main

import (
	"database/sql"
	"os"
	"strings"
	"testing"

	"tawkproxy/examples/testenv"
)

// A place has what sites and the program share: a folder, servers. Each is there from when it is first named.
type place struct {
	t     *testing.T
	named map[string]string // what stands for $NAME
}

func newPlace(t *testing.T) *place { return &place{t, map[string]string{}} }

// lines are the variables of a text, one a line.
func (p *place) lines(text string) []string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, os.Expand(line, p.find))
		}
	}
	return lines
}

func (p *place) find(name string) string {
	p.t.Helper()
	if p.named[name] == "" {
		switch name {
		case "FOLDER":
			p.named[name] = p.t.TempDir()
		case "REDIS":
			p.named[name] = testenv.Redis(p.t).Addr
		case "MEMCACHED", "OTHER_MEMCACHED":
			p.named[name] = testenv.Memcached(p.t).Addr
		case "MEMCACHED_SOCKET":
			p.named[name] = testenv.MemcachedSocket(p.t).Addr
		case "MONGO":
			p.named[name] = testenv.FerretDB(p.t).URL()
		case "LOCKED_REDIS":
			server := testenv.Redis(p.t)
			server.Do("CONFIG", "SET", "requirepass", "p@ss")
			p.named[name] = server.Addr
		case "POSTGRES_SITE", "POSTGRES_READER":
			server := testenv.Postgres(p.t)
			server.Exec("CREATE ROLE site LOGIN PASSWORD 'p@ss'", "GRANT ALL ON SCHEMA public TO site",
				"CREATE ROLE reader LOGIN PASSWORD 'p@ss'",
				"ALTER DEFAULT PRIVILEGES FOR ROLE site IN SCHEMA public GRANT SELECT ON TABLES TO reader")
			p.named["POSTGRES_SITE"], p.named["POSTGRES_READER"] = server.URL("site", "p@ss"), server.URL("reader", "p@ss")
		default:
			p.t.Fatalf("there is no %s", name)
		}
	}
	return p.named[name]
}

// inSQLite runs a statement in an SQLite file.
func inSQLite(t *testing.T, file, statement string) {
	t.Helper()
	database, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	if _, err := database.Exec(statement); err != nil {
		t.Fatal(err)
	}
}
