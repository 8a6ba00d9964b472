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

// arrows lists the rooms below a folder, each with those of tawkproxy's packages that it may import, and why no others. The big
// rooms meet in standard types, in serve.go alone, so that each can be read, tested and replaced by itself.
var arrows = []struct {
	from string // folder; it holds for the folders below that have no line of their own
	may  []string
	why  string
}{
	{"config/setting", nil, "the types of settings are for everybody who has settings"},
	{"config", []string{"config/setting"}, "settings are plain values; what they are for is wired in cmd"},
	{"config/envfile", nil, "a file of variables is written the same whatever they are for"},
	{"session/cookie", nil, "cookies are the same whoever they name"},
	{"session/record", nil, "a record is read the same wherever it lay and whatever it means"},
	{"session", []string{"session/record"}, "who is logged in has nothing to do with pages, proxies or widgets"},
	{"session/store/sqltext", nil, "a question is read before there is a database, and without one"},
	{"session/store/hashing", nil, "where a key belongs is known before any server is asked"},
	{"session/store", []string{"session", "session/record", "session/store/sqltext", "session/store/hashing"}, "a store knows no cookie and no user"},
	{"session/recipe", []string{"session", "session/cookie", "session/record", "session/store", "session/store/sqltext"},
		"the mechanism knows no kind and no envelope: they are steps that it is given"},
	{"session/seal", []string{"session", "session/cookie", "session/record", "session/recipe"},
		"an envelope is opened the same wherever it lay: it knows no store and no kind"},
	{"session/folder", nil, "an application's files are read the same whatever it is; what they mean is its kind's affair"},
	{"session/kind", []string{"config/setting", "session", "session/cookie", "session/record", "session/store", "session/store/...", "session/recipe",
		"session/seal", "session/folder", "session/kind"}, "a kind of session is one room: what several kinds need lies below them"},
	{"session/kinds", []string{"config/setting", "session/kind", "session/kind/..."}, "this is a list, and nothing else"},
	{"session/recognise", []string{"session/folder", "session/kind"}, "what a site is shows by what the kinds say of themselves"},
	{"inject/splice", nil, "a compressed stream is changed the same whatever it is and whatever is put into it"},
	{"inject", []string{"inject/splice"}, "bytes go into a page whatever they say and whomever they name"},
	{"inject/tawk", nil, "what the widget hears is the same however it reaches the page"},
	{"proxy/cert", nil, "a certificate is the same whatever is spoken under it"},
	{"proxy", nil, "requests travel the same whatever becomes of pages"},
}

// foreign lists libraries that have no business in a room, and why.
var foreign = []struct{ from, library, why string }{
	{"config", "net/http", "a setting is not a request"},
	{"inject", "github.com/gorilla", "sessions belong to session"},
	{"proxy", "github.com/gorilla", "sessions belong to session"},
	{"inject", "github.com/prometheus", "what is counted is counted in proxy/admin"},
	{"inject/tawk", "github.com/prometheus", "what is counted is counted in proxy/admin"},
	{"proxy", "github.com/prometheus", "what is counted is counted in proxy/admin"},
	{"session", "github.com/prometheus", "what is counted is counted in proxy/admin"},
	{"cmd/tawkproxy", "github.com/prometheus", "what is counted is counted in proxy/admin"},
	{"inject", "log/slog", "the injector reports a verdict; what is said of it is the caller's choice"},
}

// TestArrows reads the imports of every file that is not a test's.
func TestArrows(t *testing.T) {
	root := os.DirFS("../..")
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") ||
			strings.HasSuffix(path.Dir(name), "test") {
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
			if why := forbidden(path.Dir(name), imported); why != "" {
				t.Errorf("%s imports %s: %s", name, imported, why)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// forbidden says why a folder may not import a package, or "".
func forbidden(folder, imported string) string {
	for _, library := range foreign {
		if folder == library.from && within(imported, library.library) {
			return library.why
		}
	}
	room, ours := strings.CutPrefix(imported, "tawkproxy/")
	if !ours {
		return ""
	}
	for at := folder; at != "."; at = path.Dir(at) {
		for _, arrow := range arrows {
			if arrow.from != at {
				continue
			}
			for _, may := range arrow.may {
				if below, all := strings.CutSuffix(may, "..."); room == may || all && strings.HasPrefix(room, below) {
					return ""
				}
			}
			return arrow.why
		}
	}
	return ""
}

func within(imported, library string) bool {
	return imported == library || strings.HasPrefix(imported, library+"/")
}

// TestForbidden holds that the lists above say what they mean.
func TestForbidden(t *testing.T) {
	for _, arrow := range [][2]string{
		{"config", "tawkproxy/session"}, {"config", "net/http"}, {"config/setting", "tawkproxy/config"},
		{"session", "tawkproxy/config"}, {"session", "tawkproxy/inject"}, {"inject", "tawkproxy/inject/tawk"},
		{"inject/tawk", "tawkproxy/inject"}, {"proxy", "tawkproxy/session"}, {"inject", "log/slog"},
		{"proxy", "github.com/gorilla/sessions"}, {"session/kind/php", "tawkproxy/session/kind/node"},
		{"session", "tawkproxy/session/kind"}, {"session", "tawkproxy/config/setting"}, {"session/record", "tawkproxy/session"},
		{"session/store", "tawkproxy/session/recipe"}, {"session/recipe", "tawkproxy/session/seal"},
		{"session/recipe", "tawkproxy/session/kind"}, {"session/seal", "tawkproxy/session/store"}, {"session/cookie", "tawkproxy/session"},
		{"session/kind", "tawkproxy/session/kinds"}, {"session/kind/php", "tawkproxy/config"},
	} {
		if forbidden(arrow[0], arrow[1]) == "" {
			t.Errorf("%s may import %s", arrow[0], arrow[1])
		}
	}
	for _, arrow := range [][2]string{
		{"config", "tawkproxy/config/setting"}, {"session/kind", "tawkproxy/config/setting"}, {"session", "net/http"},
		{"cmd/tawkproxy", "tawkproxy/session"}, {"proxy", "net/http"}, {"session/kinds", "tawkproxy/session/kind/php"},
		{"session/kind/php", "tawkproxy/session/kind"},
	} {
		if why := forbidden(arrow[0], arrow[1]); why != "" {
			t.Errorf("%s may not import %s: %s", arrow[0], arrow[1], why)
		}
	}
}
