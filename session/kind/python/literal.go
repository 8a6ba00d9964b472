package python

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"tawkproxy/session/folder"
)

// computed is the value of an expression that cannot be told without running it.
type computed struct {
	variable string // of the environment, if it comes from there
	guess    any    // what it is otherwise; nil: there is no telling
}

// A module is what the files of Python code assign at their top, as far as that are texts, numbers, lists and dictionaries, or what the
// usual ways to a variable of the environment lead to. Nothing is executed.
type module struct {
	folder    *folder.Folder
	variables folder.Dotenv
	values    map[string]any
	reading   []string // files that are being read, of which one takes in the next
}

func newModule(f *folder.Folder, variables folder.Dotenv) *module {
	return &module{folder: f, variables: variables, values: map[string]any{}}
}

// Bounds of what is read: of files that take in others, of expressions in expressions, and of one file.
const (
	maxModules = 8
	maxNesting = 64
	maxWords   = 200_000
)

// read takes a file in, and with it those of which it takes in everything.
func (m *module) read(name string) {
	if len(m.reading) >= maxModules || slices.Contains(m.reading, name) {
		return
	}
	m.reading = append(m.reading, name)
	defer func() { m.reading = m.reading[:len(m.reading)-1] }()
	for _, words := range statements(m.folder.Text(name)) {
		m.statement(name, words)
	}
}

// statement reads an assignment, or takes in another file: from .base import *.
func (m *module) statement(file string, words []word) {
	if len(words) > 3 && words[0].text == "from" && words[len(words)-1].text == "*" && words[len(words)-2].text == "import" {
		var name strings.Builder
		for _, w := range words[1 : len(words)-2] {
			name.WriteString(w.text)
		}
		m.take(file, name.String())
		return
	}
	if len(words) > 2 && words[0].kind == wordName {
		at := 1
		if words[1].text == ":" { // an annotation
			for at < len(words) && words[at].text != "=" {
				at++
			}
		}
		if at < len(words)-1 && words[at].text == "=" {
			e := &expression{words: words[at+1:], module: m, file: file}
			value := e.value()
			if len(e.words) > 0 {
				value = computed{}
			}
			m.values[words[0].text] = value
		}
		return
	}
}

// take reads the module of a name, as from .base import * has it.
func (m *module) take(file, name string) {
	at := "."
	if dots := len(name) - len(strings.TrimLeft(name, ".")); dots > 0 {
		at = path.Dir(file)
		for range dots - 1 {
			at = path.Dir(at)
		}
		name = name[dots:]
	}
	below := path.Join(at, strings.ReplaceAll(name, ".", "/"))
	for _, candidate := range []string{below + ".py", below + "/__init__.py"} {
		if m.folder.Has(candidate) {
			m.read(candidate)
			return
		}
	}
}

// An expression is words of Python that make a value.
type expression struct {
	words  []word
	module *module
	file   string
	depth  int
}

func (e *expression) peek() word {
	if len(e.words) == 0 {
		return word{}
	}
	return e.words[0]
}

func (e *expression) next() word {
	w := e.peek()
	if len(e.words) > 0 {
		e.words = e.words[1:]
	}
	return w
}

func (e *expression) take(sign string) bool {
	if w := e.peek(); w.kind == wordSign && w.text == sign && len(e.words) > 0 {
		e.next()
		return true
	}
	return false
}

// value reads operands with operators between them: + and / are known for texts and paths, * for numbers.
func (e *expression) value() any {
	if e.depth++; e.depth > maxNesting {
		e.words = nil
	}
	defer func() { e.depth-- }()
	left := e.operand()
	for len(e.words) > 0 {
		w := e.peek()
		switch {
		case w.kind == wordSign && slices.Contains([]string{"+", "/", "*", "-", "%", "==", "!=", "<", ">", "|"}, w.text):
			e.next()
			left = combined(left, w.text, e.operand())
		case w.kind == wordName && w.text == "or":
			e.next()
			left = otherwise(left, e.operand())
		case w.kind == wordName && slices.Contains([]string{"and", "in", "is", "not", "if", "else", "for"}, w.text):
			e.next()
			e.operand()
			left = computed{}
		default:
			return left
		}
	}
	return left
}

