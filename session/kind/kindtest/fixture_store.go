package kindtest

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"tawkproxy/session/sessiontest"
	"tawkproxy/session/store"
	"tawkproxy/session/store/storetest"
)

// open opens the store of a case, a copy of the folder given.
func (site *FixtureSite) open(t *testing.T, kind FixtureKind, from string) {
	t.Helper()
	site.Dir = copyStore(t, from)
	site.Store = &store.Files{Dir: site.Dir, Timeout: sessiontest.Patience}
	if file := filepath.Join(site.Dir, "redis.json"); sessiontest.Exists(file) {
		var snapshot RedisSnapshot
		sessiontest.ReadJSON(t, file, &snapshot)
		serve := kind.ServeRedis
		if serve == nil {
			serve = serveMiniredis
		}
		site.Store = storetest.OpenRedis(t, serve(t, snapshot))
	}
	if file := filepath.Join(site.Dir, "rows.json"); sessiontest.Exists(file) {
		var tables storetest.SnapshotTables
		sessiontest.ReadJSON(t, file, &tables)
		serve := kind.ServeRows
		if serve == nil {
			serve = storetest.ServeSQLite
		}
		site.Database = serve(t, tables)
	}
}

type RedisSnapshot struct {
	DB   int `json:"db"`
	Keys []struct {
		Key    string `json:"key"`
		Type   string `json:"type"`
		Value  []byte `json:"value_b64"`
		PTTLms int64  `json:"pttl_ms"`
	} `json:"keys"`
}

func serveMiniredis(t *testing.T, snapshot RedisSnapshot) string {
	t.Helper()
	server := miniredis.RunT(t)
	for _, k := range snapshot.Keys {
		if k.Type != "string" {
			t.Fatalf("key %s is of type %s", k.Key, k.Type)
		}
		db := server.DB(snapshot.DB)
		if err := db.Set(k.Key, string(k.Value)); err != nil {
			t.Fatal(err)
		}
		if k.PTTLms > 0 {
			db.SetTTL(k.Key, time.Duration(k.PTTLms)*time.Millisecond)
		}
	}
	return fmt.Sprintf("redis://%s/%d", server.Addr(), snapshot.DB)
}

// copyStore copies a store's folder and gives the files the times of its mtimes.json, which version control does not keep.
func copyStore(t *testing.T, from string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"", "*"} {
		files, err := filepath.Glob(filepath.Join(to, folder, "mtimes.json"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			var times map[string]int64
			sessiontest.ReadJSON(t, file, &times)
			for name, unix := range times {
				if err := os.Chtimes(filepath.Join(filepath.Dir(file), name), time.Time{}, time.Unix(unix, 0)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	return to
}
