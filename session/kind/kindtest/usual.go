package kindtest

import (
	"net/url"
	"reflect"
	"strings"

	"github.com/caarlos0/env/v11"

	"tawkproxy/config/setting"
)

// Usual fills in the defaults of what is not set among a kind's settings, as for an operator who sets nothing else.
func Usual[T any](options T) T {
	err := env.ParseWithOptions(&options, env.Options{Environment: map[string]string{}, FuncMap: setting.Parsers(), SetDefaultsForZeroValuesOnly: true})
	if err != nil {
		panic(err)
	}
	return options
}

// Prefix is a prefix as an operator writes it: not set, if there is no text.
func Prefix(text string) setting.Prefix {
	prefix, _ := setting.ParsePrefix(text)
	if text == "" {
		return setting.Prefix{}
	}
	return prefix.(setting.Prefix)
}

// Words lists what a setting may be, as its field says: code must know each, and refuse another.
func Words[T any](field string) []string {
	found, _ := reflect.TypeFor[T]().FieldByName(field)
	return append(strings.Fields(found.Tag.Get("values")), "another")
}

// URL reads an address.
func URL(text string) url.URL {
	u, err := url.Parse(text)
	if err != nil {
		panic(err)
	}
	return *u
}
