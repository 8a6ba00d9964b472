package session

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
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
)

const djangoCookieSalt = "django.contrib.sessions.backends.signed_cookies"

// signDjango signs a payload as django/core/signing.py does, at the time 1xV7is, 2026-11-22.
func signDjango(digest func() hash.Hash, key, salt, payload string) string {
	derived := digest()
	derived.Write([]byte(salt + "signer" + key))
	mac := hmac.New(digest, derived.Sum(nil))
	mac.Write([]byte(payload + ":1xV7is"))
	return payload + ":1xV7is:" + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func deflated(content string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	w.Write([]byte(content))
	w.Close()
	return "." + base64.RawURLEncoding.EncodeToString(b.Bytes())
}

func TestDjangoSigned(t *testing.T) {
	encode := base64.RawURLEncoding.EncodeToString
	ada := encode([]byte(`{"_auth_user_id":"42"}`))
	at := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name, value string
		now         time.Time
		reason      Reason
	}{
		{"SHA-256", signDjango(sha256.New, "key", djangoCookieSalt, ada), at, ""},
		{"SHA-1", signDjango(sha1.New, "key", djangoCookieSalt, ada), at, ""},
		{"fallback", signDjango(sha256.New, "old", djangoCookieSalt, ada), at, ""},
		{"padding", signDjango(sha256.New, "key", djangoCookieSalt, ada+"="), at, ""},
		{"other key", signDjango(sha256.New, "other", djangoCookieSalt, ada), at, Forged},
		{"salt of the records", signDjango(sha256.New, "key", "django.contrib.sessions.SessionStore", ada), at, Forged},
		{"deflated", signDjango(sha256.New, "key", djangoCookieSalt, deflated(`{"_auth_user_id":"42"}`)), at, ""},
		{"a bomb", signDjango(sha256.New, "key", djangoCookieSalt, deflated(strings.Repeat(" ", maxRecord+1))), at, Malformed},
		{"not deflated", signDjango(sha256.New, "key", djangoCookieSalt, "."+ada), at, Malformed},
		{"not base 64", signDjango(sha256.New, "key", djangoCookieSalt, "{}"), at, Malformed},
		{"nobody", signDjango(sha256.New, "key", djangoCookieSalt, encode([]byte(`{}`))), at, NoUser},
		{"two weeks later", signDjango(sha256.New, "key", djangoCookieSalt, ada), at.Add(14 * 24 * time.Hour), Expired},
		{"no time", ada + ":" + ada, at, Malformed},
		{"nothing", ":", at, Malformed},
		{"colons", "::", at, Forged},
	} {
		source, err := Django(DjangoOptions{Engine: "signed_cookies", SecretKeys: [][]byte{[]byte("key"), []byte("old")},
			Setup: Setup{Now: func() time.Time { return test.now }}})
		if err != nil {
			t.Fatal(err)
		}
		u, err := source.Identify(withCookie("sessionid", test.value), nil)
		if reason, _ := NobodyReason(err); reason != test.reason || err == nil && u.ID != "42" {
			t.Errorf("%s: got %+v, %v, want %q", test.name, u, err, test.reason)
		}
	}
}

