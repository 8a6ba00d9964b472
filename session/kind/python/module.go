package python

import (
	"path"
	"slices"
	"strings"

	"tawkproxy/session/folder"
)

// A module is what the files of Python code assign at their top, as far as that are texts, numbers, lists and dictionaries, or what the
// usual ways to a variable of the environment lead to. Nothing is executed.
type module struct {
	folder    *folder.Folder
	variables folder.Dotenv
	values    map[string]any
	reading   []string // files that are being read, of which one takes in the next
}

func newModule(f *folder.Folder, variables folder.Dotenv) *module {
	return &module{folder: f, variables: variables, values: map[string]any{}}
}

// Bounds of what is read: of files that take in others, of expressions in expressions, and of one file.
const (
	maxModules = 8
	maxNesting = 64
	maxWords   = 200_000
)

// read takes a file in, and with it those of which it takes in everything.
func (m *module) read(name string) {
	if len(m.reading) >= maxModules || slices.Contains(m.reading, name) {
		return
	}
	m.reading = append(m.reading, name)
	defer func() { m.reading = m.reading[:len(m.reading)-1] }()
	for _, words := range statements(m.folder.Text(name)) {
		m.statement(name, words)
	}
}

// statement reads an assignment, or takes in another file: from .base import *.
func (m *module) statement(file string, words []word) {
	if len(words) > 3 && words[0].text == "from" && words[len(words)-1].text == "*" && words[len(words)-2].text == "import" {
		var name strings.Builder
		for _, w := range words[1 : len(words)-2] {
			name.WriteString(w.text)
		}
		m.take(file, name.String())
		return
	}
	if len(words) > 2 && words[0].kind == wordName {
		at := 1
		if words[1].text == ":" { // an annotation
			for at < len(words) && words[at].text != "=" {
				at++
			}
		}
		if at < len(words)-1 && words[at].text == "=" {
			e := &expression{words: words[at+1:], module: m, file: file}
			value := e.value()
			if len(e.words) > 0 {
				value = computed{}
			}
			m.values[words[0].text] = value
		}
		return
	}
}

// take reads the module of a name, as from .base import * has it.
func (m *module) take(file, name string) {
	at := "."
	if dots := len(name) - len(strings.TrimLeft(name, ".")); dots > 0 {
		at = path.Dir(file)
		for range dots - 1 {
			at = path.Dir(at)
		}
		name = name[dots:]
	}
	below := path.Join(at, strings.ReplaceAll(name, ".", "/"))
	for _, candidate := range []string{below + ".py", below + "/__init__.py"} {
		if m.folder.Has(candidate) {
			m.read(candidate)
			return
		}
	}
}

func (e *expression) take(sign string) bool {
	if w := e.peek(); w.kind == wordSign && w.text == sign && len(e.words) > 0 {
		e.next()
		return true
	}
	return false
}
