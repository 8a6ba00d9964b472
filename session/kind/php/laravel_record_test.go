package php

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
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

// memory is a [store.Store] for tests.
type memory struct {
	records map[string]store.Record
	asked   int
}

func (m *memory) Get(_ context.Context, key string) (store.Record, error) {
	m.asked++
	if record, ok := m.records[key]; ok {
		return record, nil
	}
	return store.Record{}, &session.Nobody{Reason: session.NoRecord}
}

// serializedText is PHP's serialize() of a text.
func serializedText(text string) string { return fmt.Sprintf(`s:%d:"%s";`, len(text), text) }

func TestLaravelRecord(t *testing.T) {
	id := strings.Repeat("i", 40)
	at := time.Unix(1795354149, 0)
	encrypted := func(text string) string { return laravelSeal(t, laravelKey, serializedText(text), false, nil) }
	const admin = "login_admin_59ba36addc2b2f9401580f014c7f58ea4e30989d"
	const own = "login_web_0000000000000000000000000000000000000000"
	const old = "login_82e5d2c56bdd0811318f0cf078b78bfc"
	json := `{"` + laravelLogin + `":42,"cart":[]}`
	tests := []struct {
		name   string
		record string
		guard  string
		age    time.Duration
		user   string
		reason session.Reason
	}{
		{"serialized", laravelAda, "", 0, "42", ""},
		{"JSON", json, "", 0, "42", ""},
		{"JSON of nothing", "[]", "", 0, "", session.NoUser},
		{"nothing", "", "", 0, "", session.NoUser},
		{"by the cache", serializedText(laravelAda), "", 0, "42", ""},
		{"encrypted", encrypted(laravelAda), "", 0, "42", ""},
		{"encrypted JSON", encrypted(json), "", 0, "42", ""},
		{"encrypted, by the cache", serializedText(encrypted(laravelAda)), "", 0, "42", ""},
		{"encrypted by another", laravelSeal(t, []byte("previous-key-previous-key-previo"), serializedText(laravelAda), false, nil), "",
			0, "", session.Forged},
		{"wrapped too often", serializedText(serializedText(serializedText(serializedText(laravelAda)))), "", 0, "", session.Malformed},
		{"damaged", laravelAda[:20], "", 0, "", session.Malformed},
		{"damaged JSON", json[:20], "", 0, "", session.Malformed},
		{"an object", `O:3:"Bag":1:{s:50:"` + laravelLogin + `";i:42;}`, "", 0, "42", ""},
		{"another guard", `a:1:{s:52:"` + admin + `";i:42;}`, "", 0, "", session.NoUser},
		{"another guard that is asked for", `a:1:{s:52:"` + admin + `";i:42;}`, "admin", 0, "42", ""},
		{"two guards", `a:2:{s:52:"` + admin + `";i:7;s:50:"` + laravelLogin + `";i:42;}`, "", 0, "42", ""},
		{"a guard of the site's own", `a:1:{s:50:"` + own + `";s:5:"u-7f3";}`, "", 0, "u-7f3", ""},
		{"two classes of guard", `a:2:{s:50:"` + own + `";i:7;s:50:"` + laravelLogin + `";i:42;}`, "", 0, "", session.Ambiguous},
		{"two classes that agree", `a:2:{s:50:"` + own + `";s:2:"42";s:50:"` + laravelLogin + `";i:42;}`, "", 0, "42", ""},
		{"the guard of 5.1", `a:1:{s:38:"` + old + `";i:42;}`, "", 0, "42", ""},
		{"the guard of 5.1, but another is asked for", `a:1:{s:38:"` + old + `";i:42;}`, "admin", 0, "", session.NoUser},
		{"a value of our name", `a:1:{s:9:"login_web";i:42;}`, "", 0, "", session.NoUser},
		{"the last second", laravelAda, "", 2 * time.Hour, "42", ""},
		{"left alone", laravelAda, "", 2*time.Hour + time.Second, "", session.Expired},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			store := &memory{records: map[string]store.Record{id: {Data: []byte(test.record), Modified: at.Add(750 * time.Millisecond)}}}
			o := LaravelOptions{Key: setting.NewKeys(laravelKey), Guard: test.guard,
				Setup: recipe.Setup{Store: store, Now: func() time.Time { return at.Add(test.age) }}}
			u, err := identifyLaravel(t, o, laravelSessionCookie(t, id))
			if reason, _ := session.NobodyReason(err); u.ID != test.user || reason != test.reason {
				t.Errorf("got %+v, %v", u, err)
			}
		})
	}
}

