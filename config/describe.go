package config

import "tawkproxy/config/setting"

// A Description is what is to be known of one setting without its value.
type Description struct {
	Name    string   // of the variable
	Meaning string   // as text
	Words   []string // the values allowed; none: any
	Secret  bool     // withheld, and also to be read from a file, by the variable with _FILE behind its name
}

// Describe lists every setting, in the order in which they are documented.
func Describe(kinds []setting.Variant) []Description {
	var all []Description
	for _, g := range groups(&Config{}, kinds) {
		for _, s := range g.settings {
			all = append(all, Description{Name: s.name, Meaning: plain(s.meaning(kinds)), Words: s.words, Secret: s.secret})
		}
	}
	return all
}
