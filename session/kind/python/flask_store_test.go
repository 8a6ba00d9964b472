package python

import (
	"crypto/md5"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/recipe"
	"tawkproxy/session/sessiontest"
	"tawkproxy/session/store"
	"tawkproxy/session/store/storetest"
)

// Flask-Session in the files of cachelib and in a table, which do not forget by themselves what has ended.
func TestFlaskStores(t *testing.T) {
	id, end := strings.Repeat("i", 43), time.Unix(1795357041, 0)
	const pickled = "\x80\x05\x95\x16\x00\x00\x00\x00\x00\x00\x00}\x94\x8c\x08_user_id\x94\x8c\x0242\x94s."
	dir := t.TempDir()
	file := func(key string, ends uint32, record string) {
		name := filepath.Join(dir, fmt.Sprintf("%x", md5.Sum([]byte(key))))
		if err := os.WriteFile(name, append(binary.LittleEndian.AppendUint32(nil, ends), record...), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	file("session:"+id, uint32(end.Unix()), pickled)
	file("shop:"+id, 0, pickled)
	file("short:"+id, 0, "")
	database, _ := storetest.OpenScratch(t,
		`CREATE TABLE sessions (id INTEGER PRIMARY KEY, session_id VARCHAR(255), data BLOB, expiry DATETIME)`,
		`INSERT INTO sessions (session_id, data, expiry) VALUES
			('session:`+id+`', X'81a85f757365725f6964a23432', '2026-11-22 14:17:22.000000'),
			('shop:`+id+`', '{"_user_id":"42"}', '9999-12-31 00:00:00.000000')`)
	for _, test := range []struct {
		name, prefix, cookie string
		after                time.Duration
		reason               session.Reason
	}{
		{"in its last second", "session:", id, time.Second - 1, ""},
		{"after it", "session:", id, time.Second, session.Expired},
		{"without an end", "shop:", id, time.Hour, ""},
		{"unknown", "session:", strings.ToUpper(id), 0, session.NoRecord},
		{"another prefix", "none:", id, 0, session.NoRecord},
		{"a path", "session:", "../../../../../../etc/passwd", 0, session.Malformed},
	} {
		for kind, store := range map[string]store.Store{"files": &store.Files{Dir: dir, Timeout: sessiontest.Patience}, "table": &store.Table{Database: database}} {
			source := kindtest.MustOpen(t)(NewFlask(kindtest.Usual(FlaskOptions{KeyPrefix: setting.NewPrefix(test.prefix),
				Setup: recipe.Setup{Store: store, Now: func() time.Time { return end.Add(test.after) }}})))
			u, err := source.Identify(sessiontest.WithCookie("session", test.cookie), nil)
			if reason, _ := session.NobodyReason(err); reason != test.reason || err == nil && u.ID != "42" {
				t.Errorf("%s, %s: got %+v, %v, want %q", kind, test.name, u, err, test.reason)
			}
		}
	}
	source := kindtest.MustOpen(t)(NewFlask(kindtest.Usual(FlaskOptions{KeyPrefix: setting.NewPrefix("short:"), Setup: recipe.Setup{Store: &store.Files{Dir: dir, Timeout: sessiontest.Patience}}})))
	_, err := source.Identify(sessiontest.WithCookie("session", id), nil)
	if reason, _ := session.NobodyReason(err); reason != session.Malformed {
		t.Errorf("an empty file: %v", err)
	}
}
