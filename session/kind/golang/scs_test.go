package golang

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tawkproxy/session"
	"tawkproxy/session/kind/kindtest"
	"tawkproxy/session/recipe"
	"tawkproxy/session/sessiontest"
	"tawkproxy/session/store"
	"tawkproxy/session/store/storetest"
)

// scsFixtures reads the captures of alexedwards/scs.
var scsFixtures = kindtest.FixtureKind{Framework: "scs", Open: openSCS}

func openSCS(t *testing.T, site kindtest.FixtureSite) session.Source {
	t.Helper()
	recipe, err := NewSCS(kindtest.Usual(SCSOptions{Setup: site.Setup, Codec: site.Config.Text("serializer"),
		KeyPrefix: kindtest.Prefix(site.Config.Text("key_prefix"))}))
	if err != nil {
		t.Fatal(err)
	}
	return recipe
}

func TestSCSFixtures(t *testing.T) { kindtest.RunFixtures(t, scsFixtures) }

func TestSCSFlippedBits(t *testing.T) { kindtest.FlipFixtures(t, scsFixtures) }

func TestSCS(t *testing.T) {
	now := time.Unix(1795357041, 0)
	token := strings.Repeat("t", 43)
	hashed := "gDg_l08ilk_Wt66FG2zMkYDtTm_LLkFbr8q22CITkjg"
	records := map[string]string{
		"scs:session:" + token:  `{"deadline":"2100-01-01T00:00:00Z","values":{"user":{"id":42}}}`,
		"scs:session:" + hashed: `{"deadline":"2100-01-01T00:00:00Z","values":{"user":{"id":43}}}`,
		"past:" + token:         `{"deadline":"2026-11-22T00:00:00Z","values":{"user":{"id":42}}}`,
		"odd:" + token:          `{"deadline":"tomorrow","values":{"user":{"id":42}}}`,
		"null:" + token:         `{"deadline":null,"values":{"user":{"id":42}}}`,
		"bare:" + token:         `{"Values":{"user":{"id":42}}}`,
		"empty:" + token:        `[]`,
		"damaged:" + token:      `{`,
	}
	store := storetest.StoreFunc(func(_ context.Context, key string) (store.Record, error) {
		if record, ok := records[key]; ok {
			return store.Record{Data: []byte(record)}, nil
		}
		return store.Record{}, &session.Nobody{Reason: session.NoRecord}
	})
	tests := []struct {
		name   string
		path   string
		prefix string
		hash   bool
		token  string
		user   string
		reason session.Reason
	}{
		{"plain", "user.id", "", false, token, "42", ""},
		{"from the record's root", "values.user.id", "", false, token, "42", ""},
		{"hashed", "user.id", "", true, token, "43", ""},
		{"the key in the store is no token", "user.id", "", true, hashed, "", session.NoRecord},
		{"ended", "user.id", "past:", false, token, "", session.Expired},
		{"unreadable deadline", "user.id", "odd:", false, token, "", session.Malformed},
		{"null for a deadline", "user.id", "null:", false, token, "42", ""},
		{"no deadline", "user.id", "bare:", false, token, "42", ""},
		{"no values", "user.id", "empty:", false, token, "", session.NoUser},
		{"damaged", "user.id", "damaged:", false, token, "", session.Malformed},
		{"not a token", "user.id", "", false, "short", "", session.Malformed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			source, err := NewSCS(kindtest.Usual(SCSOptions{Codec: "json", KeyPrefix: kindtest.Prefix(test.prefix), HashTokens: test.hash,
				Setup: recipe.Setup{Cookie: "s", Store: store, Mapping: session.Mapping{ID: test.path}, Now: func() time.Time { return now }}}))
			if err != nil {
				t.Fatal(err)
			}
			r := httptest.NewRequest("GET", "http://shop.example/", nil)
			r.Header.Set("Cookie", "s="+test.token)
			u, err := source.Identify(r, nil)
			if reason, _ := session.NobodyReason(err); u.ID != test.user || reason != test.reason {
				t.Errorf("got %+v, %v", u, err)
			}
		})
	}
}

// The table of the SQL stores, in which SQLite's has days with fractions. It knows of an idle timeout, the record does not.
func TestSCSTable(t *testing.T) {
	now, token := time.Unix(1795354149, 0), strings.Repeat("t", 43)
	const record = `{"deadline":"2100-01-01T00:00:00Z","values":{"user":{"id":42}}}`
	for expiry, want := range map[string]session.Reason{
		"julianday('2026-11-22 13:29:10')": "", "julianday('2026-11-22 13:29:08')": session.Expired,
		"'2026-11-22 13:29:09.500000'": "", "'2026-11-22 13:29:08.999999'": session.Expired,
	} {
		database, _ := storetest.OpenScratch(t, "CREATE TABLE sessions (token TEXT PRIMARY KEY, data BLOB NOT NULL, expiry NOT NULL)",
			"INSERT INTO sessions VALUES ('"+token+"', CAST('"+record+"' AS BLOB), "+expiry+")")
		source := kindtest.MustOpen(t)(NewSCS(kindtest.Usual(SCSOptions{Codec: "json", Setup: recipe.Setup{Cookie: "s", Store: &store.Table{Database: database},
			Mapping: session.Mapping{ID: "user.id"}, Now: func() time.Time { return now }}})))
		u, err := source.Identify(sessiontest.WithCookie("s", token), nil)
		if reason, _ := session.NobodyReason(err); reason != want || err == nil && u.ID != "42" {
			t.Errorf("%s: got %+v, %v", expiry, u, err)
		}
	}
}
