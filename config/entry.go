package config

import (
	"reflect"
	"strings"

	"tawkproxy/config/setting"
)

// An entry is one setting: a field of [Config], or of a kind's own settings, as its type and tags describe it.
type entry struct {
	name     string   // of the variable
	field    string   // of the field, within its group
	fallback string   // default; "": none
	required bool     // whatever else is set
	words    []string // the values allowed; none: any
	secret   bool     // withheld
	filed    bool     // also to be read from a file, as all secrets are
	value    reflect.Value
}

// A group is the settings on one subject.
type group struct {
	title    string // may hold Markdown
	kind     string // the word that chooses it; "": it is for all
	pointer  any    // to the struct of its fields
	settings []entry
}

// groups lists the settings of c in the order in which they are written, then those of the kinds.
func groups(c *Config, kinds []setting.Variant) []group {
	var all []group
	for field, value := range reflect.ValueOf(c).Elem().Fields() {
		if !field.IsExported() {
			continue
		}
		g := group{title: meanings[field.Name], pointer: value.Addr().Interface(), settings: entries(value)}
		for i := range g.settings {
			if g.settings[i].name == chooser {
				g.settings[i].words = words(kinds)
			}
		}
		all = append(all, g)
	}
	for _, k := range kinds {
		all = append(all, group{title: k.Title + ": `" + chooser + "=" + k.Name + "`", kind: k.Name, pointer: k.Own,
			settings: entries(reflect.ValueOf(k.Own).Elem())})
	}
	return all
}

// meaning is what a setting means. It may hold Markdown.
func (s entry) meaning(kinds []setting.Variant) string {
	text := meanings[s.name]
	if s.name == chooser {
		for i, k := range kinds {
			text += map[bool]string{true: " ", false: "; "}[i == 0] + "`" + k.Name + "`, " + k.Guide
		}
		text += "."
	}
	return text
}

// chooser is the setting that chooses the kind.
const chooser = "TAWK_SESSION"

func words(kinds []setting.Variant) (names []string) {
	for _, k := range kinds {
		names = append(names, k.Name)
	}
	return names
}

// entries lists the settings of a struct, those of embedded ones in their place. What has no tag is none.
func entries(of reflect.Value) []entry {
	var all []entry
	for field, value := range of.Fields() {
		if field.Anonymous {
			all = append(all, entries(value)...)
			continue
		}
		name, option, _ := strings.Cut(field.Tag.Get("env"), ",")
		if name == "" {
			continue
		}
		secret := field.Type == reflect.TypeFor[setting.Secret]() || field.Type == reflect.TypeFor[setting.Keys]()
		all = append(all, entry{
			name:     name,
			field:    field.Name,
			fallback: field.Tag.Get("envDefault"),
			required: option == "notEmpty",
			words:    strings.Fields(field.Tag.Get("values")),
			secret:   secret,
			filed:    secret || field.Tag.Get("file") != "",
			value:    value,
		})
	}
	return all
}

// variables names what sets it: its own variable, or that of a file.
func (s entry) variables() []string {
	if s.filed {
		return []string{s.name, s.name + fileSuffix}
	}
	return []string{s.name}
}
