package node

import (
	"crypto/sha1"
	"encoding/base64"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/recipe"
	"tawkproxy/session/sessiontest"
	"tawkproxy/session/store"
)

// What koa-session says about time, in the cookie and in a store.
func TestKoa(t *testing.T) {
	ids := []string{"sess:3f0f5a3e-8d3c-4b0a-9d6e-0a1b2c3d4e5f", "MOQo7ub7fqe15Cuen0bQA0lfdlrWylZL"}
	tests := []struct {
		name, record string
		after        time.Duration
		maxAge       time.Duration
		reason       session.Reason
	}{
		{"good", `{"id":"42","_expire":1795357041000,"_maxAge":3600000}`, -time.Hour, 0, ""},
		{"in the last millisecond", `{"id":"42","_expire":1795357041000}`, 0, 0, ""},
		{"after it", `{"id":"42","_expire":1795357041000}`, time.Millisecond, 0, session.Expired},
		{"as long as the browser", `{"id":"42","_session":true}`, 0, 0, ""},
		{"older than allowed", `{"id":"42","_expire":1795357041000,"_maxAge":3600000}`, -30 * time.Minute, 29 * time.Minute, session.Expired},
		{"younger than allowed", `{"id":"42","_expire":1795357041000,"_maxAge":3600000}`, -30 * time.Minute, 30 * time.Minute, ""},
		{"within that millisecond", `{"id":"42","_expire":1795357041000.9}`, 0, 0, ""},
		{"after one with a fraction", `{"id":"42","_expire":1795357041000.9}`, time.Millisecond, 0, session.Expired},
		{"an end beyond all times", `{"id":"42","_expire":1e999,"_maxAge":1e999}`, 0, time.Minute, ""},
		{"before all times", `{"id":"42","_expire":-1e999}`, 0, 0, session.Expired},
		{"false", `{"id":"42","_expire":false}`, 0, 0, ""},
		{"null", `{"id":"42","_expire":null}`, 0, 0, ""},
		{"a text", `{"id":"42","_expire":"1795357040000"}`, 0, 0, ""}, // typeof … === 'number'
		{"a list", `{"id":"42","_expire":[1]}`, 0, 0, ""},
		{"a maximum age that is none", `{"id":"42","_expire":1795357041000,"_maxAge":"session"}`, 0, 0, ""},
		{"no object", `[]`, 0, 0, session.Malformed},
		{"nobody", `{"cart":[],"_expire":1795357041000}`, 0, 0, session.NoUser},
	}
	dir := t.TempDir()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			site := recipe.Setup{Mapping: session.Mapping{ID: "id"}, MaxAge: test.maxAge,
				Now: func() time.Time { return time.UnixMilli(1795357041000).Add(test.after) }}
			for _, id := range ids {
				if err := os.WriteFile(filepath.Join(dir, id), []byte(test.record), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			stored := site
			stored.Store = &store.Files{Dir: dir, Timeout: sessiontest.Patience}
			for value, o := range map[string]KoaOptions{
				base64.StdEncoding.EncodeToString([]byte(test.record)): {Setup: site, Keygrip: Keygrip{Keys: setting.NewKeys([]byte("key"))}},
				ids[0]: {Setup: stored, Keygrip: Keygrip{Keys: setting.NewKeys([]byte("key"))}},
				ids[1]: {Setup: stored, Keygrip: Keygrip{Keys: setting.NewKeys([]byte("key"))}},
			} {
				r := sessiontest.WithCookie("", "")
				r.Header["Cookie"] = []string{kindtest.KeygripSign(sha1.New, "key", "koa.sess", value)}
				u, err := kindtest.MustOpen(t)(NewKoa(kindtest.Usual(o))).Identify(r, nil)
				if reason, _ := session.NobodyReason(err); reason != test.reason || (u.ID == "42") != (test.reason == "") {
					t.Errorf("store %t: got %+v, %v", o.Store != nil, u, err)
				}
			}
		})
	}
}
