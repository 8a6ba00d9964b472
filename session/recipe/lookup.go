package recipe

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"tawkproxy/session"
	"tawkproxy/session/store"
	"tawkproxy/session/store/sqltext"
)

// LookupOptions describe how a user's details are found by the id. Each column of the answer is a detail by its name: name,
// email and phone; id, which takes the place of the id that was asked for; any other is an attribute, plan_name as plan-name.
//
// No row at all: the site does not know this user any more, and nobody is logged in. Several: nobody can tell which.
type LookupOptions struct {
	Database *store.Database
	Query    string            // such as SELECT name, email FROM users WHERE id = ?; in PostgreSQL $1
	Question *sqltext.Question // the same as an operator has written it, with parameters by name; nil: Query has none
	Users    string            // table that the query is about, if it is a framework's own; "": the operator wrote it
	Prefix   string            // the mapping's prefix of ids, which the database does not know
	Now      func() time.Time  // nil: time.Now
	Watch    *session.Watch    // nil: nobody wants to know

	// Values are the mapping's further ones, name → path: a question may take them as :name. Those of [IDName] and [NowName] are the
	// user's id and the time.
	Values map[string]string
}

// Names of what a question may take of every session.
const (
	IDName  = "id"  // the user's id, as are ? and $1
	NowName = "now" // Unix seconds
)

// Further lists the names of what a question takes of the session beside the user's id and the time.
func Further(q *sqltext.Question) []string {
	return slices.DeleteFunc(q.Names(), func(name string) bool { return name == "" || name == IDName || name == NowName })
}

// Answers are kept for a moment, so that a visitor who turns pages quickly is looked up once.
const (
	LookupAge   = 5 * time.Second
	mostLookups = 4096
	lookupBytes = 4 << 20 // that all may take
)

type lookup struct {
	LookupOptions
	kept *Cache[foundUser] // by id
}

// foundUser is what the database said about an id: a row, or a Nobody.
type foundUser struct {
	row   store.Row
	err   error
	until time.Time
}

// size estimates the bytes that an answer takes, beside itself.
func (f foundUser) size() (n int) {
	const column = 96 // a place in a map, and a value that is short
	for name, value := range f.row {
		n += column + len(name)
		switch value := value.(type) {
		case string:
			n += len(value)
		case []byte:
			n += len(value)
		}
	}
	if f.err != nil {
		n += session.ErrorSize + len(f.err.Error())
	}
	return n
}

// NewLookup makes the lookup. What a query must hold, the settings say: what is asked here is theirs or a framework's own.
func NewLookup(o LookupOptions) Lookup { return newLookup(o).complete }

func newLookup(o LookupOptions) *lookup {
	return &lookup{o, NewCache(mostLookups, lookupBytes, foundUser.size)}
}

// complete implements [Lookup].
func (l *lookup) complete(ctx context.Context, u session.User, values map[string]string) (session.User, error) {
	id := strings.TrimPrefix(u.ID, l.Prefix)
	at := Now(l.Now)
	word := id
	if l.Question != nil {
		for _, name := range Further(l.Question) {
			if values[name] == "" {
				return session.User{}, &session.Nobody{Reason: session.NoUser, Err: l.missing(name)}
			}
			word += "\x00" + values[name] // there is none in an id
		}
	}
	found, ok := l.kept.Get(word)
	known := ok && at.Before(found.until)
	l.Watch.Look(session.Users, known)
	if !known {
		began := l.Watch.Begin()
		row, err := l.find(ctx, id, values, at)
		l.Watch.End(session.Users, began)
		if _, certain := session.NobodyReason(err); err != nil && !certain {
			return session.User{}, err
		}
		found = foundUser{row, err, at.Add(LookupAge)}
		l.kept.Put(word, found)
	}
	if found.err != nil {
		return session.User{}, found.err
	}
	return l.merge(u, id, found.row)
}

