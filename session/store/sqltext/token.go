package sqltext

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// A tokenKind is what a piece of SQL is, as far as parameters and comparisons have to know.
type tokenKind byte

const (
	blankToken  tokenKind = iota // blanks and comments
	wordToken                    // a keyword, or a name without quotation marks
	nameToken                    // a name in quotation marks, which is nothing else
	textToken                    // a text, or what may be one
	numberToken                  // and what begins with a digit
	paramToken                   // a parameter by name; its text is the name alone
	placeToken                   // ? or $1
	signToken                    // an operator, a bracket, a comma
)

// A token is a piece of a question, as it stands there.
type token struct {
	kind tokenKind
	text string
}

// mostQuestion bounds a question, in bytes.
const mostQuestion = 16 << 10

// A lexer takes tokens off a question.
type lexer struct {
	rest     string
	dialect  Dialect
	brackets int // of PostgreSQL that are open: a colon in them is one of a slice
}

// tokenize takes a question apart as the database does. What two servers of one kind read differently by their settings, such as a backslash
// before a quotation mark, is refused. What is wrong with a question is said in words that follow its name.
func tokenize(question string, d Dialect) ([]token, error) {
	switch {
	case len(question) > mostQuestion:
		return nil, fmt.Errorf("is longer than %d bytes", mostQuestion)
	case !utf8.ValidString(question) || strings.ContainsFunc(question, func(c rune) bool { return c < ' ' && !strings.ContainsRune("\t\n\r", c) }):
		return nil, errors.New("holds characters that are none of a text")
	}
	r := &lexer{rest: question, dialect: d}
	var tokens []token
	for r.rest != "" {
		t, err := r.next()
		if err != nil {
			return nil, err
		}
		tokens = append(tokens, t)
	}
	return tokens, nil
}

// take cuts n bytes off, as a token.
func (r *lexer) take(kind tokenKind, n int) (token, error) {
	t := token{kind, r.rest[:n]}
	r.rest = r.rest[n:]
	return t, nil
}

var (
	sqlBlank  = regexp.MustCompile(`\A[ \t\r\n]+`)
	sqlWord   = regexp.MustCompile(`\A[A-Za-z_\x{80}-\x{10FFFF}][A-Za-z0-9_$\x{80}-\x{10FFFF}]*`)
	sqlNumber = regexp.MustCompile(`\A[0-9][0-9A-Za-z_.]*`)
	sqlDollar = regexp.MustCompile(`\A\$(?:[A-Za-z_\x{80}-\x{10FFFF}][A-Za-z0-9_\x{80}-\x{10FFFF}]*)?\$`)
	sqlPlace  = regexp.MustCompile(`\A\$[0-9]+`)
	sqlParam  = regexp.MustCompile(`\A:([A-Za-z_][A-Za-z0-9_]*)`)
)

func (r *lexer) next() (token, error) {
	rest, mysql, postgres, sqlite := r.rest, r.dialect == MySQL, r.dialect == Postgres, r.dialect == SQLite
	switch c := rest[0]; {
	case sqlBlank.MatchString(rest):
		return r.take(blankToken, len(sqlBlank.FindString(rest)))
	case strings.HasPrefix(rest, "--") && (!mysql || len(rest) == 2 || strings.IndexByte(" \t\r\n", rest[2]) >= 0), c == '#' && mysql:
		end := strings.IndexByte(rest, '\n')
		if end < 0 {
			end = len(rest)
		}
		return r.take(blankToken, end)
	case strings.HasPrefix(rest, "/*"):
		return r.comment()
	case c == '\'':
		return r.quoted(textToken, 0, false)
	case c == '"' && mysql: // a text, unless the server's sql_mode says otherwise
		return r.quoted(textToken, 0, false)
	case c == '"' && sqlite: // a text where there is no column of that name
		return r.quoted(textToken, 0, false)
	case c == '"', c == '`' && !postgres:
		return r.quoted(nameToken, 0, false)
	case c == '[' && sqlite:
		end := strings.IndexByte(rest, ']')
		if end < 0 {
			return token{}, errors.New("has a bracket that does not end")
		}
		return r.take(nameToken, end+1)
	case c == '$' && postgres && sqlDollar.MatchString(rest):
		mark := sqlDollar.FindString(rest)
		end := strings.Index(rest[len(mark):], mark)
		if end < 0 {
			return token{}, fmt.Errorf("has a text from %s on that does not end", mark)
		}
		return r.take(textToken, len(mark)+end+len(mark))
	case c == '$' && postgres && sqlPlace.MatchString(rest):
		return r.take(placeToken, len(sqlPlace.FindString(rest)))
	case c == '?' && !postgres: // to PostgreSQL, an operator
		if sqlite && len(rest) > 1 && '0' <= rest[1] && rest[1] <= '9' {
			return token{}, errors.New("has a parameter with a number behind the question mark")
		}
		return r.take(placeToken, 1)
	case (c == '@' || c == '$') && sqlite:
		return token{}, fmt.Errorf("has a parameter with %c; they are written :name", c)
	case c == ':':
		return r.colon()
	case postgres && (c == 'E' || c == 'e') && strings.HasPrefix(rest[1:], "'"):
		return r.quoted(textToken, 1, true)
	case sqlWord.MatchString(rest):
		return r.take(wordToken, len(sqlWord.FindString(rest)))
	case c == '$' && mysql && sqlWord.MatchString(rest[1:]): // as the beginning of a name
		return r.take(wordToken, 1+len(sqlWord.FindString(rest[1:])))
	case sqlNumber.MatchString(rest):
		return r.take(numberToken, len(sqlNumber.FindString(rest)))
	case strings.HasPrefix(rest, "||"), strings.HasPrefix(rest, "&&"):
		return r.take(signToken, 2)
	case c == '[':
		r.brackets++
	case c == ']':
		r.brackets = max(0, r.brackets-1)
	}
	return r.take(signToken, 1)
}

