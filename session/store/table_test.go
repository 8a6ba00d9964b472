package store_test

import (
	"strings"
	"testing"
	"time"

	"tawkproxy/session"
	"tawkproxy/session/record"
	"tawkproxy/session/store"
	"tawkproxy/session/store/storetest"
)

func TestTable(t *testing.T) {
	database, _ := storetest.OpenScratch(t,
		`CREATE TABLE sessions (id TEXT COLLATE NOCASE, data TEXT, seen, ends)`,
		`INSERT INTO sessions VALUES ('abc', 'one', 1795354149, 1795355589), ('ABC', 'other', 1795354149, 1795355589),
			('endless', 'seven', 1795354149, NULL),
			('padded   ', 'two', '2026-11-22 13:29:09.25', '2026-11-22 15:29:09+00:00'), ('null', NULL, 1, 1),
			('lifetime', 'three', 1795354149, 1440), ('odd', 'four', 'yesterday', 1), ('symfony', 'five', 1795354149, 1795355589),
			('text', 'six', '1795354149', 1795355589.75)`,
		"INSERT INTO sessions VALUES ('large', CAST(zeroblob(1048576) AS TEXT), 1, 1), ('larger', zeroblob(1048577), 1, 1)")
	table := &store.Table{Database: database, Name: "main.sessions", Key: "id", Data: "data", Modified: "seen", Expires: "ends"}
	seen := time.Unix(1795354149, 0)
	tests := []struct {
		key      string
		data     string
		modified time.Time
		expires  time.Time
		reason   session.Reason
	}{
		{"abc", "one", seen, seen.Add(1440 * time.Second), ""},
		{"ABC", "other", seen, seen.Add(1440 * time.Second), ""},
		{"endless", "", time.Time{}, time.Time{}, session.Expired},
		{"Abc", "", time.Time{}, time.Time{}, session.NoRecord},
		{"padded", "", time.Time{}, time.Time{}, session.NoRecord}, // SQLite compares the blanks too
		{"padded   ", "", time.Time{}, time.Time{}, session.NoRecord},
		{"lifetime", "three", seen, seen.Add(1440 * time.Second), ""},
		{"symfony", "five", seen, seen.Add(1440 * time.Second), ""},
		{"text", "six", seen, seen.Add(1440 * time.Second), ""},
		{"null", "", time.Time{}, time.Time{}, session.Malformed},
		{"larger", "", time.Time{}, time.Time{}, session.Malformed},
		{"' OR '1'='1", "", time.Time{}, time.Time{}, session.NoRecord},
	}
	for _, test := range tests {
		record, err := table.Get(t.Context(), test.key)
		if reason, _ := session.NobodyReason(err); reason != test.reason || string(record.Data) != test.data ||
			!record.Modified.Equal(test.modified) || !record.Expires.Equal(test.expires) {
			t.Errorf("%s: got %q %s %s, %v", test.key, record.Data, record.Modified, record.Expires, err)
		}
	}
	if content, err := table.Get(t.Context(), "large"); len(content.Data) != record.MaxRecord {
		t.Errorf("large: %d bytes, %v", len(content.Data), err)
	}
	for _, unknown := range []*store.Table{
		{Database: database, Name: "missing", Key: "id", Data: "data"},
		{Database: database, Name: "sessions", Key: "no such column", Data: "data"},
		{Database: database, Name: `sessions" --`, Key: "id", Data: "data"},
	} {
		_, err := unknown.Get(t.Context(), "abc")
		if _, certain := session.NobodyReason(err); err == nil || certain {
			t.Errorf("%s: got %v, want unknown", unknown.Name, err)
		}
	}
	if _, err := table.Get(t.Context(), "odd"); err == nil || strings.Contains(err.Error(), "yesterday") {
		t.Errorf("got %v", err)
	}
}

func TestColumnTime(t *testing.T) {
	for _, test := range []struct {
		value any
		want  string
	}{
		{nil, "0001-01-01T00:00:00Z"},
		{int64(1795354149), "2026-11-22T13:29:09Z"},
		{1795354149.9, "2026-11-22T13:29:09Z"},
		{2461367.0619097222, "2026-11-22T13:29:09Z"}, // SELECT julianday('2026-11-22 13:29:09')
		{[]byte("2026-11-22 13:29:09"), "2026-11-22T13:29:09Z"},
		{"2026-11-22 13:29:09.123456", "2026-11-22T13:29:09Z"},
		{"2026-11-22T13:29:09+02:00", "2026-11-22T11:29:09Z"},
		{"2026-11-22 13:29:09+02:00", "2026-11-22T11:29:09Z"},
		{time.Unix(1795354149, 0), "2026-11-22T13:29:09Z"},
		{1e300, ""},
		{"", ""},
		{true, ""},
	} {
		at, err := store.ColumnTime(test.value)
		if got := at.UTC().Format(time.RFC3339); test.want == "" && err == nil || test.want != "" && got != test.want {
			t.Errorf("%v: got %s, %v", test.value, got, err)
		}
	}
}
