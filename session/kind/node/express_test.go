package node

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/cookie"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/recipe"
	"tawkproxy/session/sessiontest"
	"tawkproxy/session/store"
	"tawkproxy/session/store/storetest"
)

// expressFixtures reads the captures of express-session.
var expressFixtures = kindtest.FixtureKind{Framework: "express", Open: openExpress, Canonical: unescaped,
	Unreadable: map[string]string{"memory": "the sessions are in the site's own process"}}

func openExpress(t *testing.T, site kindtest.FixtureSite) session.Source {
	t.Helper()
	o := ExpressOptions{Setup: site.Setup, KeyPrefix: setting.NewPrefix(site.Config.Text("key_prefix"))}
	if o.Store == nil {
		o.Store = &store.Files{Dir: t.TempDir()}
	}
	secrets, _ := site.Config["secrets"].([]any)
	for _, secret := range secrets {
		o.Secrets = append(o.Secrets, setting.NewSecret(secret.(string)))
	}
	recipe, err := NewExpress(kindtest.Usual(o))
	if err != nil {
		t.Fatal(err)
	}
	return recipe
}

// unescaped is what a cookie stands for: %2F, %2f and a slash are the same.
func unescaped(value string) string { return kindtest.SeenBy(cookie.Node07Cookies)(value) }

func TestExpressFixtures(t *testing.T) { kindtest.RunFixtures(t, expressFixtures) }

func TestExpressFlippedBits(t *testing.T) { kindtest.FlipFixtures(t, expressFixtures) }

// signExpress signs an id as cookie-signature does.
func signExpress(secret, id string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(id))
	return url.PathEscape("s:" + id + "." + strings.TrimRight(base64.StdEncoding.EncodeToString(mac.Sum(nil)), "="))
}

