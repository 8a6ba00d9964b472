package python

import (
	"path"
	"strings"
)

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
