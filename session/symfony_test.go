package session

import (
	"context"
	"path/filepath"
	"testing"
	"time"
)

var symfonyFixtures = fixtureKind{Framework: "symfony", Open: func(t *testing.T, site fixtureSite) Source {
	site.Mapping = Mapping{Name: "user.displayName"}
	if site.Config.text("store_kind") == "sql" {
		site.Store = rowStore(t, site)
	}
	return openPHP(t, site, func(o PHPOptions) (*Recipe, error) {
		return Symfony(SymfonyOptions{PHPOptions: o, Firewall: site.Config.text("firewall")})
	})
}}

func TestSymfonyFixtures(t *testing.T) { runFixtures(t, symfonyFixtures) }

// rows is the table of Symfony's PdoSessionHandler as captured, by id. A store that reads SQL asks for what has not ended.
type rows map[string]Record

func rowStore(t *testing.T, site fixtureSite) rows {
	t.Helper()
	var table struct {
		Sessions []struct {
			ID      string `json:"sess_id"`
			Data    string `json:"sess_data"`
			Expires int64  `json:"sess_lifetime"`
			Written int64  `json:"sess_time"`
		}
	}
	readJSON(t, filepath.Join(site.Dir, "rows.json"), &table)
	store := rows{}
	for _, row := range table.Sessions {
		if row.Expires > site.Now().Unix() {
			store[row.ID] = Record{Data: []byte(row.Data), Modified: time.Unix(row.Written, 0)}
		}
	}
	return store
}

func (r rows) Get(_ context.Context, key string) (Record, error) {
	record, ok := r[key]
	if !ok {
		return Record{}, &Nobody{Reason: NoRecord}
	}
	return record, nil
}
