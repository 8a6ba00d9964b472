package php

import (
	"strings"
)

// definitions reads all constants that a file defines, and the values that its variables have at the top. A constant that is defined
// twice in different ways is unknown: which of them counts depends on what the code asks.
func (r *reader) definitions() (constants, variables map[string]any) {
	r.defines = map[string]any{}
	if r.vars == nil {
		r.vars = map[string]any{}
	}
	r.vars["$_ENV"], r.vars["$_SERVER"] = superglobal{}, superglobal{}
	for len(r.tokens) > 0 {
		t := r.next()
		switch {
		case t.kind == codeName && (strings.EqualFold(strings.TrimPrefix(t.text, `\`), "define") || t.text == "const"):
			if t.text == "const" {
				name := r.next().text
				if r.take("=") {
					r.define(name, r.value())
				}
				continue
			}
			if !r.take("(") {
				continue
			}
			name, isText := r.value().(string)
			if r.take(",") && isText {
				r.define(name, r.value())
			} else if !isText {
				r.define(computedName, unknown{})
			}
		case t.kind == codeVariable && r.take("="):
			v := r.value()
			if before, known := r.vars[t.text]; known && !same(before, v) {
				v = unknown{}
			}
			r.vars[t.text] = v
		}
	}
	return r.defines, r.vars
}

// computedName stands among the constants for those whose names are computed.
const computedName = ""

func (r *reader) define(name string, v any) {
	if before, known := r.defines[name]; known && !same(before, v) {
		v = unknown{}
	}
	r.defines[name] = v
}

func same(a, b any) bool {
	x, isX := text(a)
	y, isY := text(b)
	return isX && isY && x == y
}

// returned is the value that a file returns, as those of Laravel's config folder do.
func (r *reader) returned() any {
	if r.vars == nil {
		r.vars = map[string]any{}
	}
	r.vars["$_ENV"], r.vars["$_SERVER"] = superglobal{}, superglobal{}
	depth := 0
	for len(r.tokens) > 0 {
		t := r.next()
		switch {
		case t.kind == codeSign && t.text == "{":
			depth++
		case t.kind == codeSign && t.text == "}":
			depth--
		case t.kind == codeName && strings.EqualFold(t.text, "return") && depth == 0:
			return r.value()
		}
	}
	return nil
}
