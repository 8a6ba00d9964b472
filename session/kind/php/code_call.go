package php

import (
	"strings"
	"unicode"
)

func lastName(name string) string { return name[strings.LastIndexByte(name, '\\')+1:] }

// call is what one of the functions returns by which settings are usually written. The names are PHP's, Laravel's and those of the
// images for Docker.
func (r *reader) call(name string, args map[string]any) any {
	first, ok := text(args["0"])
	if missing, is := args["0"].(unknown); is && (strings.HasPrefix(name, "Str::") || name == "strtolower" || name == "str_slug") {
		args["0"] = missing.guess
		if known, guessed := text(missing.guess); guessed && missing.guess != nil {
			return unknown{missing.variable, r.call(name, map[string]any{"0": known, "1": args["1"]})}
		}
		return unknown{missing.variable, nil}
	}
	if !ok {
		return unknown{}
	}
	second, _ := text(args["1"])
	switch name {
	case "env", "getenv_docker":
		return r.environment(first, args["1"])
	case "getenv", "Env::get":
		v := r.environment(first, args["1"])
		if missing, is := v.(unknown); is && missing.guess == nil {
			return unknown{variable: missing.variable}
		}
		return v
	case "dirname":
		if at := strings.LastIndexByte(first, '/'); at >= 0 {
			return first[:at]
		}
	case "storage_path":
		return r.path("storage/" + first)
	case "database_path":
		return r.path("database/" + first)
	case "base_path":
		return r.path(first)
	case "Str::slug", "str_slug":
		return slug(first, second)
	case "Str::snake":
		return snake(first)
	case "Str::lower", "strtolower":
		return strings.ToLower(first)
	}
	return unknown{}
}

// environment is a variable, or an unknown one that is probably what the code has otherwise.
func (r *reader) environment(name string, otherwise any) any {
	if v, set := r.env(name); set {
		return v
	}
	return unknown{name, otherwise}
}

// slug is Laravel's Str::slug, as far as names of applications go that are written in ASCII.
func slug(title, separator string) string {
	if separator == "" {
		separator = "-"
	}
	flipped := "_"
	if separator == "_" {
		flipped = "-"
	}
	title = strings.ReplaceAll(strings.ReplaceAll(title, flipped, separator), "@", separator+"at"+separator)
	var b strings.Builder
	gap := false
	for _, c := range strings.ToLower(title) {
		switch {
		case unicode.IsLetter(c) || unicode.IsDigit(c):
			if gap && b.Len() > 0 {
				b.WriteString(separator)
			}
			gap = false
			b.WriteRune(c)
		case unicode.IsSpace(c) || string(c) == separator:
			gap = true
		}
	}
	return b.String()
}

// snake is Laravel's Str::snake.
func snake(text string) string {
	var b strings.Builder
	for i, c := range strings.ReplaceAll(text, " ", "") {
		if unicode.IsUpper(c) && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(c))
	}
	return b.String()
}
