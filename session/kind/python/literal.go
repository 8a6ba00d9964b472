package python

import (
	"path"
	"slices"
	"strconv"
	"strings"
)

// computed is the value of an expression that cannot be told without running it.
type computed struct {
	variable string // of the environment, if it comes from there
	guess    any    // what it is otherwise; nil: there is no telling
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