// missing says that a session lacks what is asked for.
func (l *lookup) missing(name string) *session.OddError {
	return &session.OddError{What: fmt.Sprintf("the session has nothing at %s, which TAWK_USER_QUERY asks for as :%s", l.Values[name], name),
		Remedy: fmt.Sprintf("if everybody's session has it, where is it? TAWK_USER_QUERY_VALUES=%s=path.to.it says so", name)}
}

// ask asks the database about an id.
func (l *lookup) ask(ctx context.Context, id string, values map[string]string, at time.Time) ([]store.Row, error) {
	if l.Question == nil {
		return l.Database.Ask(ctx, l.Query, id)
	}
	return l.Database.Ask(ctx, l.Question.SQL(), l.Question.Args(func(name string) any {
		switch name {
		case "", IDName:
			return id
		case NowName:
			return at.Unix()
		}
		return values[name]
	})...)
}

// find asks the database, and judges what it says.
func (l *lookup) find(ctx context.Context, id string, values map[string]string, at time.Time) (store.Row, error) {
	rows, err := l.ask(ctx, id, values, at)
	switch {
	case err != nil:
		return nil, asked(l.Users, err)
	case len(rows) == 0:
		return nil, &session.Nobody{Reason: session.NoUser, Err: l.unknown()}
	case len(rows) > 1:
		return nil, session.Nobodyf(session.Ambiguous, "the query for the user's details has several answers")
	}
	byID := l.Question == nil || len(Further(l.Question)) < len(l.Question.Names())
	if n, err := strconv.ParseInt(id, 10, 64); l.Database.Dialect.AsksNumber && byID && (err != nil || strconv.FormatInt(n, 10) != id) {
		// MySQL takes the text 42-a for the number 42, and would name user 42. Then it takes 42-a~ for it too.
		again, err := l.ask(ctx, id+"~", values, at)
		if err != nil {
			return nil, asked(l.Users, err)
		}
		if reflect.DeepEqual(rows, again) {
			return nil, errors.New("lookup: the query compares the user's id, a text, with a column of numbers")
		}
	}
	return rows[0], nil
}

// unknown says what no row means. A site deletes users, but seldom while they are logged in.
func (l *lookup) unknown() *session.OddError {
	what, remedy := "the site's database does not know the user", "is TAWK_USER_ID the path to what TAWK_USER_QUERY asks for, and the "+
		"database of TAWK_USER_DSN that of the site?"
	if l.Users != "" {
		remedy = "are the site's users those of the table " + l.Users + " in the database of TAWK_USER_DSN? If not, set TAWK_USER_QUERY"
	}
	return &session.OddError{What: what, Remedy: remedy}
}

// merge adds to a user what the row tells.
func (l *lookup) merge(u session.User, id string, row store.Row) (session.User, error) {
	details := session.Mapping{ID: "id", Name: "name", Email: "email", Phone: "phone", Attributes: map[string]string{}, Prefix: l.Prefix}
	values := map[string]any{"id": id}
	for column, value := range row {
		if at, ok := value.(time.Time); ok {
			value = at.UTC().Format(time.RFC3339)
		}
		values[column] = value
		switch column {
		case "id", "name", "email", "phone":
		default:
			details.Attributes[strings.ReplaceAll(column, "_", "-")] = column // tawk.to takes no underscores
		}
	}
	found, err := details.User(values)
	if err != nil {
		return session.User{}, err
	}
	u.ID = found.ID
	if _, asked := row["name"]; asked {
		u.Name = found.Name
	}
	if _, asked := row["email"]; asked {
		u.Email = found.Email
	}
	if _, asked := row["phone"]; asked {
		u.Phone = found.Phone
	}
	if len(found.Attributes) > 0 {
		attributes := map[string]string{}
		maps.Copy(attributes, u.Attributes)
		maps.Copy(attributes, found.Attributes)
		u.Attributes = attributes
	}
	return u, nil
}
