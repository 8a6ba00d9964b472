package sql

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tawkproxy/config/setting"
	"tawkproxy/session"
	"tawkproxy/session/cookie"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
	"tawkproxy/session/store"
	"tawkproxy/session/store/sqltext"
)

// Names of parameters, and of columns that are not the user's.
const (
	sessionName  = "session" // also a column: what the table holds of the session's id
	cookiePrefix = "cookie_"
	dataColumn   = "data"
	endColumn    = "expires"
)

// A query is TAWK_SESSION_QUERY.
type query struct {
	*sqltext.Question
	names []string
	shown bool // only the column session tells that a row is of this session
}

func isCookie(name string) bool { return strings.HasPrefix(name, cookiePrefix) }

// parseQuery reads the question and refuses one by which a visitor could choose a user. The errors say what is wrong in words that follow the
// setting's name.
func parseQuery(text string, d sqltext.Dialect, bytes, inRecord bool) (*query, error) {
	question, err := sqltext.Parse(text, d)
	if err != nil {
		return nil, err
	}
	q := &query{Question: question, names: question.Names()}
	for _, name := range q.names {
		another, is := strings.CutPrefix(name, cookiePrefix)
		switch {
		case name == sessionName, name == recipe.NowName, is && another != "" && setting.CookieName(another) == nil:
		case name == "":
			return nil, setting.Wrong("write :session where the session's id belongs: … WHERE sid = :session", "has a parameter without a name")
		case is:
			return nil, setting.Wrong(`write :cookie_NAME, or :cookie_"NAME" if there is more in it than letters, digits and underscores`,
				"has a parameter %s, which is no cookie", setting.Quote(":"+name))
		default:
			return nil, setting.Wrong("known are :session, :now and :cookie_NAME", "has a parameter %s, which is not known", setting.Quote(":"+name))
		}
	}
	if !slices.Contains(q.names, sessionName) {
		return nil, setting.Wrong("write … WHERE sid = :session", "does not ask for :session, so that everybody would be the same user")
	}
	if q.Lists(sessionName) { // SQLite would compare it with itself
		return nil, setting.Wrong("ask for the column in which the table has it", "has :session among the columns of the answer")
	}
	compared := q.Exact(func(name string) bool { return name == sessionName || isCookie(name) }, bytes)
	q.names = q.Question.Names()
	if q.shown = !slices.Contains(compared, sessionName); q.shown && !q.Answers(sessionName) {
		return nil, setting.Wrong("write … WHERE s.sid = :session AND …; if that cannot be, add the column in which the table has the id: SELECT s.sid AS session, …",
			"does not say column = :session among conditions that all must hold, so that a visitor might get a row of somebody else's")
	}
	if inRecord && !q.Answers(dataColumn) {
		return nil, setting.Wrong("call the column with the record so: SELECT s.payload AS data FROM …, or remove TAWK_SESSION_RECORD",
			"asks for no column data, which TAWK_SESSION_RECORD is about")
	}
	return q, nil
}

// A table reads sessions of a site by its question.
type table struct {
	query    *query
	chain    *chain
	database *store.Database
	parse    record.Parser // of the column data; nil: the columns are the user
	mapping  session.Mapping
	watch    *session.Watch
}

// fetch is the step from the cookie's value to the session.
func (t *table) fetch(ctx context.Context, v *recipe.Visit, s recipe.State) (recipe.State, error) {
	if v.Trial() {
		return s, t.try(ctx, v)
	}
	id, err := t.chain.run(s.Data)
	if err != nil {
		return s, err
	}
	args := map[string]any{sessionName: string(id), recipe.NowName: v.Now.Unix()}
	if t.chain.bytes {
		args[sessionName] = id
	}
	for _, name := range t.query.names {
		if !isCookie(name) {
			continue
		}
		if args[name], err = another(v.Cookies, strings.TrimPrefix(name, cookiePrefix)); err != nil {
			return s, err
		}
	}
	row, err := t.row(ctx, args)
	if err != nil {
		return s, err
	}
	v.Tell("there is a row of the session, in the answer to TAWK_SESSION_QUERY")
	return t.read(row, s)
}

// another returns the value of a second cookie. What can be guessed proves nothing, and might only serve to choose a user.
func another(cookies cookie.Cookies, name string) (string, error) {
	values := cookies.Values(name)
	if len(values) == 0 || values[0] == "" {
		return "", &session.Nobody{Reason: session.NoCookie, Err: &session.OddError{
			What:   fmt.Sprintf("there is no cookie %s, which TAWK_SESSION_QUERY asks for", name),
			Remedy: "does the site set a cookie of that name for everybody who is logged in?"}}
	}
	if value := []byte(values[0]); len(value) <= mostValue && printable(value) && guessable(value) == nil {
		return values[0], nil
	}
	return "", &session.Nobody{Reason: session.Malformed, Err: &session.OddError{
		What:   fmt.Sprintf("the cookie %s, which TAWK_SESSION_QUERY asks for, is not of 64 bits of chance", name),
		Remedy: "take it out of the question: it proves nothing"}}
}

