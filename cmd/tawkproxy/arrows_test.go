package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
	"testing"
)

// arrows lists the packages that may not be imported, and why. The rooms meet in standard types, in serve.go alone, so that
// each can be read, tested and replaced by itself.
var arrows = []struct{ from, to, why string }{
	{"config", "", "settings are plain values; what they are for is wired in cmd"},
	{"session", "", "who is logged in has nothing to do with pages, proxies or widgets"},
	{"inject", "", "bytes go into a page whatever they say and whomever they name"},
	{"inject/tawk", "", "what the widget hears is the same however it reaches the page"},
	{"proxy", "", "requests travel the same whatever becomes of pages"},
	{"config", "net/http", "a setting is not a request"},
	{"inject", "github.com/gorilla", "sessions belong to session"},
	{"proxy", "github.com/gorilla", "sessions belong to session"},
	{"inject", "log/slog", "the injector reports a verdict; what is said of it is the caller's choice"},
}

// TestArrows reads the imports of every file that is not a test.
func TestArrows(t *testing.T) {
	root := os.DirFS("../..")
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		source, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			for _, arrow := range arrows {
				if path.Dir(name) == arrow.from && forbidden(imported, arrow.to) {
					t.Errorf("%s imports %s: %s", name, imported, arrow.why)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// forbidden tells whether an import is the package named, or below it. "" stands for all of this module.
func forbidden(imported, to string) bool {
	if to == "" {
		to = "tawkproxy"
	}
	return imported == to || strings.HasPrefix(imported, to+"/")
}
