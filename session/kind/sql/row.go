package sql

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"tawkproxy/session"
	"tawkproxy/session/recipe"
	"tawkproxy/session/record"
	"tawkproxy/session/store"
)

// columnsOf is the mapping of an answer whose columns are the user.
func columnsOf(m session.Mapping) session.Mapping {
	m.ID = strings.ToLower(cmp.Or(m.ID, "id"))
	m.Name = strings.ToLower(cmp.Or(m.Name, "name"))
	m.Email = strings.ToLower(cmp.Or(m.Email, "email"))
	m.Phone = strings.ToLower(cmp.Or(m.Phone, "phone"))
	return m
}

// read takes a row to the values of the session, and where the columns are the user, to the user.
func (t *table) read(row store.Row, s recipe.State) (recipe.State, error) {
	if end, ends := row[endColumn]; ends {
		var err error
		if s.Expires, err = endOf(end); err != nil {
			return s, err
		}
	}
	values := make(map[string]any, len(row))
	for column, value := range row {
		switch column {
		case sessionName, endColumn, dataColumn:
			continue
		}
		if at, is := value.(time.Time); is {
			value = at.UTC().Format(time.RFC3339)
		}
		values[column] = value
	}
	if t.parse == nil {
		s.Values, s.Found = values, recipe.Find(t.attributed(values), values)
		return s, nil
	}
	data := []byte(record.Text(row[dataColumn]))
	if len(data) > record.MaxRecord {
		return s, session.Nobodyf(session.Malformed, "a session of more than %d bytes", record.MaxRecord)
	}
	tree := any(map[string]any{})
	if len(data) > 0 {
		var err error
		if tree, err = t.parse(data); err != nil {
			return s, recipe.Unreadable(err)
		}
	}
	if fields, is := tree.(map[string]any); is && len(values) > 0 {
		tree = maps.Clone(fields)
		maps.Copy(tree.(map[string]any), values) // which are the site's own, whatever visitors have in their sessions
	}
	s.Values = tree
	return s, nil
}

// attributed is the mapping with the columns as attributes that are nothing else.
func (t *table) attributed(values map[string]any) session.Mapping {
	m := t.mapping
	known := m.Paths()
	m.Attributes = maps.Clone(m.Attributes)
	for column := range values {
		name := strings.ReplaceAll(column, "_", "-") // tawk.to takes no underscores
		if _, said := m.Attributes[name]; said || slices.Contains(known, column) {
			continue
		}
		if m.Attributes == nil {
			m.Attributes = map[string]string{}
		}
		m.Attributes[name] = column
	}
	return m
}

// endOf is when a session ends by its column: seconds or milliseconds, or a time, in UTC unless it says otherwise. A session that does not
// say so has ended: what sites ask for, expires > now, is not true of NULL.
func endOf(value any) (time.Time, error) {
	end, err := store.ColumnTime(value)
	if err != nil {
		return end, &recipe.QueryError{Setting: "TAWK_SESSION_QUERY", Err: err, Remedy: "let the column expires be Unix seconds or a time; or leave it out, " +
			"and let the question itself have a condition"}
	}
	if end.IsZero() {
		return end, session.Nobodyf(session.Expired, "the row does not say when the session ends")
	}
	const milliseconds = 1e11 // as seconds, the year 5138
	if n := end.Unix(); n > milliseconds {
		end = time.UnixMilli(n)
	}
	return end, nil
}