// comment takes one that has an end. Those of PostgreSQL may stand within each other; MySQL executes some.
func (r *lexer) comment() (token, error) {
	if body := r.rest[2:]; r.dialect == MySQL && (strings.HasPrefix(body, "!") || strings.HasPrefix(body, "M!")) {
		return token{}, errors.New("has a comment that the server would execute")
	}
	depth := 0
	for i := 0; i+1 < len(r.rest); i++ {
		switch pair := r.rest[i : i+2]; {
		case pair == "/*" && (depth == 0 || r.dialect == Postgres):
			depth++
			i++
		case pair == "*/":
			depth--
			i++
			if depth == 0 {
				return r.take(blankToken, i+1)
			}
		}
	}
	return token{}, errors.New("has a comment that does not end")
}

// quoted takes what is in the quotation marks behind the first bytes, in which two of them stand for one. Escapes tells that a backslash
// takes the next character with it.
func (r *lexer) quoted(kind tokenKind, first int, escapes bool) (token, error) {
	mark := r.rest[first]
	ambiguous := kind == textToken && !escapes && r.dialect != SQLite
	for i := first + 1; i < len(r.rest); i++ {
		switch c := r.rest[i]; {
		case c == '\\' && escapes:
			i++
		case c == '\\' && ambiguous && i+1 < len(r.rest) && r.rest[i+1] == mark:
			return token{}, errors.New("has a backslash before a quotation mark, of which servers make different things; write the mark twice")
		case c == mark && i+1 < len(r.rest) && r.rest[i+1] == mark:
			i++
		case c == mark:
			return r.take(kind, i+1)
		}
	}
	return token{}, fmt.Errorf("has a %c without another one", mark)
}

// colon takes a parameter, or the sign that begins with a colon.
func (r *lexer) colon() (token, error) {
	found := sqlParam.FindStringSubmatch(r.rest)
	switch {
	case strings.HasPrefix(r.rest, "::"), strings.HasPrefix(r.rest, ":="):
		return r.take(signToken, 2)
	case found == nil || r.brackets > 0:
		return r.take(signToken, 1)
	}
	name := found[1]
	r.rest = r.rest[len(found[0]):]
	if strings.HasSuffix(name, "_") && strings.HasPrefix(r.rest, `"`) { // :cookie_"name-of.a:cookie"
		quoted, _, ended := strings.Cut(r.rest[1:], `"`)
		if !ended || quoted == "" {
			return token{}, fmt.Errorf("has a parameter :%s without the rest of its name", name)
		}
		r.rest = r.rest[len(quoted)+2:]
		name += quoted
		if sqlWord.MatchString(r.rest) || sqlNumber.MatchString(r.rest) {
			return token{}, fmt.Errorf("has a parameter :%s with something right behind it", name)
		}
	}
	return token{paramToken, name}, nil
}
