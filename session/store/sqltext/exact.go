package sqltext

import (
	"slices"
	"strings"
)

// A comparison of one column with a parameter, column = :name, which every row of the answer must pass.
type comparison struct {
	from, to int    // its tokens, the last one included
	column   string // as the question has it
	name     string // of the parameter
}

// Exact looks for comparisons column = :name that every row of the answer must have passed, and makes those exact, to the byte, for which
// may says yes: to a database 'a' may be 'A', '42x' a number, and each text the number 0. It reports the names of which it has found one; in
// all other ways in which a question uses a parameter, there is no telling what passes. Bytes says that the parameter holds bytes, not a
// text.
//
// Certain are the conditions of the outermost WHERE that AND joins, those of the ON of an inner join, and column IN (SELECT column … WHERE …)
// of which the same holds; of what OR joins, only what is so in every part. A UNION or an outer join makes less certain, and so does what is
// computed.
func (q *Question) Exact(may func(name string) bool, bytes bool) (names []string) {
	tree, _ := q.tree()
	before, behind := map[int]func(*strings.Builder){}, map[int]func(*strings.Builder){}
	for _, c := range q.selected(tree) {
		if !may(c.name) {
			continue
		}
		names = append(names, c.name)
		if bytes && q.dialect == Postgres {
			continue // whose bytea are compared byte by byte
		}
		before[c.from] = func(b *strings.Builder) { b.WriteByte('(') }
		behind[c.to] = func(b *strings.Builder) {
			b.WriteString(" AND " + q.dialect.exactly(c.column, bytes) + " = " + q.dialect.exactly(q.place(c.name), bytes) + ")")
		}
	}
	q.write(before, behind)
	return names
}

// exactly is the expression for a value of any type that is compared byte by byte.
func (d Dialect) exactly(value string, bytes bool) string {
	switch {
	case d == Postgres:
		return "(" + value + `)::text COLLATE "C"` // a cast keeps a column's own collation
	case d == MySQL:
		return "CAST(" + value + " AS BINARY)"
	case bytes:
		return "CAST(" + value + " AS BLOB)"
	}
	return "CAST(" + value + " AS TEXT) COLLATE BINARY"
}

// selected lists the comparisons that every row of a SELECT must pass.
func (q *Question) selected(nodes []node) (all []comparison) {
	selects, outer := 0, false
	for i, n := range nodes {
		switch {
		case n.is("SELECT"):
			selects++
		case n.is("UNION", "EXCEPT", "INTERSECT", "MINUS"):
			return nil
		}
		outer = outer || joins(nodes, i) && n.is("LEFT", "RIGHT", "FULL", "NATURAL")
	}
	if selects != 1 {
		return nil
	}
	for i := 0; i < len(nodes); i++ {
		if !nodes[i].is("WHERE", "ON") || i > 0 && nodes[i-1].is("DISTINCT") {
			continue
		}
		end := i + 1
		for end < len(nodes) && !ends(nodes, end) {
			end++
		}
		if nodes[i].is("WHERE") || !outer {
			all = append(all, q.all(nodes[i+1:end])...)
		}
		i = end - 1
	}
	return all
}

// joins tells whether a word that is also the name of a function is none there.
func joins(nodes []node, i int) bool { return i+1 == len(nodes) || !nodes[i+1].isGroup }

// ends tells whether a condition ends before that node.
func ends(nodes []node, i int) bool {
	n := nodes[i]
	return n.is("WHERE", "ON", "JOIN", "INNER", "CROSS", "NATURAL", "STRAIGHT_JOIN", "GROUP", "HAVING", "ORDER", "LIMIT", "WINDOW", "OFFSET", "FETCH",
		"FOR", "UNION", "EXCEPT", "INTERSECT", "MINUS", "PROCEDURE", "LOCK", "SELECT", "FROM", "USING", ",") ||
		n.is("LEFT", "RIGHT", "FULL") && joins(nodes, i)
}

// all lists the comparisons that a condition stands for: of what AND joins, each; of what OR joins, those with a parameter with which all
// of it is compared.
func (q *Question) all(nodes []node) (found []comparison) {
	start := 0
	for i := 0; i <= len(nodes); i++ {
		switch {
		case i < len(nodes) && (nodes[i].is("XOR") || nodes[i].is("||") && q.dialect == MySQL):
			return nil
		case i < len(nodes) && !nodes[i].is("OR"):
			continue
		}
		part := q.each(nodes[start:i])
		if start > 0 {
			part = append(slices.DeleteFunc(part, lackedBy(found)), slices.DeleteFunc(found, lackedBy(part))...)
		}
		found, start = part, i+1
	}
	return found
}