func combined(left any, sign string, right any) any {
	a, isA := left.(string)
	b, isB := right.(string)
	x, isX := left.(int64)
	y, isY := right.(int64)
	switch {
	case isA && isB && sign == "+":
		return a + b
	case isA && isB && sign == "/":
		if path.IsAbs(b) {
			return b
		}
		return path.Join(a, b)
	case isX && isY && sign == "*":
		return x * y
	case isX && isY && sign == "+":
		return x + y
	}
	return computed{}
}

// otherwise is the first value if it counts, else the other.
func otherwise(first, other any) any {
	switch v := first.(type) {
	case computed:
		if v.guess == nil {
			v.guess = other
		}
		return v
	case nil:
		return other
	case string:
		if v == "" {
			return other
		}
	}
	return first
}

// operand reads one operand, with calls, indexes and attributes behind it.
func (e *expression) operand() any {
	if e.depth++; e.depth > maxNesting {
		e.words = nil
	}
	defer func() { e.depth-- }()
	before := e.words
	w := e.next()
	var v any = computed{}
	switch w.kind {
	case wordText:
		said := w.text
		for e.peek().kind == wordText { // texts that stand side by side are one
			said += e.next().text
		}
		v = said
	case wordNumber:
		if n, err := strconv.ParseInt(strings.ReplaceAll(w.text, "_", ""), 0, 64); err == nil {
			v = n
		}
	case wordName:
		v = e.named(w.text)
	case wordSign:
		switch w.text {
		case "[":
			v = e.list("]")
		case "{":
			v = e.dictionary()
		case "(":
			items := e.list(")")
			if len(items) == 1 {
				return e.behind(items[0])
			}
			v = items
		case "-", "+", "*", "**", "~":
			e.operand()
		default:
			e.words = before
			return v
		}
	}
	return e.behind(v)
}

// behind reads what follows a value: an attribute, an index, a call. Resolving a path and going up in it is known.
func (e *expression) behind(v any) any {
	for len(e.words) > 0 {
		switch {
		case e.take("."):
			attribute := e.next().text
			called := e.take("(")
			if called {
				e.list(")")
			}
			at, isText := v.(string)
			switch {
			case isText && attribute == "parent":
				v = path.Dir(at)
			case isText && called && slices.Contains([]string{"resolve", "absolute", "as_posix", "strip", "__str__"}, attribute):
			case isText && attribute == "parents":
				v = parents(at)
			default:
				v = computed{}
			}
		case e.take("["):
			index := e.list("]")
			v = indexed(v, index)
		case e.take("("):
			e.list(")")
			v = computed{}
		default:
			return v
		}
	}
	return v
}

// parents are the folders above a path, the nearest first.
func parents(at string) (all []any) {
	for len(all) < maxNesting && at != "/" && at != "." {
		at = path.Dir(at)
		all = append(all, at)
	}
	return all
}

func indexed(v any, index []any) any {
	if len(index) != 1 {
		return computed{}
	}
	switch of := v.(type) {
	case []any:
		if n, ok := index[0].(int64); ok && n >= 0 && n < int64(len(of)) {
			return of[n]
		}
	case map[string]any:
		if key, ok := index[0].(string); ok {
			return of[key]
		}
	}
	return computed{}
}

// list reads values up to a closing sign. Named arguments are left out; see arguments.
func (e *expression) list(end string) []any {
	items, _ := e.arguments(end)
	return items
}

func (e *expression) arguments(end string) (items []any, named map[string]any) {
	named = map[string]any{}
	for len(e.words) > 0 && !e.take(end) {
		before := len(e.words)
		if e.take(",") {
			continue
		}
		if len(e.words) > 1 && e.words[0].kind == wordName && e.words[1] == (word{wordSign, "="}) {
			key := e.next().text
			e.next()
			named[key] = e.value()
			continue
		}
		items = append(items, e.value())
		if len(e.words) == before {
			e.skip()
		}
	}
	return items, named
}

