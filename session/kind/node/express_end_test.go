package node

import (
	"context"
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

// What express-session and session-file-store make of the two members of a record's cookie that tell of its end, whatever their
// type is: store.js, cookie.js and session-file-helpers.js. The record was written at 14:00, and the file's own end is an hour.
func TestExpressEnd(t *testing.T) {
	const written = 1795356000000
	never := time.Duration(-1)
	for _, test := range []struct {
		name, record string
		file         time.Duration  // after which the file counts no more; in other stores nothing ends it
		reason       session.Reason // why the file does not count at all
	}{
		{"with an end", `"cookie":{"originalMaxAge":1800000,"expires":"2026-11-22T14:30:00.000Z"},"__lastAccess":1795356000000`,
			30 * time.Minute, ""},
		{"without one", `"cookie":{"originalMaxAge":null,"expires":null},"__lastAccess":1795356000000`, time.Hour, ""},
		{"cookie.expires = false", `"cookie":{"originalMaxAge":false,"expires":false},"__lastAccess":1795356000000`, time.Hour, ""},
		{"true", `"cookie":{"originalMaxAge":null,"expires":true},"__lastAccess":1795356000000`, time.Hour, ""},
		{"a number", `"cookie":{"originalMaxAge":1800000,"expires":1},"__lastAccess":1795356000000`, 30 * time.Minute, ""},
		{"no date", `"cookie":{"originalMaxAge":1800000,"expires":"soon"},"__lastAccess":1795356000000`, 30 * time.Minute, ""},
		{"no text", `"cookie":{"originalMaxAge":1800000,"expires":""},"__lastAccess":1795356000000`, 30 * time.Minute, ""},
		{"a list", `"cookie":{"originalMaxAge":1800000,"expires":[]},"__lastAccess":1795356000000`, 30 * time.Minute, ""},
		{"an end that the store does not look at", `"cookie":{"originalMaxAge":1800000,"expires":"2026-11-22T13:00:00.000Z"},
			"__lastAccess":1795356000000`, 30 * time.Minute, ""},
		{"nothing", `"cookie":{},"__lastAccess":1795356000000`, time.Hour, ""},
		{"half a millisecond", `"cookie":{"originalMaxAge":1799999.5},"__lastAccess":1795356000000.5`, 30 * time.Minute, ""},
		{"nought", `"cookie":{"originalMaxAge":0},"__lastAccess":1795356000000`, time.Hour, ""},
		{"no number", `"cookie":{"originalMaxAge":"1800000"},"__lastAccess":1795356000000`, 0, session.Malformed},
		{"beyond all numbers", `"cookie":{"originalMaxAge":1e999},"__lastAccess":1795356000000`, never, ""},
		{"no last request", `"cookie":{"originalMaxAge":1800000}`, never, ""},
		{"null for it", `"cookie":{"originalMaxAge":1800000},"__lastAccess":null`, 0, session.Expired},
		{"true for it", `"cookie":{"originalMaxAge":1800000},"__lastAccess":true`, 0, session.Expired},
		{"a text for it", `"cookie":{"originalMaxAge":1800000},"__lastAccess":"179535"`, 0, session.Expired}, // 1795351800000
		{"a later text for it", `"cookie":{"originalMaxAge":1800000},"__lastAccess":"2795356000000"`, never, ""},
		{"a word for it", `"cookie":{"originalMaxAge":1800000},"__lastAccess":"now"`, never, ""},
		{"a code for it", `"cookie":{"originalMaxAge":1800000},"__lastAccess":"0x1"`, 0, session.Expired},
		{"a list for it", `"cookie":{"originalMaxAge":1800000},"__lastAccess":[]`, 0, session.Expired},
		{"an object for it", `"cookie":{"originalMaxAge":1800000},"__lastAccess":{}`, never, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			id := strings.Repeat("i", 32)
			record := []byte(`{` + test.record + `,"passport":{"user":42}}`)
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, id+".json"), record, 0o600); err != nil {
				t.Fatal(err)
			}
			check := func(where string, store store.Store, after time.Duration, want session.Reason) {
				t.Helper()
				source := kindtest.MustOpen(t)(NewExpress(kindtest.Usual(ExpressOptions{Secrets: setting.NewKeys([]byte("secret")), Setup: recipe.Setup{Store: store,
					Now: func() time.Time { return time.UnixMilli(written).Add(after) }}})))
				u, err := source.Identify(sessiontest.WithCookie("connect.sid", signExpress("secret", id)), nil)
				if reason, _ := session.NobodyReason(err); reason != want || (u.ID == "42") != (want == "") {
					t.Errorf("%s, after %s: got %+v, %v, want %q", where, after, u, err, want)
				}
			}
			elsewhere := storetest.StoreFunc(func(context.Context, string) (store.Record, error) { return store.Record{Data: record}, nil })
			check("elsewhere", elsewhere, 0, "")
			check("elsewhere", elsewhere, 1000*time.Hour, "")
			files := &store.Files{Dir: dir, Timeout: sessiontest.Patience}
			switch {
			case test.reason != "":
				check("file", files, 0, test.reason)
			case test.file == never:
				check("file", files, 1000*time.Hour, "")
			default:
				check("file", files, test.file, "") // in that very millisecond it still counts
				check("file", files, test.file+time.Millisecond, session.Expired)
			}
		})
	}
}

// A maximum age counts from when the session was last touched, where that is told.
func TestExpressMaxAge(t *testing.T) {
	touched := time.UnixMilli(1795356000000)
	for record, aged := range map[string]bool{
		`"originalMaxAge":3600000,"expires":"2026-11-22T15:00:00.000Z"`: true,
		`"originalMaxAge":3600000.5,"expires":1795359600000`:            true,
		`"originalMaxAge":3600000,"expires":false`:                      false,
		`"originalMaxAge":3600000,"expires":"soon"`:                     false,
		`"originalMaxAge":false,"expires":false`:                        false,
		`"originalMaxAge":1e999,"expires":1795359600000`:                false,
		`"originalMaxAge":null,"expires":"2026-11-22T15:00:00.000Z"`:    false,
	} {
		for after, want := range map[time.Duration]bool{29 * time.Minute: false, 31 * time.Minute: aged} {
			source := kindtest.MustOpen(t)(NewExpress(kindtest.Usual(ExpressOptions{Secrets: setting.NewKeys([]byte("secret")), Setup: recipe.Setup{MaxAge: 30 * time.Minute,
				Now: func() time.Time { return touched.Add(after) },
				Store: storetest.StoreFunc(func(context.Context, string) (store.Record, error) {
					return store.Record{Data: []byte(`{"cookie":{` + record + `},"passport":{"user":42}}`)}, nil
				})}})))
			_, err := source.Identify(sessiontest.WithCookie("connect.sid", signExpress("secret", strings.Repeat("i", 32))), nil)
			if reason, _ := session.NobodyReason(err); (reason == session.Expired) != want || !want && err != nil {
				t.Errorf("%s, after %s: %v", record, after, err)
			}
		}
	}
}
