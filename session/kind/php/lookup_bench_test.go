package php

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/recipe"
	"tawkproxy/session/store"
	"tawkproxy/session/store/storetest"
)

func BenchmarkLaravel(b *testing.B) {
	id := strings.Repeat("i", 40)
	at := time.Unix(1795354149, 0)
	database, _ := storetest.OpenScratch(b, "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, email TEXT)",
		"INSERT INTO users VALUES (42, 'Ada', 'ada@example.com')")
	store := &memory{records: map[string]store.Record{id: {Data: []byte(laravelAda), Modified: at}}}
	for name, o := range map[string]LaravelOptions{
		"id alone":            {},
		"details remembered":  {Database: database},
		"details from SQLite": {Database: database, Setup: recipe.Setup{Now: everLater(at)}},
	} {
		o.Key, o.Store, o.Lifetime = setting.NewKeys(laravelKey), store, 1<<27
		if o.Now == nil {
			o.Now = func() time.Time { return at }
		}
		b.Run(name, func(b *testing.B) {
			benchIdentify(b, mustSource(b)(NewLaravel(kindtest.Usual(o))), laravelSessionCookie(b, id))
		})
	}
}

func BenchmarkWordPress(b *testing.B) {
	at := time.Unix(1795353763, 0)
	database := shopOfWordPress(b, "$P$BxMa8fWmZYztStitAfZmOmKVS1iGZe/",
		serializedToken("token", `a:2:{s:10:"expiration";i:1795526563;s:5:"login";i:1795353763;}`))
	source := mustSource(b)(NewWordPress(kindtest.Usual(WordPressOptions{Database: database, LoggedInKey: setting.NewSecret("key"), LoggedInSalt: setting.NewSecret("salt"),
		Setup: recipe.Setup{Now: func() time.Time { return at }}})))
	benchIdentify(b, source, "wordpress_logged_in_0123="+wordPressValue("keysalt", "fWmZ", "ada", 1795526563))
}

// everLater is a clock by which every answer kept is too old.
func everLater(at time.Time) func() time.Time {
	return func() time.Time {
		at = at.Add(recipe.LookupAge)
		return at
	}
}

func mustSource(b *testing.B) func(*recipe.Recipe, error) session.Source {
	return func(recipe *recipe.Recipe, err error) session.Source {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
		return recipe
	}
}

func benchIdentify(b *testing.B, source session.Source, cookie string) {
	r := httptest.NewRequest("GET", "http://shop.example/", nil)
	r.Header.Set("Cookie", cookie)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := source.Identify(r, nil); err != nil {
			b.Fatal(err)
		}
	}
}
