package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// foreign are messages that pages quote and that databases write.
var foreign = []string{
	"Table 'wordpress.wp_users' doesn't exist",
	"Table 'app.users' doesn't exist",
	"no such table: django_session",
}

// A mistake in the settings is told with the name of the setting before it.
var setting = regexp.MustCompile(`^TAWK_\w+: `)

// Tables of what the log says quote what the program says.
func TestMessages(t *testing.T) {
	messages := spoken(t)
	found := 0
	for _, p := range written(t) {
		in := false
		for i, line := range strings.Split(p.text, "\n") {
			if !strings.HasPrefix(line, "|") {
				in = false
				continue
			}
			cell, _, _ := strings.Cut(strings.TrimPrefix(line, "|"), " | ")
			in = in || strings.TrimSpace(cell) == "the log says"
			for _, quoted := range codeSpan.FindAllString(cell, -1) {
				quoted = setting.ReplaceAllString(strings.Trim(quoted, "`"), "")
				if !in || strings.Count(quoted, " ") < 2 {
					continue
				}
				found++
				said := func(part string) bool {
					part = strings.TrimSpace(part)
					return strings.Count(part, " ") < 2 || slices.Contains(foreign, part) ||
						slices.ContainsFunc(messages, func(m message) bool { return m.says(part) })
				}
				if parts := strings.Split(quoted, "…"); !said(strings.Join(parts, "x")) &&
					slices.ContainsFunc(parts, func(part string) bool { return !said(part) }) {
					t.Errorf("%s:%d: the program does not say %q", p.path, i+1, quoted)
				}
			}
		}
	}
	if found < 60 {
		t.Errorf("only %d messages were found", found)
	}
}

// A message is a text in the program's source, and the form of what is made of it.
type message struct {
	text string
	form *regexp.Regexp
}

func (m message) says(quoted string) bool {
	return strings.Contains(m.text, quoted) || m.form != nil && m.form.MatchString(quoted)
}

var verb = regexp.MustCompile(`%[+#\[\]0-9]*[a-z]|\x00`)

// spoken reads the texts in the source. What is joined to a text there, or put into it, may be anything.
func spoken(t *testing.T) (messages []message) {
	root := os.DirFS("..")
	for _, room := range []string{"cmd", "config", "inject", "proxy", "session"} {
		err := fs.WalkDir(root, room, func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
				return err
			}
			source, err := fs.ReadFile(root, name)
			if err != nil {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, source, 0)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				expression, ok := n.(ast.Expr)
				if !ok {
					return true
				}
				text, ok := textOf(expression)
				if !ok {
					return true
				}
				m := message{text: text}
				if fixed := verb.ReplaceAllString(text, ""); len(fixed) >= 12 && fixed != text {
					pieces := verb.Split(text, -1)
					for i := range pieces {
						pieces[i] = regexp.QuoteMeta(pieces[i])
					}
					m.form = regexp.MustCompile(`(?:^|: )` + strings.Join(pieces, ".+") + "$")
				}
				messages = append(messages, m)
				return false
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return messages
}

// textOf is the text of a literal, or of several that are joined, with a NUL for each part that is known only when the program runs.
func textOf(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, e.Kind == token.STRING && err == nil
	case *ast.BinaryExpr:
		left, known := textOf(e.X)
		right, alsoKnown := textOf(e.Y)
		if !known {
			left = "\x00"
		}
		if !alsoKnown {
			right = "\x00"
		}
		return left + right, e.Op == token.ADD && (known || alsoKnown)
	}
	return "", false
}
