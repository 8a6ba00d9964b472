package recipe

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"tawkproxy/session"
	"tawkproxy/session/cookie"
	"tawkproxy/session/record"
	"tawkproxy/session/store"
	"tawkproxy/session/store/sqltext"
	"tawkproxy/session/store/storetest"
)

func TestLookup(t *testing.T) {
	database, _ := storetest.OpenScratch(t,
		"CREATE TABLE users (id INTEGER, code TEXT, name TEXT, email TEXT, phone TEXT, plan TEXT, seen INTEGER)",
		`INSERT INTO users VALUES (42, 'c-42', 'Ada Lovelace', 'ada@example.com', '+44 20', 'gold', 1795354149),
			(43, NULL, NULL, NULL, NULL, NULL, NULL), (44, 'c-44', 'Eve', '', '', '', 1), (44, 'c-45', 'Eva', '', '', '', 2)`)
	visit := session.User{ID: "42", Name: "old", Phone: "1", Attributes: map[string]string{"plan": "none", "cart": "3"}}
	tests := []struct {
		name   string
		query  string
		id     string
		user   session.User
		reason session.Reason
	}{
		{"details", "SELECT name, email FROM users WHERE id = ?", "42",
			session.User{ID: "42", Name: "Ada Lovelace", Email: "ada@example.com", Phone: "1", Attributes: visit.Attributes}, ""},
		{"everything", "select * from users where id = ?", "42", session.User{ID: "42", Name: "Ada Lovelace", Email: "ada@example.com",
			Phone: "+44 20", Attributes: map[string]string{"plan": "gold", "cart": "3", "code": "c-42", "seen": "1795354149"}}, ""},
		{"another id", "SELECT code AS ID FROM users WHERE id = ?", "42",
			session.User{ID: "c-42", Name: "old", Phone: "1", Attributes: visit.Attributes}, ""},
		{"capitals", `SELECT name AS "Name" FROM users WHERE id = ?`, "42",
			session.User{ID: "42", Name: "Ada Lovelace", Phone: "1", Attributes: visit.Attributes}, ""},
		{"nothing in it", "SELECT name, email, phone, plan FROM users WHERE id = ?", "43",
			session.User{ID: "43", Attributes: visit.Attributes}, ""},
		{"another id that is nothing", "SELECT code AS id FROM users WHERE id = ?", "43", session.User{}, session.NoUser},
		{"missing", "SELECT name FROM users WHERE id = ?", "41", session.User{}, session.NoUser},
		{"several", "SELECT name FROM users WHERE id = ?", "44", session.User{}, session.Ambiguous},
		{"not a number", "SELECT name FROM users WHERE id = ?", "42-a", session.User{}, session.NoUser},
		{"not SQL", "SELECT name FROM users WHERE id = ?", "42' OR '1'='1", session.User{}, session.NoUser},
		{"a condition of the site's", "WITH u AS (SELECT * FROM users WHERE plan = 'gold') SELECT name FROM u WHERE id = ?", "42",
			session.User{ID: "42", Name: "Ada Lovelace", Phone: "1", Attributes: visit.Attributes}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			complete := NewLookup(LookupOptions{Database: database, Query: test.query, Prefix: "shop-"})
			u := visit
			u.ID = "shop-" + test.id
			if test.user.ID != "" {
				test.user.ID = "shop-" + test.user.ID
			}
			for range 2 { // from the database, then from memory
				got, err := complete(t.Context(), u, nil)
				if reason, _ := session.NobodyReason(err); reason != test.reason || !reflect.DeepEqual(got, test.user) {
					t.Errorf("got %+v, %v\nwant %+v", got, err, test.user)
				}
			}
			if visit.Attributes["plan"] != "none" {
				t.Error("the session's own attributes were changed")
			}
		})
	}
}

// An answer is kept for a moment: a row, and that there is none; but never that the database could not be asked.
func TestLookupKeeps(t *testing.T) {
	database, writer := storetest.OpenScratch(t, "CREATE TABLE users (id INTEGER, name TEXT)", "INSERT INTO users VALUES (42, 'Ada')")
	at := time.Unix(1795354149, 0)
	complete := NewLookup(LookupOptions{Database: database, Query: "SELECT name FROM users WHERE id = ?",
		Now: func() time.Time { return at }})
	ask := func(id string) string {
		u, err := complete(t.Context(), session.User{ID: id}, nil)
		reason, certain := session.NobodyReason(err)
		if err != nil && !certain {
			return "unknown"
		}
		return u.Name + string(reason)
	}
	expect := func(id, want string) {
		t.Helper()
		if got := ask(id); got != want {
			t.Errorf("%s: got %q, want %q", id, got, want)
		}
	}
	expect("42", "Ada")
	expect("43", "no_user")
	storetest.MustExec(t, writer, "UPDATE users SET name = 'Ada Lovelace'", "INSERT INTO users VALUES (43, 'José')")
	at = at.Add(LookupAge - 1)
	expect("42", "Ada")
	expect("43", "no_user")
	at = at.Add(1)
	expect("42", "Ada Lovelace")
	expect("43", "José")
	storetest.MustExec(t, writer, "ALTER TABLE users RENAME TO people")
	expect("42", "Ada Lovelace")
	at = at.Add(LookupAge)
	expect("42", "unknown")
	storetest.MustExec(t, writer, "ALTER TABLE people RENAME TO users")
	expect("42", "Ada Lovelace")
}

