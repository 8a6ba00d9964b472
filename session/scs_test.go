package session

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// scsFixtures reads the captures of alexedwards/scs.
var scsFixtures = fixtureKind{Framework: "scs", Open: openSCS}

func openSCS(t *testing.T, site fixtureSite) Source {
	t.Helper()
	recipe, err := SCS(SCSOptions{Setup: site.Setup, Serializer: site.Config.text("serializer"),
		Prefix: site.Config.text("key_prefix")})
	if err != nil {
		t.Fatal(err)
	}
	return recipe
}

func TestSCSFixtures(t *testing.T) { runFixtures(t, scsFixtures) }

func TestSCSFlippedBits(t *testing.T) { flipFixtures(t, scsFixtures) }

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
	store := storeFunc(func(_ context.Context, key string) (Record, error) {
		if record, ok := records[key]; ok {
			return Record{Data: []byte(record)}, nil
		}
		return Record{}, &Nobody{Reason: NoRecord}
	})
	tests := []struct {
		name   string
		path   string
		prefix string
		hash   bool
		token  string
		user   string
		reason Reason
	}{
		{"plain", "user.id", "", false, token, "42", ""},
		{"from the record's root", "values.user.id", "", false, token, "42", ""},
		{"hashed", "user.id", "", true, token, "43", ""},
		{"the key in the store is no token", "user.id", "", true, hashed, "", NoRecord},
		{"ended", "user.id", "past:", false, token, "", Expired},
		{"unreadable deadline", "user.id", "odd:", false, token, "", Malformed},
		{"null for a deadline", "user.id", "null:", false, token, "42", ""},
		{"no deadline", "user.id", "bare:", false, token, "42", ""},
		{"no values", "user.id", "empty:", false, token, "", NoUser},
		{"damaged", "user.id", "damaged:", false, token, "", Malformed},
		{"not a token", "user.id", "", false, "short", "", Malformed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			source, err := SCS(SCSOptions{Serializer: "json", Prefix: test.prefix, HashTokens: test.hash,
				Setup: Setup{Cookie: "s", Store: store, Mapping: Mapping{ID: test.path}, Now: func() time.Time { return now }}})
			if err != nil {
				t.Fatal(err)
			}
			r := httptest.NewRequest("GET", "http://shop.example/", nil)
			r.Header.Set("Cookie", "s="+test.token)
			u, err := source.Identify(r, nil)
			if reason, _ := NobodyReason(err); u.ID != test.user || reason != test.reason {
				t.Errorf("got %+v, %v", u, err)
			}
		})
	}
}

// The table of the SQL stores, in which SQLite's has days with fractions. It knows of an idle timeout, the record does not.
func TestSCSTable(t *testing.T) {
	now, token := time.Unix(1795354149, 0), strings.Repeat("t", 43)
	const record = `{"deadline":"2100-01-01T00:00:00Z","values":{"user":{"id":42}}}`
	for expiry, want := range map[string]Reason{
		"julianday('2026-11-22 13:29:10')": "", "julianday('2026-11-22 13:29:08')": Expired,
		"'2026-11-22 13:29:09.500000'": "", "'2026-11-22 13:29:08.999999'": Expired,
	} {
		database, _ := openScratch(t, "CREATE TABLE sessions (token TEXT PRIMARY KEY, data BLOB NOT NULL, expiry NOT NULL)",
			"INSERT INTO sessions VALUES ('"+token+"', CAST('"+record+"' AS BLOB), "+expiry+")")
		source := mustOpen(t)(SCS(SCSOptions{Serializer: "json", Setup: Setup{Cookie: "s", Store: &Table{Database: database},
			Mapping: Mapping{ID: "user.id"}, Now: func() time.Time { return now }}}))
		u, err := source.Identify(withCookie("s", token), nil)
		if reason, _ := NobodyReason(err); reason != want || err == nil && u.ID != "42" {
			t.Errorf("%s: got %+v, %v", expiry, u, err)
		}
	}
}
