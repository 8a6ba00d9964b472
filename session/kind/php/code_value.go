package php

import (
	"slices"
	"strconv"
	"strings"
)

// An unknown is the value of an expression that cannot be told without running it.
type unknown struct {
	variable string // of the environment, if it comes from there
	guess    any    // what it is otherwise; nil: there is no telling
}

// A reader finds the values of expressions in PHP code: texts, numbers, lists, and the few functions by which settings are usually
// written. Everything else is unknown. Nothing is executed.
type reader struct {
	tokens  []token
	depth   int
	env     func(string) (any, bool) // a variable of the environment, as the code sees it
	defines map[string]any           // constants
	vars    map[string]any
	path    func(string) string // of a place in the application's folder
	dir     string              // of the file, within the folder
}

const maxCodeDepth = 64

func (r *reader) peek() token {
	if len(r.tokens) == 0 {
		return token{}
	}
	return r.tokens[0]
}

func (r *reader) next() token {
	t := r.peek()
	if len(r.tokens) > 0 {
		r.tokens = r.tokens[1:]
	}
	return t
}

func (r *reader) take(sign string) bool {
	if t := r.peek(); t.kind == codeSign && t.text == sign && len(r.tokens) > 0 {
		r.next()
		return true
	}
	return false
}

// value reads one expression.
func (r *reader) value() any {
	if r.depth++; r.depth > maxCodeDepth {
		r.tokens = nil
	}
	defer func() { r.depth-- }()
	left := r.coalesced()
	for r.take("?") {
		if r.take(":") {
			right := r.coalesced()
			left = either(left, right, truthy(left))
			continue
		}
		then := r.value()
		if !r.take(":") {
			return unknown{}
		}
		otherwise := r.coalesced()
		switch yes, known := truth(left); {
		case known && yes:
			left = then
		case known:
			left = otherwise
		default:
			left = unknown{}
		}
	}
	return left
}

// coalesced reads operands with ?? between them.
func (r *reader) coalesced() any {
	left := r.joined()
	if r.take("??") {
		if r.depth++; r.depth > maxCodeDepth {
			r.tokens = nil
		}
		right := r.coalesced()
		r.depth--
		return either(left, right, left != nil)
	}
	return left
}

// operators whose results settings do not need.
var operators = []string{"===", "!==", "==", "!=", "<", ">", "<=", ">=", "&&", "||", "+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", "**", "<=>"}

// joined reads operands with operators between them, of which the point alone is known.
func (r *reader) joined() any {
	left := r.operand()
	for {
		t := r.peek()
		switch {
		case r.take("."):
			left = join(left, r.operand())
		case t.kind == codeSign && slices.Contains(operators, t.text) && len(r.tokens) > 0:
			r.next()
			right := r.operand()
			a, isA := left.(int64)
			b, isB := right.(int64)
			switch {
			case isA && isB && t.text == "*":
				left = a * b
			case isA && isB && t.text == "+":
				left = a + b
			default:
				left = unknown{}
			}
		case t.kind == codeName && (strings.EqualFold(t.text, "and") || strings.EqualFold(t.text, "or") || strings.EqualFold(t.text, "instanceof")):
			r.next()
			r.operand()
			left = unknown{}
		default:
			return left
		}
	}
}

// operand reads one operand, with what stands before and behind it.
func (r *reader) operand() any {
	if r.depth++; r.depth > maxCodeDepth {
		r.tokens = nil
	}
	defer func() { r.depth-- }()
	before := r.tokens
	t := r.next()
	var v any = unknown{}
	switch t.kind {
	case codeText:
		v = t.text
	case codeNumber:
		if n, err := strconv.ParseInt(strings.ReplaceAll(t.text, "_", ""), 0, 64); err == nil {
			v = n
		}
		if r.take(".") { // a fraction, or a text joined to a number: neither is a setting
			r.operand()
			v = unknown{}
		}
	case codeVariable:
		v = r.variable(t.text)
	case codeName:
		v = r.named(t.text)
	case codeSign:
		switch t.text {
		case "[":
			v = r.list("]")
		case "(":
			v = r.inParentheses()
		case "!":
			yes, known := truth(r.operand())
			if known {
				v = !yes
			}
		case "-":
			if n, ok := r.operand().(int64); ok {
				v = -n
			}
		case "+", "@", "&", "...":
			v = r.operand()
		case "", ";", ")", "]", "}", ",":
			r.tokens = before
			return v
		}
	}
	return r.behind(v)
}