// However many ask, and however much the site tells of each, what is kept is bounded, and the last answer is in it.
func TestLookupForgets(t *testing.T) {
	for _, test := range []struct{ name, most int }{{0, mostLookups}, {10_000, lookupBytes / 10_000}} {
		l := newLookup(LookupOptions{})
		row := store.Row{"name": strings.Repeat("x", test.name)}
		for i := range 3 * mostLookups {
			l.kept.Put(fmt.Sprint(i), foundUser{row: row})
			if n := l.kept.known.Len(); n > test.most || l.kept.bytes > lookupBytes {
				t.Fatalf("%d answers kept, in %d bytes", n, l.kept.bytes)
			}
		}
		if _, ok := l.kept.Get(fmt.Sprint(3*mostLookups - 1)); !ok {
			t.Error("the last one is forgotten")
		}
	}
}

// A question may take further values of the session by name, so that what the site has ended is ended here.
func TestLookupByName(t *testing.T) {
	database, writer := storetest.OpenScratch(t, "CREATE TABLE users (id INTEGER, name TEXT, status INTEGER)", "INSERT INTO users VALUES (42, 'Ada', 1), (43, 'Eve', 1)",
		"CREATE TABLE tokens (user_id INTEGER, value TEXT, ends INTEGER)", "INSERT INTO tokens VALUES (42, 'abc', 1795354150), (43, 'def', 1)")
	question, err := sqltext.Parse("SELECT u.name FROM users u JOIN tokens t ON t.user_id = u.id WHERE u.id = :id AND u.id = ? AND t.value = :tk AND t.ends > :now "+
		"AND u.status = :active", database.Dialect)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Unix(1795354149, 0)
	paths := map[string]string{"tk": "auth.token", "active": "active"}
	r := &Recipe{Name: "test", Cookie: "s", Steps: []Step{func(_ context.Context, _ *Visit, s State) (State, error) { return s, nil }}, Parse: record.ParseJSON,
		Mapping: session.Mapping{ID: "id", Values: paths}, Now: func() time.Time { return at },
		Lookup: NewLookup(LookupOptions{Database: database, Question: question, Values: paths, Now: func() time.Time { return at }})}
	remembering, err := Remembering(r.Forgetful(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ session, want string }{
		{`{"id":42,"auth":{"token":"abc"},"active":true}`, "Ada"},
		{`{"id":"42","auth":{"token":"abc"},"active":1}`, "Ada"},
		{`{"id":42,"auth":{"token":"def"},"active":true}`, "no_user: the site's database does not know the user"},
		{`{"id":43,"auth":{"token":"def"},"active":true}`, "no_user: the site's database does not know the user"},
		{`{"id":42,"auth":{"token":"abc"},"active":false}`, "no_user: the site's database does not know the user"},
		{`{"id":42,"active":true}`, "no_user: the session has nothing at auth.token, which TAWK_USER_QUERY asks for as :tk"},
		{`{"id":42,"auth":{"token":null},"active":true}`, "no_user: the session has nothing at auth.token, which TAWK_USER_QUERY asks for as :tk"},
		{`{"id":42,"auth":{"token":["abc"]},"active":true}`, "no_user: the session has nothing at auth.token, which TAWK_USER_QUERY asks for as :tk"},
		{`{"id":42,"auth":{"token":"abc"},"auth.token":"def","active":true}`, "no_user: the session has nothing at auth.token, which TAWK_USER_QUERY asks for as :tk"},
	} {
		for _, source := range []*Recipe{r, remembering, remembering} {
			u, err := source.identify(t.Context(), &Visit{Now: at}, []cookie.Cookie{{Name: "s", Value: test.session}})
			got := u.Name
			if nobody, is := errors.AsType[*session.Nobody](err); is {
				got = string(nobody.Reason) + ": " + nobody.Err.Error()
			} else if err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("%s: got %s, want %s", test.session, got, test.want)
			}
		}
	}
	storetest.MustExec(t, writer, "DELETE FROM tokens")
	at = at.Add(LookupAge)
	if _, err := r.identify(t.Context(), &Visit{Now: at}, []cookie.Cookie{{Name: "s", Value: `{"id":42,"auth":{"token":"abc"},"active":true}`}}); err == nil {
		t.Error("the token is gone, and the session counts")
	}
	if trials := r.Try(t.Context(), true); len(trials) != 1 || trials[0].Err != nil {
		t.Errorf("got %+v", trials)
	}
}