// lackedBy tells of a comparison whether none of the others is about its parameter.
func lackedBy(others []comparison) func(comparison) bool {
	names := map[string]bool{}
	for _, c := range others {
		names[c.name] = true
	}
	return func(c comparison) bool { return !names[c.name] }
}

// each lists the comparisons among conditions that AND joins.
func (q *Question) each(nodes []node) (found []comparison) {
	start, between := 0, false
	for i := 0; i <= len(nodes); i++ {
		switch {
		case i < len(nodes) && nodes[i].is("BETWEEN"):
			between = true
		case i < len(nodes) && nodes[i].is("AND") && between:
			between = false
		case i == len(nodes), nodes[i].is("AND"), nodes[i].is("&&") && q.dialect == MySQL:
			found = append(found, q.condition(nodes[start:i])...)
			start = i + 1
		}
	}
	return found
}

// condition lists the comparisons that a condition stands for.
func (q *Question) condition(nodes []node) []comparison {
	if len(nodes) == 1 && nodes[0].isGroup && nodes[0].text == "(" {
		return q.all(nodes[0].group)
	}
	left := q.column(nodes)
	switch rest := nodes[left:]; {
	case left > 0 && len(rest) == 2 && rest[0].is("IN") && rest[1].isGroup:
		return q.within(rest[1].group)
	case left > 0 && len(rest) > 1 && rest[0].is("=") && rest[1].kind == paramToken && q.casts(rest[2:]) == len(rest)-2:
		return []comparison{{nodes[0].at, rest[len(rest)-1].last, q.text(nodes[:left]), rest[1].text}}
	}
	if len(nodes) == 0 || nodes[0].kind != paramToken {
		return nil
	}
	right := 1 + q.casts(nodes[1:])
	if right == len(nodes) || !nodes[right].is("=") {
		return nil
	}
	if column := nodes[right+1:]; len(column) > 0 && q.column(column) == len(column) {
		return []comparison{{nodes[0].at, nodes[len(nodes)-1].last, q.text(column), nodes[0].text}}
	}
	return nil
}

// within is [Question.selected] for a SELECT in brackets, if it asks for a plain column.
func (q *Question) within(nodes []node) []comparison {
	if len(nodes) == 0 || !nodes[0].is("SELECT") {
		return nil
	}
	list := nodes[1:]
	if len(list) > 0 && list[0].is("DISTINCT") {
		list = list[1:]
	}
	if n := q.column(list); n == 0 || n == len(list) || !list[n].is("FROM") {
		return nil
	}
	return q.selected(nodes)
}

// noColumns are words that stand for a value where a column could be.
var noColumns = []string{"NULL", "TRUE", "FALSE", "UNKNOWN", "USER", "CURRENT_USER", "SESSION_USER", "SYSTEM_USER", "CURRENT_ROLE", "CURRENT_DATE", "CURRENT_TIME",
	"CURRENT_TIMESTAMP", "CURRENT_CATALOG", "CURRENT_SCHEMA", "LOCALTIME", "LOCALTIMESTAMP", "UTC_DATE", "UTC_TIME", "UTC_TIMESTAMP", "NOT", "EXISTS",
	"BINARY", "INTERVAL", "DEFAULT", "SELECT", "DISTINCT", "ALL", "ANY"}

// column returns of how many nodes the name of a column at the beginning is made, and what it is cast to; 0 if there is none.
func (q *Question) column(nodes []node) int {
	named := func(i int) bool {
		return i < len(nodes) && !nodes[i].isGroup && (nodes[i].kind == wordToken || nodes[i].kind == nameToken)
	}
	if !named(0) || nodes[0].is(noColumns...) {
		return 0
	}
	n := 1
	for n < len(nodes) && nodes[n].is(".") && named(n+1) {
		n += 2
	}
	return n + q.casts(nodes[n:])
}

// casts returns of how many nodes the casts of PostgreSQL at the beginning are made.
func (q *Question) casts(nodes []node) (n int) {
	for q.dialect == Postgres && n+1 < len(nodes) && nodes[n].is("::") && nodes[n+1].kind == wordToken {
		if n += 2; n < len(nodes) && nodes[n].isGroup {
			n++
		}
	}
	return n
}

// text returns nodes as the question has them.
func (q *Question) text(nodes []node) string {
	var b strings.Builder
	for _, t := range q.tokens[nodes[0].at : nodes[len(nodes)-1].last+1] {
		if t.kind == blankToken {
			t.text = " "
		}
		b.WriteString(t.text)
	}
	return b.String()
}