// Records in a database can be read without the key, by whoever trusts the database.
func TestDjangoWithoutKey(t *testing.T) {
	id := strings.Repeat("a", 32)
	signed := signDjango(sha256.New, "any", "any", base64.RawURLEncoding.EncodeToString([]byte(`{"_auth_user_id":"42"}`)))
	legacy := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("0", 40) + `:{"_auth_user_id":"42"}`))
	for record, want := range map[string]Reason{signed: "", legacy: "", "": Malformed, "e30=": Malformed, "%": Malformed,
		"e30:" + "?" + ":": Malformed} {
		source, err := Django(DjangoOptions{Setup: Setup{Store: storeFunc(func(_ context.Context, key string) (Record, error) {
			if key != id {
				t.Errorf("asked for %q", key)
			}
			return Record{Data: []byte(record)}, nil
		})}})
		if err != nil {
			t.Fatal(err)
		}
		u, err := source.Identify(withCookie("sessionid", id), nil)
		if reason, _ := NobodyReason(err); reason != want || err == nil && u.ID != "42" {
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
	database, _ := openScratch(t, `CREATE TABLE auth_user (id INTEGER, first_name TEXT, last_name TEXT, email TEXT, is_active BOOL)`,
		`INSERT INTO auth_user VALUES (42, 'Ada', 'Lovelace', 'ada@example.com', 1)`,
		`CREATE TABLE django_session (session_key TEXT, session_data TEXT, expire_date DATETIME)`,
		`INSERT INTO django_session VALUES ('`+id+`', '`+signDjango(sha256.New, "key", "django.contrib.sessions.SessionStore",
			base64.RawURLEncoding.EncodeToString([]byte(`{"_auth_user_id":"42"}`)))+`', '9999-12-31 00:00:00')`)
	source := mustOpen(t)(Django(DjangoOptions{Engine: "cached_db", Database: database,
		Setup: Setup{Store: openRedis(t, "redis://"+miniredis.RunT(t).Addr())}}))
	if u, err := source.Identify(withCookie("sessionid", id), nil); u.ID != "42" || u.Name != "Ada Lovelace" {
		t.Errorf("got %+v, %v", u, err)
	}
}

// The cache alone tells who is logged in, as Django's own backend and as django-redis write it.
func TestDjangoCache(t *testing.T) {
	id := strings.Repeat("a", 32)
	pickled := "\x80\x04}\x8c\x0d_auth_user_id\x8c\x0242s."
	inflated, _ := base64.RawURLEncoding.DecodeString(deflated(pickled)[1:])
	server := miniredis.RunT(t)
	server.Set(":1:django.contrib.sessions.cache"+id, pickled)
	server.Set(":1:django.contrib.sessions.cached_db"+id, string(inflated))
	server.Set("shop:2:django.contrib.sessions.cache"+id, `{"_auth_user_id":"42"}`)
	server.Set("msgpack:1:django.contrib.sessions.cache"+id, "\x81\xad_auth_user_id\xa242")
	server.Set("gzip:1:django.contrib.sessions.cache"+id, gzipped(t, pickled))
	server.Set("zstd:1:django.contrib.sessions.cache"+id, string(zstandard(t, pickled)))
	server.Set("bomb:1:django.contrib.sessions.cache"+id, string(zstandard(t, pickled+strings.Repeat(" ", maxRecord))))
	server.Set("cut:1:django.contrib.sessions.cache"+id, gzipped(t, pickled)[:30])
	server.Set("bad:1:django.contrib.sessions.cache"+id, "x")
	server.Set("evil:1:django.contrib.sessions.cache"+id, "cos\nsystem\n(S'true'\ntR.")
	for _, test := range []struct {
		engine, prefix string
		reason         Reason
	}{{"cache", "", ""}, {"cached_db", "", ""}, {"cache", "shop:2:", ""}, {"cache", "none:1:", NoRecord},
		{"cache", "msgpack:1:", ""},
		{"cache", "gzip:1:", ""}, {"cache", "zstd:1:", ""}, {"cache", "bomb:1:", Malformed}, {"cache", "cut:1:", Malformed},
		{"cache", "bad:1:", Malformed}, {"cache", "evil:1:", Malformed}} {
		source, err := Django(DjangoOptions{Engine: test.engine, KeyPrefix: test.prefix,
			Setup: Setup{Store: openRedis(t, "redis://"+server.Addr())}})
		if err != nil {
			t.Fatal(err)
		}
		u, err := source.Identify(withCookie("sessionid", id), nil)
		if reason, _ := NobodyReason(err); reason != test.reason || err == nil && u.ID != "42" {
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
		row    Record
		err    error
		reason Reason
	}{
		"SHA-256":        {mac(sha256.New), Record{Data: []byte("pbkdf2$secret")}, nil, ""},
		"SHA-1":          {mac(sha1.New), Record{Data: []byte("pbkdf2$secret")}, nil, ""},
		"changed":        {mac(sha256.New), Record{Data: []byte("pbkdf2$other")}, nil, Expired},
		"no hash":        {"", Record{Data: []byte("pbkdf2$secret")}, nil, Expired},
		"user is gone":   {mac(sha256.New), Record{}, &Nobody{Reason: NoRecord}, NoRecord},
		"database fails": {mac(sha256.New), Record{}, context.DeadlineExceeded, "unknown"},
	} {
		payload := base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, `{"_auth_user_id":"42","_auth_user_hash":%q}`, test.hash))
		source, err := Django(DjangoOptions{Engine: "signed_cookies", SecretKeys: [][]byte{[]byte("key")},
			Setup: Setup{MaxAge: -1}, Passwords: storeFunc(func(_ context.Context, id string) (Record, error) {
				if id != "42" {
					t.Errorf("asked for the password of %q", id)
				}
				return test.row, test.err
			})})
		if err != nil {
			t.Fatal(err)
		}
		u, err := source.Identify(withCookie("sessionid", signDjango(sha256.New, "key", djangoCookieSalt, payload)), nil)
		reason, certain := NobodyReason(err)
		if err != nil && !certain {
			reason = "unknown"
		}
		if reason != test.reason || err == nil && u.ID != "42" {
			t.Errorf("%s: got %+v, %v, want %q", name, u, err, test.reason)
		}
	}
}

