package config

import (
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strings"

	"tawkproxy/config/setting"
)

// A entry is one field of [Config], as its type and tags describe it.
type entry struct {
	name     string   // of the variable
	field    string   // of the field, within its group
	fallback string   // default; "": none
	required bool     // whatever else is set
	words    []string // the values allowed; none: any
	secret   bool     // withheld, and also to be read from a file
	value    reflect.Value
}

// A group is the settings on one subject.
type group struct {
	name     string // of the field of Config
	pointer  any    // to that field
	settings []entry
}

// groups lists the settings of c in the order in which they are written.
func groups(c *Config) []group {
	var all []group
	for field, value := range reflect.ValueOf(c).Elem().Fields() {
		if !field.IsExported() {
			continue
		}
		g := group{name: field.Name, pointer: value.Addr().Interface()}
		for field, value := range value.Fields() {
			name, option, _ := strings.Cut(field.Tag.Get("env"), ",")
			g.settings = append(g.settings, entry{
				name:     name,
				field:    field.Name,
				fallback: field.Tag.Get("envDefault"),
				required: option == "notEmpty",
				words:    strings.Fields(field.Tag.Get("values")),
				secret:   field.Type == reflect.TypeFor[setting.Secret]() || field.Type == reflect.TypeFor[setting.Keys](),
				value:    value,
			})
		}
		all = append(all, g)
	}
	return all
}

// variables names what sets it: its own variable, or that of a file.
func (s entry) variables() []string {
	if s.secret {
		return []string{s.name, s.name + fileSuffix}
	}
	return []string{s.name}
}

// meanings reads the comments of [Config], each as one line: by variable for the settings, by field for the groups.
func meanings() map[string]string {
	file, err := parser.ParseFile(token.NewFileSet(), "config.go", source, parser.ParseComments)
	if err != nil {
		panic(err) // the compiler has read this file
	}
	found := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		field, ok := n.(*ast.Field)
		if !ok || field.Doc == nil {
			return true
		}
		name := field.Names[0].Name
		if field.Tag != nil {
			tag := reflect.StructTag(strings.Trim(field.Tag.Value, "`"))
			name, _, _ = strings.Cut(tag.Get("env"), ",")
		}
		found[name] = strings.Join(strings.Fields(field.Doc.Text()), " ")
		return true
	})
	return found
}
