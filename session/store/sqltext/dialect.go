package sqltext

import (
	"fmt"
	"strconv"
	"strings"
)

// A Dialect is what the databases do not have in common.
type Dialect struct {
	quotation  byte   // around names
	size       string // function that tells how many bytes a value of any type takes
	Dollars    bool   // parameters are $1, $2 …, not ?
	AsksNumber bool   // a text compared with a number is read as far as it is one: '42-a' = 42
}

// The dialects of the databases that are spoken.
var (
	MySQL    = Dialect{quotation: '`', size: "LENGTH", AsksNumber: true}
	Postgres = Dialect{quotation: '"', size: "pg_column_size", Dollars: true}
	SQLite   = Dialect{quotation: '`', size: "length"} // "x" is a text where there is no column x
)

// Numbered writes the parameters of a question as the database wants them. The question must hold no other ?.
func (d Dialect) Numbered(question string) string {
	if !d.Dollars {
		return question
	}
	var b strings.Builder
	for n := 1; ; n++ {
		before, after, found := strings.Cut(question, "?")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		b.WriteString("$" + strconv.Itoa(n))
		question = after
	}
}

// Quote writes a name, which may be one of a table within a schema, so that it is nothing else.
func (d Dialect) Quote(name string) string {
	q := string(d.quotation)
	return q + strings.ReplaceAll(strings.ReplaceAll(name, q, q+q), ".", q+"."+q) + q
}

// Bounded is the expression for a column's value, or NULL if it takes more than so many bytes.
func (d Dialect) Bounded(column string, most int) string {
	return fmt.Sprintf("CASE WHEN %s(%s) <= %d THEN %s END", d.size, column, most, column)
}
