package store

import (
	"cmp"
	"context"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"tawkproxy/session"
	"tawkproxy/session/record"
	"tawkproxy/session/store/sqltext"
)

// A Table is the [Store] that keeps each session in a row. Names that are empty are the framework's own.
type Table struct {
	Database *Database
	Name     string // of the table; it may be one of a schema: web.sessions
	Key      string // column of the session's id
	Data     string // column of the record
	Modified string // column of the time when the record was last written
	Expires  string // column of the time when the session ends; numbers below ten years count from Modified; NULL has ended
	Local    bool   // Expires is in the time zone of the database, if PostgreSQL's column has none of its own
}

// Or fills in the framework's names where the site has none of its own.
func (t Table) Or(framework Table) *Table {
	t.Name = cmp.Or(t.Name, framework.Name)
	t.Key = cmp.Or(t.Key, framework.Key)
	t.Data = cmp.Or(t.Data, framework.Data)
	t.Modified = cmp.Or(t.Modified, framework.Modified)
	t.Expires = cmp.Or(t.Expires, framework.Expires)
	t.Local = t.Local || framework.Local
	return &t
}

// Close ends the connections to the database.
func (t *Table) Close() error { return t.Database.Close() }

// Get implements [Store].
func (t *Table) Get(ctx context.Context, key string) (Record, error) {
	quote := t.Database.Dialect.Quote
	columns := []string{quote(t.Key) + " AS k", t.Database.Dialect.Bounded(quote(t.Data), record.MaxRecord) + " AS d"}
	if t.Modified != "" {
		columns = append(columns, quote(t.Modified)+" AS m")
	}
	if t.Expires != "" {
		expires := quote(t.Expires)
		if t.Local && t.Database.Dialect == sqltext.Postgres {
			expires += "::timestamptz"
		}
		columns = append(columns, expires+" AS e")
	}
	rows, err := t.Database.Query(ctx,
		"SELECT "+strings.Join(columns, ", ")+" FROM "+quote(t.Name)+" WHERE "+quote(t.Key)+" = ?", key)
	if _, certain := session.NobodyReason(err); err != nil && !certain {
		return Record{}, &TableError{t.Name, err}
	}
	if err != nil {
		return Record{}, err
	}
	for _, row := range rows {
		// MySQL does not tell capitals from small letters, and some columns are filled up with blanks.
		if strings.TrimRight(record.Text(row["k"]), " ") != key {
			continue
		}
		if row["d"] == nil {
			return Record{}, session.Nobodyf(session.Malformed, "a session without a record, or with one of more than %d bytes", record.MaxRecord)
		}
		record, err := t.record(row)
		if err != nil {
			return Record{}, err
		}
		return record, nil
	}
	return Record{}, &session.Nobody{Reason: session.NoRecord}
}

func (t *Table) record(row Row) (r Record, err error) {
	r.Data = []byte(record.Text(row["d"]))
	if r.Modified, err = ColumnTime(row["m"]); err != nil {
		return r, err
	}
	if r.Expires, err = ColumnTime(row["e"]); err != nil {
		return r, err
	}
	if t.Expires != "" && r.Expires.IsZero() { // what sites ask for, expires > now, is not true of NULL
		return r, session.Nobodyf(session.Expired, "the row does not say when the session ends")
	}
	// Symfony's PDO handler of before 4.4 writes how long a session lasts, and that of today tells the two apart like this.
	const tenYears = 315576000
	if seconds := r.Expires.Unix(); !r.Expires.IsZero() && seconds >= 0 && seconds <= tenYears {
		r.Expires = r.Modified.Add(time.Duration(seconds) * time.Second)
	}
	return r, nil
}

// ColumnTime reads a time: Unix seconds, or a date with a time of day, in UTC if it does not say otherwise; or what SQLite's
// julianday gives, days with fractions since the noon of 24 November 4714 BC.
func ColumnTime(value any) (time.Time, error) {
	switch v := value.(type) {
	case nil:
		return time.Time{}, nil
	case time.Time:
		return v, nil
	case int64:
		return time.Unix(v, 0), nil
	case float64:
		const epoch, future = 2440587.5, 1e7 // in those days 1970 began, and the year 22666
		switch {
		case v > 0 && v < future:
			return time.UnixMilli(int64(math.Round((v - epoch) * 24 * 3600 * 1000))), nil
		case math.Abs(v) < record.MaxExact:
			return time.Unix(int64(v), 0), nil
		}
	case string, []byte:
		text := record.Text(v)
		if seconds, err := strconv.ParseInt(text, 10, 64); err == nil {
			return time.Unix(seconds, 0), nil
		}
		for _, layout := range []string{time.DateTime, time.RFC3339, "2006-01-02 15:04:05Z07:00"} {
			if at, err := time.Parse(layout, text); err == nil { // each accepts fractions of a second
				return at, nil
			}
		}
	}
	return time.Time{}, errors.New("session table: a column of times holds something else")
}