func (r *reader) variable(name string) any {
	if v, known := r.vars[name]; known {
		return v
	}
	return unknown{}
}

// behind reads indexes, calls and properties of a value.
func (r *reader) behind(v any) any {
	for {
		switch {
		case r.take("["):
			key := r.value()
			r.take("]")
			v = r.indexed(v, key)
		case r.take("("):
			r.list(")")
			v = unknown{}
		case r.take("->"), r.take("?->"), r.take("::"):
			r.next()
			v = unknown{}
		case r.take("++"), r.take("--"):
			v = unknown{}
		default:
			return v
		}
	}
}

// superglobal stands for $_ENV and $_SERVER.
type superglobal struct{}

func (r *reader) indexed(v, key any) any {
	name, ok := text(key)
	if _, is := v.(superglobal); is && ok {
		return r.environment(name, nil)
	}
	if of, is := v.(map[string]any); is && ok {
		return of[name]
	}
	return unknown{}
}

// inParentheses reads an expression in parentheses, or what a cast makes of one.
func (r *reader) inParentheses() any {
	if len(r.tokens) > 1 && r.tokens[0].kind == codeName && r.tokens[1] == (token{codeSign, ")"}) {
		cast := strings.ToLower(r.tokens[0].text)
		if slices.Contains([]string{"string", "int", "integer", "bool", "boolean", "array", "float"}, cast) {
			r.tokens = r.tokens[2:]
			return converted(cast, r.operand())
		}
	}
	v := r.value()
	for len(r.tokens) > 0 && !r.take(")") { // a list of parameters, and what else is no expression
		r.skip()
		v = unknown{}
	}
	return v
}

// skip leaves one token out, with all that it opens.
func (r *reader) skip() {
	depth := 0
	for len(r.tokens) > 0 {
		t := r.next()
		if t.kind == codeSign {
			switch t.text {
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

// list reads what stands between parentheses or brackets: an array, or arguments.
func (r *reader) list(end string) any {
	all := map[string]any{}
	number := 0
	for len(r.tokens) > 0 && !r.take(end) {
		before := len(r.tokens)
		if r.take(",") {
			continue
		}
		if t := r.peek(); t.kind == codeName && len(r.tokens) > 1 && r.tokens[1] == (token{codeSign, ":"}) {
			r.tokens = r.tokens[2:] // a named argument
		}
		v := r.value()
		if r.take("=>") {
			key, ok := text(v)
			item := r.value()
			if ok {
				all[key] = item
			}
		} else {
			all[strconv.Itoa(number)] = v
			number++
		}
		if len(r.tokens) == before {
			r.skip()
		}
	}
	return all
}

// named reads what begins with a name: a constant, a call, or a word of the language.
func (r *reader) named(name string) any {
	lower := strings.ToLower(strings.TrimPrefix(name, `\`))
	switch lower {
	case "true":
		return true
	case "false":
		return false
	case "null":
		return nil
	case "__dir__":
		return r.path(r.dir)
	case "array":
		if r.take("(") {
			return r.list(")")
		}
	case "function", "fn", "static", "match", "new", "include", "require", "include_once", "require_once", "clone", "yield", "throw", "print":
		return r.unread()
	}
	switch {
	case r.take("::"):
		method := r.next()
		if method == (token{codeName, "class"}) {
			return strings.TrimPrefix(name, `\`)
		}
		if r.take("(") {
			args := r.list(")").(map[string]any)
			return r.call(lastName(name)+"::"+method.text, args)
		}
		return unknown{}
	case r.take("("):
		args := r.list(")").(map[string]any)
		return r.call(lower, args)
	}
	if v, known := r.defines[name]; known {
		return v
	}
	return unknown{}
}

// unread leaves out what is no value of a setting, up to the end of the element in which it stands.
func (r *reader) unread() any {
	for len(r.tokens) > 0 {
		if t := r.peek(); t.kind == codeSign && (t.text == "," || t.text == ";" || t.text == ")" || t.text == "]") {
			break
		}
		r.skip()
	}
	return unknown{}
}
