package python

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/klauspost/compress/zstd"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
	"tawkproxy/session/seal"
	"tawkproxy/session/sessiontest"
	"tawkproxy/session/store"
	"tawkproxy/session/store/storetest"
)

func TestDjangoSigned(t *testing.T) {
	encode := base64.RawURLEncoding.EncodeToString
	ada := encode([]byte(`{"_auth_user_id":"42"}`))
	at := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name, value string
		now         time.Time
		reason      session.Reason
	}{
		{"SHA-256", kindtest.SignDjango(sha256.New, "key", kindtest.DjangoCookieSalt, ada), at, ""},
		{"SHA-1", kindtest.SignDjango(sha1.New, "key", kindtest.DjangoCookieSalt, ada), at, ""},
		{"fallback", kindtest.SignDjango(sha256.New, "old", kindtest.DjangoCookieSalt, ada), at, ""},
		{"padding", kindtest.SignDjango(sha256.New, "key", kindtest.DjangoCookieSalt, ada+"="), at, ""},
		{"other key", kindtest.SignDjango(sha256.New, "other", kindtest.DjangoCookieSalt, ada), at, session.Forged},
		{"salt of the records", kindtest.SignDjango(sha256.New, "key", "django.contrib.sessions.SessionStore", ada), at, session.Forged},
		{"deflated", kindtest.SignDjango(sha256.New, "key", kindtest.DjangoCookieSalt, kindtest.Deflated(`{"_auth_user_id":"42"}`)), at, ""},
		{"a bomb", kindtest.SignDjango(sha256.New, "key", kindtest.DjangoCookieSalt, kindtest.Deflated(strings.Repeat(" ", record.MaxRecord+1))), at, session.Malformed},
		{"not deflated", kindtest.SignDjango(sha256.New, "key", kindtest.DjangoCookieSalt, "."+ada), at, session.Malformed},
		{"not base 64", kindtest.SignDjango(sha256.New, "key", kindtest.DjangoCookieSalt, "{}"), at, session.Malformed},
		{"nobody", kindtest.SignDjango(sha256.New, "key", kindtest.DjangoCookieSalt, encode([]byte(`{}`))), at, session.NoUser},
		{"two weeks later", kindtest.SignDjango(sha256.New, "key", kindtest.DjangoCookieSalt, ada), at.Add(14 * 24 * time.Hour), session.Expired},
		{"no time", ada + ":" + ada, at, session.Malformed},
		{"nothing", ":", at, session.Malformed},
		{"colons", "::", at, session.Forged},
	} {
		source, err := NewDjango(kindtest.Usual(DjangoOptions{SessionEngine: "signed_cookies", SecretKeys: setting.NewKeys([]byte("key"), []byte("old")),
			Setup: recipe.Setup{Now: func() time.Time { return test.now }}}))
		if err != nil {
			t.Fatal(err)
		}
		u, err := source.Identify(sessiontest.WithCookie("sessionid", test.value), nil)
		if reason, _ := session.NobodyReason(err); reason != test.reason || err == nil && u.ID != "42" {
			t.Errorf("%s: got %+v, %v, want %q", test.name, u, err, test.reason)
		}
	}
}

// Records in a database can be read without the key, by whoever trusts the database.
func TestDjangoWithoutKey(t *testing.T) {
	id := strings.Repeat("a", 32)
	signed := kindtest.SignDjango(sha256.New, "any", "any", base64.RawURLEncoding.EncodeToString([]byte(`{"_auth_user_id":"42"}`)))
	legacy := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("0", 40) + `:{"_auth_user_id":"42"}`))
	for record, want := range map[string]session.Reason{signed: "", legacy: "", "": session.Malformed, "e30=": session.Malformed, "%": session.Malformed,
		"e30:" + "?" + ":": session.Malformed} {
		source, err := NewDjango(kindtest.Usual(DjangoOptions{Setup: recipe.Setup{Store: storetest.StoreFunc(func(_ context.Context, key string) (store.Record, error) {
			if key != id {
				t.Errorf("asked for %q", key)
			}
			return store.Record{Data: []byte(record)}, nil
		})}}))
		if err != nil {
			t.Fatal(err)
		}
		u, err := source.Identify(sessiontest.WithCookie("sessionid", id), nil)
		if reason, _ := session.NobodyReason(err); reason != want || err == nil && u.ID != "42" {
			t.Errorf("%q: got %+v, %v, want %q", record, u, err, want)
		}
	}
}

func gzipped(t *testing.T, content string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(content))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func zstandard(t *testing.T, content string) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	return w.EncodeAll([]byte(content), nil)
}