// A file that Laravel is just writing is not taken for a logout.
func TestLaravelTornFile(t *testing.T) {
	id := strings.Repeat("i", 40)
	now := time.Unix(1795354149, 0)
	encrypted := laravelSeal(t, laravelKey, serializedText(laravelAda), false, nil)
	for _, record := range []string{laravelAda, serializedText(laravelAda), encrypted} {
		for cut := range 2 {
			place := &memory{records: map[string]store.Record{id: {Data: []byte(record), Modified: now}}}
			source, err := NewLaravel(kindtest.Usual(LaravelOptions{Key: setting.NewKeys(laravelKey),
				Setup: recipe.Setup{Store: place, Now: func() time.Time { return now }}}))
			if err != nil {
				t.Fatal(err)
			}
			visit := kindtest.FixtureCase{Cookie: laravelSessionCookie(t, id)}.Request()
			if u, err := source.Identify(visit, nil); u.ID != "42" {
				t.Fatalf("got %+v, %v", u, err)
			}
			place.records[id] = store.Record{Data: []byte(record[:cut*len(record)/2]), Modified: now}
			if _, err := source.Identify(visit, http.Header{}); kindtest.Outcome(err) != "unknown" {
				t.Errorf("%.10s… cut off: %v", record, err)
			}
		}
	}
}

// The last use ends a session earlier than the lifetime, wherever its time is known.
func TestLaravelMaxAge(t *testing.T) {
	id := strings.Repeat("i", 40)
	used := time.Unix(1795354149, 0)
	second := fmt.Sprintf(`{"data":%q,"expires":%d}`, laravelAda, used.Add(2*time.Hour).Unix())
	second = "; " + id + "=" + laravelSeal(t, laravelKey, laravelPrefix(laravelKey, id)+second, false, nil)
	stored := &memory{records: map[string]store.Record{id: {Data: []byte(laravelAda), Modified: used}}}
	for after, want := range map[time.Duration]session.Reason{time.Hour: "", time.Hour + time.Second: session.Expired} {
		setup := recipe.Setup{MaxAge: time.Hour, Now: func() time.Time { return used.Add(after) }}
		_, err := identifyLaravel(t, LaravelOptions{Key: setting.NewKeys(laravelKey), Setup: setup}, laravelSessionCookie(t, id)+second)
		if reason, _ := session.NobodyReason(err); reason != want {
			t.Errorf("second cookie after %s: %v", after, err)
		}
		setup.Store = stored
		_, err = identifyLaravel(t, LaravelOptions{Key: setting.NewKeys(laravelKey), Setup: setup}, laravelSessionCookie(t, id))
		if reason, _ := session.NobodyReason(err); reason != want {
			t.Errorf("store after %s: %v", after, err)
		}
	}
}

func laravelSessionCookie(t testing.TB, id string) string {
	t.Helper()
	value := laravelSeal(t, laravelKey, laravelPrefix(laravelKey, "laravel_session")+id, false, nil)
	return "laravel_session=" + url.QueryEscape(value)
}

