package golang

import (
	"regexp"

	"tawkproxy/session/folder"
	"tawkproxy/session/kind"
)

// findModule knows an application by a module that its go.mod requires.
func findModule(path string) kind.Finder {
	required := regexp.MustCompile(`(?m)^\s*(?:require\s+)?` + regexp.QuoteMeta(path) + `(?:/v\d+)?\s+v\S+`)
	return func(f *folder.Folder) (found kind.Finding) {
		if required.MatchString(f.Text("go.mod")) {
			found.Weight, found.What = kind.Certain, path
		}
		return found
	}
}
