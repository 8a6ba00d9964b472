// Package sqltext reads the questions that an operator asks a database: SQL with parameters by name. Parsing tells what a question is and
// what it asks by; it goes to the database with places for its parameters, and with comparisons that are exact to the byte where it matters
// who is found. It knows no database but by its dialect, and sends nothing.
//
//	dialect.go   what MySQL, PostgreSQL and SQLite do not have in common
//	token.go     the lexer of each dialect: what two releases of a server would read in two ways is refused
//	question.go  a question, its parameters by name, and how it goes to the database
//	tree.go      its parts, as far as they say by what rows are chosen
//	exact.go     which comparisons choose rows, and how they become exact
package sqltext

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A Question is an SQL query of an operator's with parameters by name, :name, in the way in which its database takes them. What a
// parameter stands for goes to the database beside the query, never within it.
type Question struct {
	tokens  []token
	dialect Dialect

	sql   string
	order []string // the names of the parameters, as the query has them; "" for ? and $1
}

// Parse reads a query. What is wrong with it is said in words that follow its name: "does not begin with SELECT".
func Parse(text string, d Dialect) (*Question, error) {
	tokens, err := tokenize(text, d)
	if err != nil {
		return nil, err
	}
	if tokens, err = oneStatement(tokens); err != nil {
		return nil, err
	}
	if at := slices.IndexFunc(tokens, func(t token) bool { return t.kind == placeToken && t.text != "?" && t.text != "$1" }); at >= 0 {
		return nil, fmt.Errorf("has a place %s, for which there is nothing", tokens[at].text)
	}
	q := &Question{tokens: tokens, dialect: d}
	if err := q.reads(); err != nil {
		return nil, err
	}
	q.write(nil, nil)
	return q, nil
}

// oneStatement takes a semicolon off the end, and allows none before.
func oneStatement(tokens []token) ([]token, error) {
	end := len(tokens)
	for end > 0 && (tokens[end-1].kind == blankToken || tokens[end-1] == token{signToken, ";"}) {
		end--
	}
	tokens = tokens[:end]
	if slices.Contains(tokens, token{signToken, ";"}) {
		return nil, errors.New("holds several statements")
	}
	return tokens, nil
}

// reads refuses what would write, or lock: a WITH of PostgreSQL may hold an UPDATE.
func (q *Question) reads() error {
	words := q.significant()
	if len(words) == 0 || !slices.Contains([]string{"SELECT", "WITH"}, words[0].word()) {
		return errors.New("does not begin with SELECT")
	}
	for i, t := range words {
		before, behind := token{}, token{}
		if i > 0 {
			before = words[i-1]
		}
		if i+1 < len(words) {
			behind = words[i+1]
		}
		if before.text == "." || before.word() == "AS" || behind.text == "(" {
			continue // a name, or a function
		}
		switch word := t.word(); word {
		case "INSERT", "UPDATE", "DELETE", "MERGE", "INTO", "DROP", "ALTER", "TRUNCATE":
			return fmt.Errorf("does more than read: it says %s", word)
		case "SHARE", "LOCK":
			if before.word() == "FOR" || behind.word() == "IN" {
				return fmt.Errorf("does more than read: it says %s", word)
			}
		}
	}
	return nil
}

// word returns a word in capitals; "" for what is none.
func (t token) word() string {
	if t.kind != wordToken {
		return ""
	}
	return strings.ToUpper(t.text)
}

// significant lists the tokens without blanks and comments.
func (q *Question) significant() []token {
	return slices.DeleteFunc(slices.Clone(q.tokens), func(t token) bool { return t.kind == blankToken })
}

// SQL returns the query as the database takes it.
func (q *Question) SQL() string { return q.sql }

// Names lists the parameters, each once; "" among them for ? and $1.
func (q *Question) Names() []string {
	var names []string
	for _, name := range q.order {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// Args lists what the parameters stand for, as the query has them.
func (q *Question) Args(value func(name string) any) []any {
	args := make([]any, len(q.order))
	for i, name := range q.order {
		args[i] = value(name)
	}
	return args
}

// write makes the query. Before and behind say what to write around the token of a number.
func (q *Question) write(before, behind map[int]func(b *strings.Builder)) {
	var b strings.Builder
	q.order = nil
	first := slices.ContainsFunc(q.tokens, func(t token) bool { return t.kind == placeToken })
	if q.dialect.Dollars && first {
		q.order = []string{""} // what the operator calls $1
	}
	for i, t := range q.tokens {
		if put := before[i]; put != nil {
			put(&b)
		}
		switch t.kind {
		case blankToken:
			b.WriteByte(' ')
		case paramToken:
			if i > 0 && q.tokens[i-1].joins() { // 0$ and $1 would become the beginning of a text
				b.WriteByte(' ')
			}
			b.WriteString(q.place(t.text))
			if t.text == "now" && q.dialect.Dollars && !(i+1 < len(q.tokens) && q.tokens[i+1].text == "::") {
				b.WriteString("::bigint") // or :now * 1000 would be one of 32 bits
			}
			if i+1 < len(q.tokens) && q.tokens[i+1].joins() {
				b.WriteByte(' ')
			}
		case placeToken:
			if q.dialect.Dollars {
				b.WriteString(t.text)
			} else {
				b.WriteString(q.place(""))
			}
		default:
			b.WriteString(t.text)
		}
		if put := behind[i]; put != nil {
			put(&b)
		}
	}
	q.sql = b.String()
}

// joins tells whether a token might become one with what stands beside it.
func (t token) joins() bool {
	return t.kind == wordToken || t.kind == numberToken || t.kind == paramToken || t.kind == placeToken || t.kind == textToken ||
		t.kind == signToken && !strings.Contains("(),;=<>+-*/%|.[]", t.text)
}

// place adds a parameter, and returns how the database is told where it belongs.
func (q *Question) place(name string) string {
	q.order = append(q.order, name)
	if q.dialect.Dollars {
		return "$" + strconv.Itoa(len(q.order))
	}
	return "?"
}