// A table's record is base64; the id in it is compared to the letter.
func TestLaravelTable(t *testing.T) {
	id := strings.Repeat("i", 40)
	at := time.Unix(1795354149, 0)
	payload := base64.StdEncoding.EncodeToString([]byte(laravelAda))
	database, _ := storetest.OpenScratch(t, "CREATE TABLE sessions (id TEXT, payload TEXT, last_activity INTEGER)",
		fmt.Sprintf("INSERT INTO sessions VALUES ('%s', '%s', %d)", id, payload, at.Unix()),
		fmt.Sprintf("INSERT INTO sessions VALUES ('%s', 'not base64', %d)", strings.Repeat("j", 40), at.Unix()),
		fmt.Sprintf("INSERT INTO sessions VALUES ('%s', '%s', NULL)", strings.Repeat("k", 40), payload),
		"CREATE TABLE users (id INTEGER, name TEXT, email TEXT)", "INSERT INTO users VALUES (42, 'Ada', 'ada@example.com')")
	o := LaravelOptions{Key: setting.NewKeys(laravelKey), Database: database,
		Setup: recipe.Setup{Store: &store.Table{Database: database}, Now: func() time.Time { return at }, Mapping: session.Mapping{Prefix: "shop-"}}}
	u, err := identifyLaravel(t, o, laravelSessionCookie(t, id))
	if u.ID != "shop-42" || u.Name != "Ada" || u.Email != "ada@example.com" {
		t.Errorf("got %+v, %v", u, err)
	}
	u, err = identifyLaravel(t, o, laravelSessionCookie(t, strings.Repeat("k", 40)))
	if u.ID != "shop-42" {
		t.Errorf("without a last activity: got %+v, %v", u, err) // isset($session->last_activity) && …
	}
	_, err = identifyLaravel(t, o, laravelSessionCookie(t, strings.Repeat("j", 40)))
	if reason, _ := session.NobodyReason(err); reason != session.Malformed {
		t.Errorf("got %v", err)
	}
}

// The second cookie of the driver cookie is signed like the first, under its own name.
func TestLaravelSecondCookie(t *testing.T) {
	id, other := strings.Repeat("i", 40), strings.Repeat("j", 40)
	at := time.Unix(1795354149, 0)
	record := fmt.Sprintf(`{"data":%q,"expires":%d}`, laravelAda, at.Unix())
	seal := func(name, record string) string {
		return laravelSeal(t, laravelKey, laravelPrefix(laravelKey, name)+record, false, nil)
	}
	o := LaravelOptions{Key: setting.NewKeys(laravelKey), Setup: recipe.Setup{Now: func() time.Time { return at }}}
	identify := func(cookies ...string) (string, session.Reason) {
		t.Helper()
		u, err := identifyLaravel(t, o, strings.Join(append(cookies, laravelSessionCookie(t, id)), "; "))
		reason, certain := session.NobodyReason(err)
		if err != nil && !certain {
			t.Errorf("unknown: %v", err)
		}
		return u.ID, reason
	}
	good := seal(id, record)
	for _, test := range []struct {
		name    string
		cookies []string
		user    string
		reason  session.Reason
	}{
		{"good", []string{id + "=" + url.QueryEscape(good)}, "42", ""},
		{"raw", []string{id + "=" + good}, "42", ""},
		{"missing", nil, "", session.NoRecord},
		{"another's", []string{id + "=" + seal(other, record)}, "", session.Forged},
		{"the session cookie", []string{id + "=" + seal("laravel_session", record)}, "", session.Forged},
		{"of two the first", []string{id + "=" + seal(other, record), id + "=" + good}, "", session.Forged},
		{"not JSON", []string{id + "=" + seal(id, "x")}, "", session.Malformed},
		{"no end", []string{id + "=" + seal(id, `{"data":""}`)}, "", session.Malformed},
		{"null for the end", []string{id + "=" + seal(id, `{"data":"","expires":null}`)}, "", session.Malformed},
		{"a fraction", []string{id + "=" + seal(id, fmt.Sprintf(`{"data":%q,"expires":%d.5}`, laravelAda, at.Unix()))}, "42", ""},
		{"a text", []string{id + "=" + seal(id, fmt.Sprintf(`{"data":%q,"expires":"%d"}`, laravelAda, at.Unix()))}, "42", ""},
		{"a text that ended", []string{id + "=" + seal(id, fmt.Sprintf(`{"data":%q,"expires":"%d"}`, laravelAda, at.Unix()-1))}, "", session.Expired},
		{"ended", []string{id + "=" + seal(id, fmt.Sprintf(`{"data":%q,"expires":%d}`, laravelAda, at.Unix()-1))}, "", session.Expired},
	} {
		if user, reason := identify(test.cookies...); user != test.user || reason != test.reason {
			t.Errorf("%s: got %s %s", test.name, user, reason)
		}
	}
	step := 1
	if testing.Short() {
		step = 9
	}
	for bit := 0; bit < len(good)*8; bit += step {
		flipped := []byte(good)
		flipped[bit/8] ^= 1 << (bit % 8)
		if user, _ := identify(id + "=" + string(flipped)); user != "" {
			t.Errorf("bit %d flipped: still accepted", bit)
		}
	}
}