func TestDjangoOptions(t *testing.T) {
	table := storeFunc(func(context.Context, string) (Record, error) { return Record{}, nil })
	redis := openRedis(t, "redis://127.0.0.1:1")
	key := [][]byte{[]byte("key")}
	for name, o := range map[string]DjangoOptions{
		"signed_cookies without a key": {Engine: "signed_cookies"},
		"signed_cookies with a store":  {Engine: "signed_cookies", SecretKeys: key, Setup: Setup{Store: table}},
		"no store":                     {SecretKeys: key},
		"db in Redis":                  {SecretKeys: key, Setup: Setup{Store: redis}},
		"db in files":                  {SecretKeys: key, Setup: Setup{Store: &Files{}}},
		"cache in a table":             {Engine: "cache", SecretKeys: key, Setup: Setup{Store: table}},
		"file in Redis":                {Engine: "file", SecretKeys: key, Setup: Setup{Store: redis}},
		"unknown engine":               {Engine: "tape", SecretKeys: key, Setup: Setup{Store: table}},
		"empty key":                    {Engine: "signed_cookies", SecretKeys: [][]byte{[]byte("key"), nil}},
		"passwords without a key":      {Setup: Setup{Store: table}, Passwords: table},
	} {
		if _, err := Django(o); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// FuzzDjango changes good values: whatever comes in, nobody comes out but the user whom the site signed in.
func FuzzDjango(f *testing.F) {
	for _, digest := range []func() hash.Hash{sha256.New, sha1.New} {
		f.Add(signDjango(digest, "key", djangoCookieSalt, base64.RawURLEncoding.EncodeToString([]byte(`{"_auth_user_id":"42"}`))))
		f.Add(signDjango(digest, "key", djangoCookieSalt, deflated(`{"_auth_user_id":"42"}`)))
	}
	source, err := Django(DjangoOptions{Engine: "signed_cookies", SecretKeys: [][]byte{[]byte("key")}, Setup: Setup{MaxAge: -1}})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, value string) { fuzzCookie(t, source, "sessionid", value) })
}

// FuzzDjangoRecord feeds the record of a store, which is not always signed.
func FuzzDjangoRecord(f *testing.F) {
	f.Add([]byte(".eJyrVkpKLFKyUoIBAA:1xV7is:x"))
	f.Add([]byte(base64.StdEncoding.EncodeToString([]byte("0:{}"))))
	f.Add([]byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\xab\xae\x05\x00C\xbf\xa6\xa3\x02\x00\x00\x00"))
	f.Add([]byte("\x28\xb5\x2f\xfd\x04\x00\x11\x00\x00{}\x1a\x07\x8f\x7d"))
	f.Fuzz(func(t *testing.T, record []byte) {
		for _, step := range []Step{djangoKeys(nil).record, djangoCached} {
			s, err := step(t.Context(), &Visit{}, State{Data: record})
			if err == nil && len(s.Data) > maxRecord && len(s.Data) > len(record) {
				t.Errorf("%d bytes of %d", len(s.Data), len(record))
			}
		}
	})
}