// A table has what the cache before it has lost.
func TestDjangoCacheLost(t *testing.T) {
	id := strings.Repeat("a", 32)
	database, _ := storetest.OpenScratch(t, `CREATE TABLE auth_user (id INTEGER, first_name TEXT, last_name TEXT, email TEXT, is_active BOOL)`,
		`INSERT INTO auth_user VALUES (42, 'Ada', 'Lovelace', 'ada@example.com', 1)`,
		`CREATE TABLE django_session (session_key TEXT, session_data TEXT, expire_date DATETIME)`,
		`INSERT INTO django_session VALUES ('`+id+`', '`+kindtest.SignDjango(sha256.New, "key", "django.contrib.sessions.SessionStore",
			base64.RawURLEncoding.EncodeToString([]byte(`{"_auth_user_id":"42"}`)))+`', '9999-12-31 00:00:00')`)
	source := kindtest.MustOpen(t)(NewDjango(kindtest.Usual(DjangoOptions{SessionEngine: "cached_db", Database: database,
		Setup: recipe.Setup{Store: storetest.OpenRedis(t, "redis://"+miniredis.RunT(t).Addr())}})))
	if u, err := source.Identify(sessiontest.WithCookie("sessionid", id), nil); u.ID != "42" || u.Name != "Ada Lovelace" {
		t.Errorf("got %+v, %v", u, err)
	}
}

// The cache alone tells who is logged in, as Django's own backend and as django-redis write it.
func TestDjangoCache(t *testing.T) {
	id := strings.Repeat("a", 32)
	pickled := "\x80\x04}\x8c\x0d_auth_user_id\x8c\x0242s."
	inflated, _ := base64.RawURLEncoding.DecodeString(kindtest.Deflated(pickled)[1:])
	server := miniredis.RunT(t)
	server.Set(":1:django.contrib.sessions.cache"+id, pickled)
	server.Set(":1:django.contrib.sessions.cached_db"+id, string(inflated))
	server.Set("shop:2:django.contrib.sessions.cache"+id, `{"_auth_user_id":"42"}`)
	server.Set("msgpack:1:django.contrib.sessions.cache"+id, "\x81\xad_auth_user_id\xa242")
	server.Set("gzip:1:django.contrib.sessions.cache"+id, gzipped(t, pickled))
	server.Set("zstd:1:django.contrib.sessions.cache"+id, string(zstandard(t, pickled)))
	server.Set("bomb:1:django.contrib.sessions.cache"+id, string(zstandard(t, pickled+strings.Repeat(" ", record.MaxRecord))))
	server.Set("cut:1:django.contrib.sessions.cache"+id, gzipped(t, pickled)[:30])
	server.Set("bad:1:django.contrib.sessions.cache"+id, "x")
	server.Set("evil:1:django.contrib.sessions.cache"+id, "cos\nsystem\n(S'true'\ntR.")
	for _, test := range []struct {
		engine, prefix string
		reason         session.Reason
	}{{"cache", "", ""}, {"cached_db", "", ""}, {"cache", "shop:2:", ""}, {"cache", "none:1:", session.NoRecord},
		{"cache", "msgpack:1:", ""},
		{"cache", "gzip:1:", ""}, {"cache", "zstd:1:", ""}, {"cache", "bomb:1:", session.Malformed}, {"cache", "cut:1:", session.Malformed},
		{"cache", "bad:1:", session.Malformed}, {"cache", "evil:1:", session.Malformed}} {
		source, err := NewDjango(kindtest.Usual(DjangoOptions{SessionEngine: test.engine, KeyPrefix: kindtest.Prefix(test.prefix),
			Setup: recipe.Setup{Store: storetest.OpenRedis(t, "redis://"+server.Addr())}}))
		if err != nil {
			t.Fatal(err)
		}
		u, err := source.Identify(sessiontest.WithCookie("sessionid", id), nil)
		if reason, _ := session.NobodyReason(err); reason != test.reason || err == nil && u.ID != "42" {
			t.Errorf("%s %s: got %+v, %v, want %q", test.engine, test.prefix, u, err, test.reason)
		}
	}
}