// row asks for the row of a session.
func (t *table) row(ctx context.Context, args map[string]any) (store.Row, error) {
	rows, columns, err := t.ask(ctx, args)
	switch {
	case errors.Is(err, store.ErrTooMany), err == nil && len(rows) > 1:
		return nil, &session.Nobody{Reason: session.Ambiguous, Err: &session.OddError{Certain: true,
			What:   "TAWK_SESSION_QUERY has several answers for one session",
			Remedy: "let it find one row: is the condition missing that joins two of its tables?"}}
	case err != nil:
		return nil, err
	}
	if err := t.fits(columns); err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, session.Nobodyf(session.NoRecord, "TAWK_SESSION_QUERY finds no session")
	}
	if held, shown := rows[0][sessionName]; shown && strings.TrimRight(record.Text(held), " ") != record.Text(args[sessionName]) {
		return nil, &session.Nobody{Reason: session.NoRecord, Err: &session.OddError{
			What:   "TAWK_SESSION_QUERY finds another session than the one that it is asked for: its column session holds something else than :session",
			Remedy: "does the column session of the answer hold the session's id, as TAWK_SESSION_ID makes it of the cookie?"}}
	}
	return rows[0], nil
}

// ask asks the database.
func (t *table) ask(ctx context.Context, args map[string]any) ([]store.Row, []string, error) {
	began := t.watch.Begin()
	rows, columns, err := t.database.AskAll(ctx, t.query.SQL(), t.query.Args(func(name string) any { return args[name] })...)
	t.watch.End(session.Sessions, began)
	var data store.DataError
	switch {
	case errors.As(err, &data):
		return nil, nil, &session.Nobody{Reason: session.NoRecord, Err: &session.OddError{
			What:   "the database cannot compare the session's id with what TAWK_SESSION_QUERY compares it with: " + data.Error(),
			Remedy: "is that the column of the session's id, and does TAWK_SESSION_ID make of the cookie what stands in it?"}}
	case err != nil && !errors.Is(err, store.ErrTooMany):
		err = &recipe.QueryError{Setting: "TAWK_SESSION_QUERY", Err: err}
	}
	return rows, columns, err
}

// fits checks the columns of an answer.
func (t *table) fits(columns []string) error {
	needed := []string{t.mapping.ID}
	if t.parse != nil {
		needed = []string{dataColumn}
	}
	if t.query.shown {
		needed = append(needed, sessionName)
	}
	for _, name := range needed {
		if !slices.Contains(columns, name) && !(name == t.mapping.ID && strings.Contains(name, ".")) {
			return &recipe.QueryError{Setting: "TAWK_SESSION_QUERY", Err: fmt.Errorf("the answer has no column %s, but %s", name, strings.Join(columns, ", ")),
				Remedy: "name the column that it is: SELECT u.user_id AS " + name + " …"}
		}
	}
	if t.parse == nil && slices.Contains(columns, dataColumn) {
		return &recipe.QueryError{Setting: "TAWK_SESSION_QUERY", Err: errors.New("the answer has a column data, but TAWK_SESSION_RECORD is not set"),
			Remedy: "set TAWK_SESSION_RECORD to how the record in it is written, such as php; or give the column another name"}
	}
	return nil
}

// try asks for a session that there is not.
func (t *table) try(ctx context.Context, v *recipe.Visit) error {
	args := map[string]any{sessionName: store.NoID, recipe.NowName: v.Now.Unix()}
	if t.chain.bytes {
		args[sessionName] = []byte(store.NoID)
	}
	for _, name := range t.query.names {
		if isCookie(name) {
			args[name] = store.NoID
		}
	}
	rows, columns, err := t.ask(ctx, args)
	if err == nil {
		err = t.fits(columns)
	}
	if err == nil && len(rows) > 0 || errors.Is(err, store.ErrTooMany) {
		err = &recipe.QueryError{Setting: "TAWK_SESSION_QUERY", Err: errors.New("the question finds somebody for a session that there is not"),
			Remedy: "let it find no row unless the table has the session: … WHERE s.sid = :session"}
	}
	return recipe.TriedTable(ctx, v, t.database, "sessions in the database", err)
}
