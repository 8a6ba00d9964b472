package session

import (
	"context"
	"path/filepath"
	"testing"
	"time"
)

// djangoFixtures reads the captures of Django.
var djangoFixtures = fixtureKind{Framework: "django", Open: openDjango}

func openDjango(t *testing.T, site fixtureSite) Source {
	t.Helper()
	o := DjangoOptions{Setup: site.Setup, Engine: site.Config.text("engine"),
		SecretKeys: [][]byte{[]byte(site.Config.text("secret_key"))}}
	fallbacks, _ := site.Config["secret_key_fallbacks"].([]any)
	for _, key := range fallbacks {
		o.SecretKeys = append(o.SecretKeys, []byte(key.(string)))
	}
	o.Mapping = Mapping{}
	o.MaxAge = site.Config.seconds("cookie_age")
	switch o.Engine {
	case "signed_cookies":
		o.Store = nil
	case "db", "cached_db":
		o.Store = tableStore(t, site.Dir, "django_session", "session_key", "session_data")
		o.MaxAge = 0
	case "file":
		o.Store = &Files{Dir: filepath.Join(site.Dir, "sessions"), Timeout: patience}
	}
	if site.Dir != "" {
		o.Passwords = tableStore(t, site.Dir, "legacy_user", "id", "password")
		o.Lookup = rowLookup(tableRows(t, site.Dir, "legacy_user"))
	}
	recipe, err := Django(o)
	if err != nil {
		t.Fatal(err)
	}
	return recipe
}

// tableStore is a table of the snapshot in dir as a store: of each row one column as the key, one as the data.
func tableStore(t *testing.T, dir, table, key, data string) Store {
	t.Helper()
	rows := tableRows(t, dir, table)
	return storeFunc(func(_ context.Context, wanted string) (Record, error) {
		for _, row := range rows {
			if Text(row[key]) != wanted {
				continue
			}
			record := Record{Data: []byte(Text(row[data]))}
			if expires := Text(row["expire_date"]); expires != "" {
				var err error
				if record.Expires, err = time.Parse("2006-01-02 15:04:05.999999", expires); err != nil {
					return Record{}, err
				}
			}
			return record, nil
		}
		return Record{}, &Nobody{Reason: NoRecord}
	})
}

// rowLookup finds name and email by id among rows.
func rowLookup(rows []fixtureConfig) Lookup {
	return func(_ context.Context, u User) (User, error) {
		for _, row := range rows {
			if Text(row["id"]) == u.ID {
				u.Name, u.Email = row.text("name"), row.text("email")
				return u, nil
			}
		}
		return User{}, &Nobody{Reason: NoUser}
	}
}

func tableRows(t *testing.T, dir, table string) []fixtureConfig {
	t.Helper()
	var tables map[string][]fixtureConfig
	readJSON(t, filepath.Join(dir, "rows.json"), &tables)
	return tables[table]
}

func TestDjangoFixtures(t *testing.T) { runFixtures(t, djangoFixtures) }

func TestDjangoFlippedBits(t *testing.T) { flipFixtures(t, djangoFixtures) }