func TestDjangoPassword(t *testing.T) {
	mac := func(digest func() hash.Hash) string {
		derived := digest()
		derived.Write([]byte("django.contrib.auth.models.AbstractBaseUser.get_session_auth_hashkey"))
		mac := hmac.New(digest, derived.Sum(nil))
		mac.Write([]byte("pbkdf2$secret"))
		return hex.EncodeToString(mac.Sum(nil))
	}
	for name, test := range map[string]struct {
		hash   string
		row    store.Record
		err    error
		reason session.Reason
	}{
		"SHA-256":        {mac(sha256.New), store.Record{Data: []byte("pbkdf2$secret")}, nil, ""},
		"SHA-1":          {mac(sha1.New), store.Record{Data: []byte("pbkdf2$secret")}, nil, ""},
		"changed":        {mac(sha256.New), store.Record{Data: []byte("pbkdf2$other")}, nil, session.Expired},
		"no hash":        {"", store.Record{Data: []byte("pbkdf2$secret")}, nil, session.Expired},
		"user is gone":   {mac(sha256.New), store.Record{}, &session.Nobody{Reason: session.NoRecord}, session.NoRecord},
		"database fails": {mac(sha256.New), store.Record{}, context.DeadlineExceeded, "unknown"},
	} {
		payload := base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, `{"_auth_user_id":"42","_auth_user_hash":%q}`, test.hash))
		source, err := NewDjango(kindtest.Usual(DjangoOptions{SessionEngine: "signed_cookies", SecretKeys: setting.NewKeys([]byte("key")),
			Setup: recipe.Setup{MaxAge: -1}, Passwords: storetest.StoreFunc(func(_ context.Context, id string) (store.Record, error) {
				if id != "42" {
					t.Errorf("asked for the password of %q", id)
				}
				return test.row, test.err
			})}))
		if err != nil {
			t.Fatal(err)
		}
		u, err := source.Identify(sessiontest.WithCookie("sessionid", kindtest.SignDjango(sha256.New, "key", kindtest.DjangoCookieSalt, payload)), nil)
		reason, certain := session.NobodyReason(err)
		if err != nil && !certain {
			reason = "unknown"
		}
		if reason != test.reason || err == nil && u.ID != "42" {
			t.Errorf("%s: got %+v, %v, want %q", name, u, err, test.reason)
		}
	}
}

func TestDjangoOptions(t *testing.T) {
	table := storetest.StoreFunc(func(context.Context, string) (store.Record, error) { return store.Record{}, nil })
	redis := storetest.OpenRedis(t, "redis://127.0.0.1:1")
	key := [][]byte{[]byte("key")}
	for name, o := range map[string]DjangoOptions{
		"signed_cookies without a key": {SessionEngine: "signed_cookies"},
		"signed_cookies with a store":  {SessionEngine: "signed_cookies", SecretKeys: setting.NewKeys(key...), Setup: recipe.Setup{Store: table}},
		"no store":                     {SecretKeys: setting.NewKeys(key...)},
		"db in Redis":                  {SecretKeys: setting.NewKeys(key...), Setup: recipe.Setup{Store: redis}},
		"db in files":                  {SecretKeys: setting.NewKeys(key...), Setup: recipe.Setup{Store: &store.Files{}}},
		"cache in a table":             {SessionEngine: "cache", SecretKeys: setting.NewKeys(key...), Setup: recipe.Setup{Store: table}},
		"file in Redis":                {SessionEngine: "file", SecretKeys: setting.NewKeys(key...), Setup: recipe.Setup{Store: redis}},
		"unknown engine":               {SessionEngine: "tape", SecretKeys: setting.NewKeys(key...), Setup: recipe.Setup{Store: table}},
		"empty key":                    {SessionEngine: "signed_cookies", SecretKeys: setting.NewKeys([]byte("key"), nil)},
		"passwords without a key":      {Setup: recipe.Setup{Store: table}, Passwords: table},
	} {
		if _, err := NewDjango(kindtest.Usual(o)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// FuzzDjango changes good values: whatever comes in, nobody comes out but the user whom the site signed in.
func FuzzDjango(f *testing.F) {
	for _, digest := range []func() hash.Hash{sha256.New, sha1.New} {
		f.Add(kindtest.SignDjango(digest, "key", kindtest.DjangoCookieSalt, base64.RawURLEncoding.EncodeToString([]byte(`{"_auth_user_id":"42"}`))))
		f.Add(kindtest.SignDjango(digest, "key", kindtest.DjangoCookieSalt, kindtest.Deflated(`{"_auth_user_id":"42"}`)))
	}
	source, err := NewDjango(kindtest.Usual(DjangoOptions{SessionEngine: "signed_cookies", SecretKeys: setting.NewKeys([]byte("key")), Setup: recipe.Setup{MaxAge: -1}}))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, value string) { sessiontest.FuzzCookie(t, source, "sessionid", value) })
}

// FuzzDjangoRecord feeds the record of a store, which is not always signed.
func FuzzDjangoRecord(f *testing.F) {
	f.Add([]byte(".eJyrVkpKLFKyUoIBAA:1xV7is:x"))
	f.Add([]byte(base64.StdEncoding.EncodeToString([]byte("0:{}"))))
	f.Add([]byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\xab\xae\x05\x00C\xbf\xa6\xa3\x02\x00\x00\x00"))
	f.Add([]byte("\x28\xb5\x2f\xfd\x04\x00\x11\x00\x00{}\x1a\x07\x8f\x7d"))
	f.Fuzz(func(t *testing.T, content []byte) {
		for _, step := range []recipe.Step{seal.DjangoKeys(nil).Record, djangoCached} {
			s, err := step(t.Context(), &recipe.Visit{}, recipe.State{Data: content})
			if err == nil && len(s.Data) > record.MaxRecord && len(s.Data) > len(content) {
				t.Errorf("%d bytes of %d", len(s.Data), len(content))
			}
		}
	})
}
