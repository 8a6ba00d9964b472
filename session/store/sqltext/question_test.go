package sqltext

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// How a question goes to each database, and with what. A message begins with a colon.
func TestQuestion(t *testing.T) {
	const all = ""
	for _, test := range []struct{ dialects, question, want string }{
		{all, "SELECT a FROM t WHERE b = :x", "? [x]"},
		{all, "select a from t where b = :x and c = :y or d = :x;", "? [x y x]"},
		{all, "  WITH q AS (SELECT 1) SELECT a FROM q WHERE b=:x_1 ; ", "? [x_1]"},
		{all, "SELECT ':x', b -- :y\n FROM t WHERE b = :x /* :z */", "? [x]"},
		{all, "SELECT 'it''s :y' FROM t WHERE b=(:x)", "? [x]"},
		{all, `SELECT a FROM t WHERE b = :cookie_"the-name.1"`, "? [cookie_the-name.1]"},
		{"mysql sqlite", "SELECT a FROM t WHERE b = ? AND c = :x AND d = ?", "? [ x ]"},
		{"postgres", "SELECT a FROM t WHERE b = $1 AND c = :x AND d = $1", "$ [ x]"},
		{"postgres", "SELECT a FROM t WHERE b = $1 AND d = $1", "$ []"},
		{"postgres", "SELECT a::text, b ? 'k' FROM t WHERE c = :x::uuid AND d = ARRAY[1:2]", "$ [x]"},
		{"postgres", "SELECT $$:y ' $$, $q$ :z $$ $q$ FROM t WHERE c = :x", "$ [x]"},
		{"postgres", `SELECT "a:y", E'\':z' FROM t WHERE c = :x`, "$ [x]"},
		{"postgres", `SELECT "a""", U&'\0041' FROM t WHERE c = :x`, "$ [x]"},
		{"postgres", "SELECT a /* :y /* nested */ :z */ FROM t WHERE c = :x", "$ [x]"},
		{"postgres", "SELECT a[:x] FROM t", "$ none"},
		{"mysql", "SELECT `:y`, \":z\" # :w\n FROM t WHERE c = :x", "? [x]"},
		{"mysql", "SELECT 5--:y\n FROM t WHERE c = :x", "? [y x]"},
		{"mysql", "SELECT a, @n := 1 FROM t WHERE c = :x", "? [x]"},
		{"sqlite", "SELECT [:y], `:z`, \":w\" FROM t WHERE c = :x", "? [x]"},

		{all, "", ": does not begin with SELECT"},
		{all, "UPDATE t SET a = :x", ": does not begin with SELECT"},
		{all, "SELECT 1; SELECT 2", ": holds several statements"},
		{all, "SELECT 1;; ", "? none"},
		{all, "SELECT a FROM t WHERE b = :x FOR UPDATE", ": does more than read: it says UPDATE"},
		{all, "SELECT a FROM t WHERE b = :x FOR SHARE", ": does more than read: it says SHARE"},
		{all, "SELECT a FROM t WHERE b = :x LOCK IN SHARE MODE", ": does more than read: it says LOCK"},
		{all, "SELECT a INTO OUTFILE 'x' FROM t", ": does more than read: it says INTO"},
		{all, "WITH x AS (DELETE FROM t RETURNING a) SELECT a FROM x", ": does more than read: it says DELETE"},
		{all, "SELECT t.update, a AS delete, insert(b, 1) FROM t", "? none"},
		{all, "SELECT 'a", ": has a ' without another one"},
		{all, "SELECT \"a", ": has a \" without another one"},
		{all, "SELECT a /* b", ": has a comment that does not end"},
		{all, "SELECT a FROM t WHERE b = :cookie_\"x", ": has a parameter :cookie_ without the rest of its name"},
		{all, "SELECT a\x00", ": holds characters that are none of a text"},
		{all, "SELECT a\xff", ": holds characters that are none of a text"},
		{all, "SELECT '" + strings.Repeat("a", mostQuestion), ": is longer than 16384 bytes"},
		{"mysql postgres", `SELECT 'a\' , :x`, ": has a backslash before a quotation mark, of which servers make different things; write the mark twice"},
		{"sqlite", `SELECT 'a\', :x`, "? [x]"},
		{"mysql", "SELECT a /*!50000 , :y */ FROM t", ": has a comment that the server would execute"},
		{"mysql", "SELECT a /*M! , :y */ FROM t", ": has a comment that the server would execute"},
		{"postgres", "SELECT $a$ x", ": has a text from $a$ on that does not end"},
		{"postgres", "SELECT a FROM t WHERE b = $2", ": has a place $2, for which there is nothing"},
		{"sqlite", "SELECT a FROM t WHERE b = ?1", ": has a parameter with a number behind the question mark"},
		{"sqlite", "SELECT a FROM t WHERE b = @x", ": has a parameter with @; they are written :name"},
		{"sqlite", "SELECT a FROM t WHERE b = $x", ": has a parameter with $; they are written :name"},
		{"sqlite", "SELECT [a", ": has a bracket that does not end"},
	} {
		for name, d := range map[string]Dialect{"mysql": MySQL, "postgres": Postgres, "sqlite": SQLite} {
			if test.dialects != all && !strings.Contains(test.dialects, name) {
				continue
			}
			q, err := Parse(test.question, d)
			got := fmt.Sprintf(": %v", err)
			if err == nil {
				got = "? " + fmt.Sprint(q.order)
				if q.order == nil {
					got = "? none"
				}
				if n := strings.Count(q.SQL(), "?"); !d.Dollars && n != len(q.order) {
					t.Errorf("%s, %s: %d places in %s", name, test.question, n, q.SQL())
				}
				if slices.Contains(strings.Fields(test.dialects), "postgres") {
					got = "$" + got[1:]
				}
			}
			if got != test.want {
				t.Errorf("%s, %.80q:\n got %s\nwant %s", name, test.question, got, test.want)
			}
		}
	}
}

