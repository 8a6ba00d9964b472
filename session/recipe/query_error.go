package recipe

import (
	"context"

	"tawkproxy/session"
	"tawkproxy/session/store"
)

// A QueryError is a question that the site's database did not answer as it should: it is down, or it has no such table or column.
type QueryError struct {
	Table   string // of users, which the framework's usual question is asked of; "": the operator wrote the question
	Setting string // in which; "": the one about users
	Remedy  string // what to do; "": it follows from the error
	Err     error
}

func (e *QueryError) Error() string { return e.Err.Error() }

func (e *QueryError) Unwrap() error { return e.Err }

// asked makes a QueryError of what a question about a user came to, unless it is an answer.
func asked(table string, err error) error {
	if _, certain := session.NobodyReason(err); err == nil || certain {
		return err
	}
	return &QueryError{Table: table, Err: err}
}

// A UserTable is a table of users by their id.
type UserTable struct{ *store.Table }

// Get implements [store.Store].
func (t UserTable) Get(ctx context.Context, id string) (store.Record, error) {
	record, err := t.Table.Get(ctx, id)
	return record, asked(t.Name, err)
}