func TestExpress(t *testing.T) {
	id := strings.Repeat("i", 32)
	now := time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC)
	const oneHour = `"cookie":{"originalMaxAge":3600000,"expires":"2026-11-22T14:30:00.000Z"}`
	record := `{` + oneHour + `,"passport":{"user":"42"}}`
	ada := session.User{ID: "42", Name: "Ada", Email: "ada@example.com"}
	for _, test := range []struct {
		name, cookie, record string
		change               func(o *ExpressOptions)
		want                 session.User
		reason               session.Reason
	}{
		{"passport's id", signExpress("secret", id), record, nil, session.User{ID: "42"}, ""},
		{"a number", signExpress("secret", id), `{"passport":{"user":42}}`, nil, session.User{ID: "42"}, ""},
		{"an object", signExpress("secret", id), `{"passport":{"user":{"id":42,"name":"Ada","email":"ada@example.com"}}}`, nil,
			ada, ""},
		{"of Mongo", signExpress("secret", id), `{"passport":{"user":{"_id":"42","username":"Ada"}}}`, nil,
			session.User{ID: "42", Name: "Ada"}, ""},
		{"a profile", signExpress("secret", id), `{"passport":{"user":{"id":"42","displayName":"Ada","name":{"givenName":"A"},
			"emails":[{"value":"ada@example.com"}]}}}`, nil, ada, ""},
		{"logged out of passport", signExpress("secret", id), `{"passport":{}}`, nil, session.User{}, session.NoUser},
		{"no passport", signExpress("secret", id), `{}`, nil, session.User{}, session.NoUser},
		{"own path", signExpress("secret", id), `{"passport":{"user":42}}`,
			func(o *ExpressOptions) { o.Mapping.ID = "passport.user" }, session.User{ID: "42"}, ""},
		{"own name", signExpress("secret", id), `{"passport":{"user":42},"name":"Ada"}`,
			func(o *ExpressOptions) { o.Mapping.Name = "name" }, session.User{ID: "42", Name: "Ada"}, ""},
		{"old secret", signExpress("old", id), record, nil, session.User{ID: "42"}, ""},
		{"other secret", signExpress("other", id), record, nil, session.User{}, session.Forged},
		{"in quotation marks", `"` + signExpress("secret", id) + `"`, record, nil, session.User{ID: "42"}, ""},
		{"not signed", "s%3A" + id, record, nil, session.User{}, session.Forged},
		{"no mark", strings.TrimPrefix(signExpress("secret", id), "s:"), record, nil, session.User{}, session.Forged},
		{"dots in the id", signExpress("secret", "a.b.c.d.e.f"), record, nil, session.User{}, session.NoRecord},
		{"a path", signExpress("secret", "../../etc/passwd"), record, nil, session.User{}, session.Malformed},
		{"broken escape", "%" + signExpress("secret", id), record, nil, session.User{}, session.Forged},
		{"ended, but kept by the store", signExpress("secret", id), strings.Replace(record, "14:30", "13:59", 1), nil,
			session.User{ID: "42"}, ""},
		{"no time", signExpress("secret", id), strings.Replace(record, "2026", "soon", 1), nil, session.User{ID: "42"}, ""},
		{"touched half an hour ago", signExpress("secret", id), record,
			func(o *ExpressOptions) { o.MaxAge = 29 * time.Minute }, session.User{}, session.Expired},
		{"without an end", signExpress("secret", id), `{"cookie":{"originalMaxAge":null,"expires":null},"passport":{"user":42}}`, nil,
			session.User{ID: "42"}, ""},
		{"damaged", signExpress("secret", id), `{`, nil, session.User{}, session.Malformed},
		{"a list", signExpress("secret", id), `[]`, nil, session.User{}, session.NoUser},
	} {
		o := ExpressOptions{Secrets: setting.NewKeys([]byte("secret"), []byte("old"))}
		o.Now = func() time.Time { return now }
		o.Store = storetest.StoreFunc(func(_ context.Context, key string) (store.Record, error) {
			if key != id {
				return store.Record{}, &session.Nobody{Reason: session.NoRecord}
			}
			return store.Record{Data: []byte(test.record)}, nil
		})
		if test.change != nil {
			test.change(&o)
		}
		source, err := NewExpress(kindtest.Usual(o))
		if err != nil {
			t.Fatal(err)
		}
		u, err := source.Identify(sessiontest.WithCookie("connect.sid", test.cookie), nil)
		reason, _ := session.NobodyReason(err)
		if reason != test.reason || u.ID != test.want.ID || u.Name != test.want.Name || u.Email != test.want.Email {
			t.Errorf("%s: got %+v, %v, want %+v, %q", test.name, u, err, test.want, test.reason)
		}
	}
}