// What goes to the database stands beside the question.
func TestQuestionArgs(t *testing.T) {
	values := map[string]any{"": "id", "x": "':x; DROP TABLE t", "now": int64(7)}
	args := func(name string) any { return values[name] }
	q, err := Parse("SELECT a FROM t WHERE b = :x AND c > :now AND d = :x", Postgres)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := q.SQL(), "SELECT a FROM t WHERE b = $1 AND c > $2::bigint AND d = $3"; got != want {
		t.Errorf("got %s", got)
	}
	if got, want := q.Args(args), []any{values["x"], values["now"], values["x"]}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
	if got, want := q.Names(), []string{"x", "now"}; !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

// Whether a comparison is one that every row has passed. Capitals: it is, and exact.
func TestExact(t *testing.T) {
	const all = ""
	for _, test := range []struct {
		dialects, question string
		certain            bool
	}{
		{all, "SELECT a FROM t WHERE sid = :session", true},
		{all, "SELECT a FROM t WHERE :session = s.sid", true},
		{all, "SELECT a FROM t WHERE ((x.t.sid = :session) AND b = 1) AND (c = 1 OR d = 1)", true},
		{all, "SELECT a FROM t WHERE b BETWEEN 1 AND 2 AND sid=:session ORDER BY c LIMIT 1", true},
		{all, "SELECT a FROM t WHERE CASE WHEN b = 1 OR c = 2 THEN 1 ELSE 0 END = 1 AND sid = :session", true},
		{all, "SELECT a FROM t JOIN u ON u.i = t.i AND t.sid = :session WHERE c = 1", true},
		{all, "SELECT a FROM t LEFT JOIN u ON u.i = t.i WHERE sid = :session", true},
		{all, "SELECT LEFT(a, 3) FROM t JOIN u ON t.sid = :session", true},
		{all, "WITH q AS (SELECT 1) SELECT a FROM q WHERE sid = :session", true},
		{all, "SELECT a FROM u WHERE id IN (SELECT uid FROM t WHERE sid = :session)", true},
		{all, "SELECT a FROM u WHERE id IN (SELECT DISTINCT t.uid FROM t WHERE sid = :session AND b = 1) AND c = 1", true},
		{all, "SELECT (SELECT 1 FROM x WHERE y = 1 OR z = 2) AS n FROM t WHERE sid = :session", true},
		{all, "SELECT a FROM t WHERE s.end > 1 AND sid = :session", true},
		{all, "SELECT a FROM t WHERE sid = :session GROUP BY a HAVING b = 1 OR c = 2", true},
		{all, "SELECT a FROM t WHERE (sid = :session OR old = :session) AND b = 1", true},
		{all, "SELECT a FROM t WHERE sid = :session AND b = 1 OR old = :session AND (c = 1 OR d = 1)", true},
		{all, "SELECT a FROM t WHERE sid = :session OR (b = 1 OR old = :session)", false},
		{all, "SELECT a FROM t WHERE sid = :session OR b = :other", false},
		{all, "SELECT a FROM t WHERE sid = :session OR old = :session OR b = 1", false},
		{all, "SELECT a FROM t WHERE b = 1 OR old = :session OR sid = :session", false},
		{all, "SELECT a FROM t WHERE sid = :session OR NOT old = :session", false},
		{"mysql", "SELECT a FROM t WHERE b = 1 && `s`.`sid` = :session", true},
		{"postgres", `SELECT a FROM t WHERE "s"."sid"::text = :session::text`, true},
		{"postgres", "SELECT a FROM t WHERE sid = :session::varchar(64) AND b = 1", true},
		{"sqlite", "SELECT a FROM t WHERE [sid] = :session", true},

		{all, "SELECT a FROM t WHERE sid = :session OR b = 1", false},
		{all, "SELECT a FROM t WHERE b = 1 AND sid = :session XOR c", false},
		{all, "SELECT a FROM t WHERE (sid = :session OR b = 1)", false},
		{all, "SELECT a FROM t WHERE NOT sid = :session", false},
		{all, "SELECT a FROM t WHERE NOT (sid = :session)", false},
		{all, "SELECT a FROM t WHERE sid <> :session", false},
		{all, "SELECT a FROM t WHERE sid >= :session", false},
		{all, "SELECT a FROM t WHERE sid LIKE :session", false},
		{all, "SELECT a FROM t WHERE sid = :session || ''", false},
		{all, "SELECT a FROM t WHERE sid = :session + 0", false},
		{all, "SELECT a FROM t WHERE sid = :session = 0", false},
		{all, "SELECT a FROM t WHERE sid + 0 = :session", false},
		{all, "SELECT a FROM t WHERE lower(sid) = :session", false},
		{all, "SELECT a FROM t WHERE sid = lower(:session)", false},
		{all, "SELECT a FROM t WHERE sid = (:session)", false},
		{all, "SELECT a FROM t WHERE 'x' = :session", false},
		{all, "SELECT a FROM t WHERE 42 = :session", false},
		{all, "SELECT a FROM t WHERE NULL = :session", false},
		{all, "SELECT a FROM t WHERE CURRENT_USER = :session", false},
		{all, "SELECT a FROM t WHERE :session = :session", false},
		{all, "SELECT a FROM t WHERE b BETWEEN 1 AND sid = :session", false},
		{all, "SELECT a FROM t WHERE :session IN (sid)", false},
		{all, "SELECT a FROM t WHERE sid IN (:session, 'x')", false},
		{all, "SELECT a FROM t WHERE id NOT IN (SELECT uid FROM t WHERE sid = :session)", false},
		{all, "SELECT a FROM t WHERE id IN (SELECT COUNT(*) FROM t WHERE sid = :session)", false},
		{all, "SELECT a FROM t WHERE id = (SELECT uid FROM t WHERE sid = :session)", false},
		{all, "SELECT a FROM t WHERE EXISTS (SELECT 1 FROM t WHERE sid = :session)", false},
		{all, "SELECT a FROM (SELECT * FROM t WHERE sid = :session) x", false},
		{all, "WITH q AS (SELECT a FROM t WHERE sid = :session) SELECT a FROM q", false},
		{all, "SELECT a FROM u LEFT JOIN t ON t.sid = :session", false},
		{all, "SELECT a FROM u LEFT OUTER JOIN t ON t.sid = :session WHERE b = 1", false},
		{all, "SELECT a FROM t JOIN u ON t.sid = :session RIGHT JOIN v ON 1 = 1", false},
		{all, "SELECT a FROM u NATURAL LEFT JOIN t JOIN x ON t.sid = :session", false},
		{all, "SELECT a FROM t WHERE sid = :session UNION SELECT a FROM t", false},
		{all, "SELECT a FROM t WHERE sid = :session UNION (SELECT a FROM t)", false},
		{all, "SELECT a FROM t WHERE sid = :session UNION VALUES (1)", false},
		{all, "SELECT DISTINCT ON (sid = :session) a FROM t", false},
		{all, "SELECT sid = :session FROM t WHERE b = 1", false},
		{all, "SELECT a FROM t WHERE b = 1 GROUP BY sid = :session", false},
		{all, "SELECT a FROM t WHERE CASE WHEN sid = :session THEN 1 ELSE 1 END", false},
		{all, "SELECT a FROM t WHERE sid = :session AND end > 1 OR b = 1", false},
		{all, "SELECT a FROM t WHERE (sid = :session AND b = 1 OR c = 1", false},
		{all, "SELECT a FROM t WHERE sid = :session) OR (b = 1", false},
		{all, "SELECT a FROM t HAVING sid = :session", false},
		{"mysql", "SELECT a FROM t WHERE sid = :session || b = 1", false},
		{"mysql", `SELECT a FROM t WHERE "sid" = :session`, false},
		{"sqlite", `SELECT a FROM t WHERE "sid" = :session`, false},
	} {
		for name, d := range map[string]Dialect{"mysql": MySQL, "postgres": Postgres, "sqlite": SQLite} {
			if test.dialects != all && !strings.Contains(test.dialects, name) {
				continue
			}
			q, err := Parse(test.question, d)
			if err != nil {
				t.Errorf("%s, %s: %v", name, test.question, err)
				continue
			}
			before := len(q.order)
			found := q.Exact(func(name string) bool { return name == "session" }, false)
			if certain := len(found) > 0; certain != test.certain {
				t.Errorf("%s, %s: certain %t", name, test.question, certain)
			}
			if len(q.order) != before+len(found) {
				t.Errorf("%s, %s: %s with %v", name, test.question, q.SQL(), q.order)
			}
		}
	}
}

func TestExactSQL(t *testing.T) {
	const question = "SELECT a FROM t s WHERE s.sid = :session AND b > :now"
	for _, test := range []struct {
		dialect Dialect
		bytes   bool
		want    string
	}{
		{MySQL, false, "SELECT a FROM t s WHERE (s.sid = ? AND CAST(s.sid AS BINARY) = CAST(? AS BINARY)) AND b > ?"},
		{MySQL, true, "SELECT a FROM t s WHERE (s.sid = ? AND CAST(s.sid AS BINARY) = CAST(? AS BINARY)) AND b > ?"},
		{SQLite, false, "SELECT a FROM t s WHERE (s.sid = ? AND CAST(s.sid AS TEXT) COLLATE BINARY = CAST(? AS TEXT) COLLATE BINARY) AND b > ?"},
		{SQLite, true, "SELECT a FROM t s WHERE (s.sid = ? AND CAST(s.sid AS BLOB) = CAST(? AS BLOB)) AND b > ?"},
		{Postgres, false, "SELECT a FROM t s WHERE (s.sid = $1 AND (s.sid)::text COLLATE \"C\" = ($2)::text COLLATE \"C\") AND b > $3::bigint"},
		{Postgres, true, "SELECT a FROM t s WHERE s.sid = $1 AND b > $2::bigint"},
	} {
		q, err := Parse(question, test.dialect)
		if err != nil {
			t.Fatal(err)
		}
		q.Exact(func(string) bool { return true }, test.bytes)
		if q.SQL() != test.want {
			t.Errorf("got  %s\nwant %s", q.SQL(), test.want)
		}
	}
}

func TestAnswers(t *testing.T) {
	for question, want := range map[string]bool{
		"SELECT s.session, b FROM t WHERE x = :session":        true,
		"SELECT b, s.sid AS session FROM t WHERE x = :session": true,
		"SELECT sid session FROM t":                            true,
		"SELECT * FROM t":                                      true,
		"SELECT s.*, b FROM t":                                 true,
		"SELECT SESSION FROM t":                                true,
		"SELECT sid FROM t":                                    false,
		"SELECT count(*) FROM session":                         false,
		"SELECT sid AS session_id FROM session":                false,
		"SELECT a FROM (SELECT sid AS session FROM t) x":       false,
		"SELECT (SELECT sid AS session FROM t) FROM t":         false,
		"SELECT s.session FROM t WHERE (b":                     false,
	} {
		q, err := Parse(question, Postgres)
		if err != nil {
			t.Fatalf("%s: %v", question, err)
		}
		if got := q.Answers("session"); got != want {
			t.Errorf("%s: %t", question, got)
		}
	}
}

func TestLists(t *testing.T) {
	for question, want := range map[string]bool{
		"SELECT a FROM t WHERE b = :session":                 false,
		"SELECT (SELECT 1 FROM t) FROM t WHERE b = :session": false,
		"SELECT :session AS a FROM t":                        true,
		"SELECT concat(b, :session) FROM t":                  true,
		"SELECT a FROM t UNION SELECT (1 + :session) FROM t": true,
		"SELECT CASE WHEN :session = '' THEN 1 END a FROM t": true,
	} {
		q, err := Parse(question, SQLite)
		if err != nil {
			t.Fatalf("%s: %v", question, err)
		}
		if got := q.Lists("session"); got != want {
			t.Errorf("%s: %t", question, got)
		}
	}
}

// FuzzQuestion holds that a question that is taken has a place for each of its parameters and nothing else of them, and that what makes it
// exact changes nothing else.
func FuzzQuestion(f *testing.F) {
	for _, seed := range []string{"SELECT a FROM t WHERE sid = :session AND b > :now", `SELECT 'a''b', "c", E'\'', $x$ :y $x$ FROM t -- :z`,
		"SELECT a::text, b[1:2] /* :x /* */ */ FROM t WHERE c = :cookie_\"a-b\" AND d = $1", "WITH a AS (SELECT 1) SELECT `x` FROM [y] WHERE CASE WHEN 1 THEN 2 END", "SELECT 0$:x$$y"} {
		f.Add(seed, byte(0))
		f.Add(seed, byte(1))
		f.Add(seed, byte(2))
	}
	f.Fuzz(func(t *testing.T, text string, which byte) {
		d := []Dialect{MySQL, Postgres, SQLite}[which%3]
		q, err := Parse(text, d)
		if err != nil {
			return
		}
		again, err := tokenize(q.SQL(), d)
		if err != nil {
			t.Fatalf("%q became %q, which cannot be read: %v", text, q.SQL(), err)
		}
		places := 0
		for _, token := range again {
			switch token.kind {
			case paramToken:
				t.Fatalf("%q became %q, with a parameter by name", text, q.SQL())
			case placeToken:
				places++
			}
		}
		if !d.Dollars && places != len(q.order) {
			t.Fatalf("%q became %q with %d places for %v", text, q.SQL(), places, q.order)
		}
		found := q.Exact(func(string) bool { return true }, false)
		exact, err := tokenize(q.SQL(), d)
		if err != nil || len(found) == 0 && len(exact) != len(again) || len(exact) < len(again) {
			t.Fatalf("%q became %q: %v", text, q.SQL(), err)
		}
	})
}
