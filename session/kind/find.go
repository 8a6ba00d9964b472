package kind

import "tawkproxy/session/folder"

// Signs are what a site's answers show to somebody who is not logged in, by which a kind is recognised.
type Signs struct {
	Cookies    []string // names of cookies, with * for any text
	Common     []string // names of cookies that sites of other kinds may set as well
	Value      string   // regular expression that the values of its session cookies match, and those of other kinds do not; "": there is none
	Headers    []string // "X-Powered-By: Express": a name, and what its value begins with
	Generators []string // what the meta element generator begins with
}

// A Finder looks into an application's folder. What it does not know the folder for is a Finding of no weight.
type Finder func(*folder.Folder) Finding

// The weights of findings, beside those of signs.
const (
	Certain  = 40 // the framework's own files are there
	Probable = 10 // what others have too
)

// A Finding is what an application's folder tells.
type Finding struct {
	Weight   int
	What     string // is in the folder, with its version if that is known, such as WordPress 6.1
	Settings []Setting
	Notes    []string // what the operator should know: no secrets
}

// A Setting is one that a folder tells, or ought to.
type Setting struct {
	Name  string // of the variable
	Value string // "": it was not to be found out
	From  string // where it stands, such as wp-config.php
	Why   string // it was not found out and is asked for: what the operator has to look for, and where
	Guess string // what it probably is, if Value is ""
}

// Set adds a setting that was found. An empty value adds nothing.
func (f *Finding) Set(name, value, from string) {
	if value != "" {
		f.Settings = append(f.Settings, Setting{Name: name, Value: value, From: from})
	}
}

// Ask adds a setting that the operator has to say.
func (f *Finding) Ask(name, guess, why string) {
	f.Settings = append(f.Settings, Setting{Name: name, Guess: guess, Why: why})
}

// Note adds a remark.
func (f *Finding) Note(text string) { f.Notes = append(f.Notes, text) }