// In files a session ends by itself, or, without an end of its own, an hour after the last request, or as the site has chosen.
func TestExpressFiles(t *testing.T) {
	endless, short, last := strings.Repeat("e", 32), strings.Repeat("s", 32), time.Unix(1795357041, 0)
	dir := t.TempDir()
	for id, cookie := range map[string]string{
		endless: `{"originalMaxAge":null}`, short: `{"originalMaxAge":1800000,"expires":"2026-11-22T14:47:21.000Z"}`,
	} {
		record := `{"cookie":` + cookie + `,"passport":{"user":42},"__lastAccess":1795357041000}`
		if err := os.WriteFile(filepath.Join(dir, id+".json"), []byte(record), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		id         string
		later, ttl time.Duration
		ended      bool
	}{
		{endless, 59 * time.Minute, 0, false}, {endless, 61 * time.Minute, 0, true},
		{endless, 61 * time.Minute, 2 * time.Hour, false}, {endless, 121 * time.Minute, 2 * time.Hour, true},
		{short, 29 * time.Minute, 0, false}, {short, 31 * time.Minute, 2 * time.Hour, true},
	} {
		source := kindtest.MustOpen(t)(NewExpress(kindtest.Usual(ExpressOptions{Secrets: setting.NewKeys([]byte("secret")), Setup: recipe.Setup{MaxAge: test.ttl,
			Store: &store.Files{Dir: dir, Timeout: sessiontest.Patience}, Now: func() time.Time { return last.Add(test.later) }}})))
		_, err := source.Identify(sessiontest.WithCookie("connect.sid", signExpress("secret", test.id)), nil)
		if reason, _ := session.NobodyReason(err); (reason == session.Expired) != test.ended || !test.ended && err != nil {
			t.Errorf("%.1s… %v later of %v: %v", test.id, test.later, test.ttl, err)
		}
	}
}

func TestExpressOptions(t *testing.T) {
	site := recipe.Setup{Store: &store.Files{}}
	for name, o := range map[string]ExpressOptions{
		"in memory":    {Secrets: setting.NewKeys([]byte("secret"))},
		"empty secret": {Setup: site, Secrets: setting.NewKeys([]byte("secret"), nil)},
	} {
		if _, err := NewExpress(kindtest.Usual(o)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// FuzzExpress changes good values and records: whatever comes in, nobody comes out but the user whom the site signed in.
func FuzzExpress(f *testing.F) {
	id := strings.Repeat("i", 32)
	f.Add(signExpress("secret", id))
	f.Add(strings.Replace(signExpress("secret", id), "s:", "s%3A", 1))
	source, err := NewExpress(kindtest.Usual(ExpressOptions{Secrets: setting.NewKeys([]byte("secret")), Setup: recipe.Setup{
		Store: storetest.StoreFunc(func(_ context.Context, key string) (store.Record, error) {
			if key != id {
				return store.Record{}, &session.Nobody{Reason: session.NoRecord}
			}
			return store.Record{Data: []byte(`{"passport":{"user":42}}`)}, nil
		})}}))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, value string) { sessiontest.FuzzCookie(t, source, "connect.sid", value) })
}

// FuzzExpressRecord feeds the reader of the record anything that the site may have written.
func FuzzExpressRecord(f *testing.F) {
	f.Add([]byte(`{"cookie":{"originalMaxAge":3600000,"expires":"2026-11-22T14:30:00.000Z"},"passport":{"user":{"_id":1}}}`))
	f.Add([]byte(`{"cookie":{"expires":null},"passport":{"user":42},"__lastAccess":1795357041000}`))
	record := []byte(nil)
	source, err := NewExpress(kindtest.Usual(ExpressOptions{Secrets: setting.NewKeys([]byte("secret")), Setup: recipe.Setup{
		Store: storetest.StoreFunc(func(context.Context, string) (store.Record, error) { return store.Record{Data: record}, nil })}}))
	if err != nil {
		f.Fatal(err)
	}
	r := sessiontest.WithCookie("connect.sid", signExpress("secret", strings.Repeat("i", 32)))
	f.Fuzz(func(t *testing.T, data []byte) {
		record = data
		if _, err := source.Identify(r, nil); err != nil {
			if _, certain := session.NobodyReason(err); !certain {
				t.Error(err)
			}
		}
	})
}

func BenchmarkExpress(b *testing.B) {
	record := []byte(`{"cookie":{"originalMaxAge":3600000,"expires":"2126-11-22T14:30:00.000Z","httpOnly":true,"path":"/"},
		"passport":{"user":{"id":42,"name":"Ada Lovelace","email":"ada@example.com"}},"views":1}`)
	source, err := NewExpress(kindtest.Usual(ExpressOptions{Secrets: setting.NewKeys([]byte("secret")), Setup: recipe.Setup{
		Store: storetest.StoreFunc(func(context.Context, string) (store.Record, error) { return store.Record{Data: record}, nil })}}))
	if err != nil {
		b.Fatal(err)
	}
	kindtest.BenchmarkIdentify(b, source, sessiontest.WithCookie("connect.sid", signExpress("secret", strings.Repeat("i", 32))), nil)
}