// skip leaves one word out, with all that it opens.
func (e *expression) skip() {
	depth := 0
	for len(e.words) > 0 {
		w := e.next()
		if w.kind == wordSign {
			switch w.text {
			case "(", "[", "{":
				depth++
			case ")", "]", "}":
				depth--
			}
		}
		if depth <= 0 {
			return
		}
	}
}

func (e *expression) dictionary() any {
	all := map[string]any{}
	for len(e.words) > 0 && !e.take("}") {
		before := len(e.words)
		if e.take(",") {
			continue
		}
		key := e.value()
		if e.take(":") {
			item := e.value()
			if said, ok := key.(string); ok {
				all[said] = item
			}
		}
		if len(e.words) == before {
			e.skip()
		}
	}
	return all
}

// named reads what begins with a name: a value assigned before, or one of the usual calls.
func (e *expression) named(first string) any {
	switch first {
	case "True":
		return true
	case "False":
		return false
	case "None":
		return nil
	case "__file__":
		return e.module.folder.Path(e.file)
	}
	full := first
	for len(e.words) > 1 && e.words[0] == (word{wordSign, "."}) && e.words[1].kind == wordName {
		if v, assigned := e.module.values[full]; assigned && v != any(computed{}) {
			return v
		}
		full += "." + e.words[1].text
		e.words = e.words[2:]
	}
	switch {
	case full == "os.environ" && e.take("["):
		return e.module.environment(e.list("]"), nil)
	case e.take("("):
		items, named := e.arguments(")")
		return e.module.call(full, items, named)
	}
	if v, assigned := e.module.values[full]; assigned {
		return v
	}
	return computed{}
}

// call is what one of the functions returns by which settings are usually written: those of os, pathlib, django-environ, decouple and
// dj-database-url.
func (m *module) call(function string, items []any, named map[string]any) any {
	fallback := named["default"]
	if len(items) > 1 && fallback == nil {
		fallback = items[1]
	}
	last := function[strings.LastIndexByte(function, '.')+1:]
	switch {
	case function == "Path", function == "pathlib.Path", function == "str", last == "abspath", last == "realpath", function == "bytes":
		if len(items) == 1 {
			return items[0]
		}
	case last == "dirname":
		if at, ok := firstText(items); ok {
			return path.Dir(at)
		}
	case function == "os.path.join", function == "join":
		whole := ""
		for _, item := range items {
			part, ok := item.(string)
			if !ok {
				return computed{}
			}
			if path.IsAbs(part) {
				whole = ""
			}
			whole = path.Join(whole, part)
		}
		return whole
	case function == "os.environ.get", function == "environ.get", last == "getenv", function == "env", function == "config", function == "env.str",
		function == "env.get_value":
		return m.environment(items, fallback)
	case last == "db", last == "db_url", strings.HasPrefix(function, "dj_database_url."), last == "cache", last == "cache_url":
		return m.address(last, items, named)
	case last == "dict" && len(items) == 0:
		return named
	}
	return computed{}
}

func firstText(items []any) (string, bool) {
	if len(items) == 0 {
		return "", false
	}
	said, ok := items[0].(string)
	return said, ok
}

// environment is a variable of the site's environment, or of its .env.
func (m *module) environment(items []any, fallback any) any {
	variable, ok := firstText(items)
	if !ok {
		return computed{}
	}
	if value, set := m.folder.Env(variable); set {
		return value
	}
	if value, set := m.variables.Get(variable); set && !m.variables.Computed[variable] {
		return value
	}
	return computed{variable, fallback}
}

// anAddress is a database or a cache by its address.
type anAddress string

// address is what a call returns that makes a database or a cache of an address.
func (m *module) address(function string, items []any, named map[string]any) any {
	variable := map[bool]string{true: "CACHE_URL", false: "DATABASE_URL"}[strings.HasPrefix(function, "cache")]
	if said, ok := firstText(items); ok {
		variable = said
	}
	if function == "parse" {
		if said, ok := firstText(items); ok {
			return anAddress(said)
		}
	}
	v := m.environment([]any{variable}, named["default"])
	if missing, is := v.(computed); is && missing.guess != nil {
		v = missing.guess
	}
	if said, ok := v.(string); ok {
		return anAddress(said)
	}
	return v
}
