package folder

import (
	"regexp"
	"strings"
)

// A Dotenv is the variables of files such as .env. Those that were not to be made out, because a command would have to run, are in
// Computed.
type Dotenv struct {
	Values   map[string]string
	Computed map[string]bool
}

// A Dialect is where readers of such files differ.
type Dialect struct {
	Bare     bool // as in a shell: $NAME stands for a variable, not only ${NAME}; quotes may be anywhere; # needs a blank before it
	Commands bool // $(…) stands for what a command prints
}

// Laravel reads with vlucas/phpdotenv (Parser/Lexer.php, EntryParser.php); Symfony with a component of its own (Dotenv.php).
var (
	Laravel = Dialect{}
	Symfony = Dialect{Bare: true, Commands: true}
)

var (
	dotenvName     = regexp.MustCompile(`^(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.]*)[ \t]*=[ \t]*`)
	bracedVariable = regexp.MustCompile(`^\$\{([A-Za-z_][A-Za-z0-9_.]*)(?::?-([^}]*))?\}`)
	bareVariable   = regexp.MustCompile(`^\$([A-Za-z_][A-Za-z0-9_]*)`)
)

// Dotenv reads files of variables, in this order: what a later one sets counts. What the environment has counts more.
func (f *Folder) Dotenv(dialect Dialect, names ...string) Dotenv {
	d := Dotenv{map[string]string{}, map[string]bool{}}
	for _, name := range names {
		d.read(f.Text(name), dialect)
	}
	return d
}

// Get is a variable's value, and whether it is set at all.
func (d Dotenv) Get(name string) (string, bool) {
	value, ok := d.Values[name]
	return value, ok
}

// read takes one file in.
func (d Dotenv) read(text string, dialect Dialect) {
	text = strings.ReplaceAll(strings.TrimPrefix(text, "\ufeff"), "\r\n", "\n")
	for text != "" {
		line, rest, _ := strings.Cut(text, "\n")
		trimmed := strings.TrimLeft(line, " \t")
		found := dotenvName.FindStringSubmatch(trimmed)
		if found == nil || strings.HasPrefix(trimmed, "#") {
			text = rest
			continue
		}
		value := strings.TrimLeft(text, " \t")[len(found[0]):]
		var plain string
		var computed bool
		plain, computed, text = d.value(value, dialect)
		d.Values[found[1]] = plain
		delete(d.Computed, found[1])
		if computed {
			d.Computed[found[1]] = true
		}
	}
}

// value reads one value, of which parts may be in quotes, up to the end of its line.
func (d Dotenv) value(text string, dialect Dialect) (value string, computed bool, rest string) {
	var b strings.Builder
	kept := 0 // bytes of b that blanks at the end do not belong to
	for text != "" && text[0] != '\n' {
		switch c := text[0]; {
		case c == '\'' && (dialect.Bare || b.Len() == 0):
			inside, after, closed := strings.Cut(text[1:], "'")
			if !closed {
				return b.String(), true, afterLine(text)
			}
			b.WriteString(inside)
			kept, text = b.Len(), after
		case c == '"' && (dialect.Bare || b.Len() == 0):
			after, closed := d.quoted(&b, text[1:], dialect, &computed)
			if !closed {
				return b.String(), true, afterLine(text)
			}
			kept, text = b.Len(), after
		case c == '#' && (!dialect.Bare || b.Len() > kept || b.Len() == 0):
			return b.String()[:kept], computed, afterLine(text)
		case c == '$':
			text = d.variable(&b, text, dialect, &computed)
			kept = b.Len()
		case c == '\\' && len(text) > 1 && dialect.Bare:
			b.WriteByte(text[1])
			kept, text = b.Len(), text[2:]
		default:
			b.WriteByte(c)
			if c != ' ' && c != '\t' {
				kept = b.Len()
			}
			text = text[1:]
		}
	}
	return b.String()[:kept], computed, afterLine(text)
}

// quoted reads on to the closing quotation mark, and returns what is behind it.
func (d Dotenv) quoted(b *strings.Builder, text string, dialect Dialect, computed *bool) (rest string, closed bool) {
	for text != "" {
		switch c := text[0]; {
		case c == '"':
			return text[1:], true
		case c == '\\' && len(text) > 1:
			if plain, known := map[byte]string{'n': "\n", 'r': "\r", 't': "\t", '"': `"`, '\\': `\`, '$': "$"}[text[1]]; known {
				b.WriteString(plain)
			} else {
				b.WriteString(text[:2])
			}
			text = text[2:]
		case c == '$':
			text = d.variable(b, text, dialect, computed)
		default:
			b.WriteByte(c)
			text = text[1:]
		}
	}
	return "", false
}

// variable writes what stands for a variable, at the dollar sign that text begins with.
func (d Dotenv) variable(b *strings.Builder, text string, dialect Dialect, computed *bool) (rest string) {
	found := bracedVariable.FindStringSubmatch(text)
	if found == nil && dialect.Bare {
		found = bareVariable.FindStringSubmatch(text)
	}
	if found == nil {
		*computed = *computed || dialect.Commands && strings.HasPrefix(text, "$(")
		b.WriteByte('$')
		return text[1:]
	}
	value, known := d.Values[found[1]]
	switch {
	case known && (value != "" || len(found) < 3):
		b.WriteString(value)
		*computed = *computed || d.Computed[found[1]]
	case dialect.Bare && len(found) > 2 && found[2] != "":
		b.WriteString(found[2])
	case !known && !dialect.Bare:
		b.WriteString(found[0]) // phpdotenv leaves what it does not know
	}
	return text[len(found[0]):]
}

// afterLine is what is behind the end of a line.
func afterLine(text string) string {
	_, rest, _ := strings.Cut(text, "\n")
	return rest
}
